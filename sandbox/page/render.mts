import { formatInstant } from '../account/calendar.mts';
import type { Account } from '../account/account.mts';
import type { Click, Conversion, Status } from '../account/model.mts';
import { formatMoney } from '../protocol/answer.mts';
import type { Done, Floor } from './actions.mts';
import { html, type Html } from './html.mts';
import { STYLE } from './style.mts';
import { type Listed, listClicks, listConversions, toQuery, type View } from './view.mts';

const VERBS: Readonly<Record<Status, string>> = {
	approved: 'Approve',
	rejected: 'Reject',
	pending: 'Pending',
};
const BUTTONS: readonly Status[] = ['approved', 'rejected', 'pending'];

const HEARS_AT_ONCE = 'A published CAKE Postback Trigger hears of each recording at once.';

/** Writes the whole page. `last` is what the last action did. */
export function renderPage(floor: Floor, view: View, last: Done | undefined): string {
	const { account, postbacks } = floor;
	const listed = listConversions(account, view);
	const page = html`<!doctype html>
		<html lang="en">
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<title>CAKE sandbox</title>
				<style>
					${STYLE}
				</style>
			</head>
			<body>
				<header>
					<h1>CAKE sandbox</h1>
					<p>
						Stands in for CAKE. A published CAKE Conversions Trigger notices what you change here
						when it next polls. ${postbacks.hasUrl && HEARS_AT_ONCE}
					</p>
				</header>
				${last && renderLast(last)}
				<main>
					${renderRecordForm(account, view)} ${renderSearch(view, listed)}
					${renderTable(floor, view, listed, last)} ${renderPaging(view, listed)}
				</main>
			</body>
		</html> `;
	return page.text;
}

function renderLast({ text, hasFailed }: Done): Html {
	return html`<p id="last" role="status" class="${hasFailed ? 'failed' : 'done'}">${text}</p>`;
}

function renderSearch({ search }: View, { total }: Listed): Html {
	const count = `${total} conversion${total === 1 ? '' : 's'}`;
	return html`<form class="search" method="get" action="/">
		<input
			type="search"
			name="search"
			value="${search}"
			aria-label="Search"
			placeholder="Click, order, unique or conversion ID"
		/>
		<button>Search</button>
		${search !== '' && html`<a href="/">Show all</a>`}
		<span class="quiet">${count}, the last recorded first, whatever their dates.</span>
	</form>`;
}

function renderTable(floor: Floor, view: View, { rows }: Listed, last?: Done): Html {
	if (rows.length === 0) return html`<p class="none">No conversion has this in one of its IDs.</p>`;
	return html`<div class="scroll">
		<table>
			<thead>
				<tr>
					<th>Conversion<small>date in UTC</small></th>
					<th>Click</th>
					<th>Offer</th>
					<th>Affiliate</th>
					<th class="amount">Payout</th>
					<th>Order ID</th>
					<th>Unique ID</th>
					<th>Status<small>last note</small></th>
					<th>Change</th>
				</tr>
			</thead>
			<tbody>
				${rows.map((row) => renderRow(floor, view, row, row.conversionId === last?.conversionId))}
			</tbody>
		</table>
	</div>`;
}

function renderRow({ account, postbacks }: Floor, view: View, row: Conversion, isLast: boolean) {
	// What CAKE stored in another form than it was sent is shown as stored.
	const { clickId, orderId, uniqueId } = { ...row, ...row.shown };
	const date = formatInstant(row.at).replace('T', ' ').slice(0, 16);
	return html`<tr id="c${row.conversionId}" class="${isLast && 'last'}">
		<td>${row.conversionId}<small>${date}</small></td>
		<td class="id click">${clickId}</td>
		<td>${account.offers.get(row.offerId)?.name}<small>${row.offerId}</small></td>
		<td>${account.affiliates.get(row.affiliateId)}<small>${row.affiliateId}</small></td>
		<td class="amount">${formatMoney(row.payout)}</td>
		<td class="id">${orderId}</td>
		<td class="id">${uniqueId}</td>
		<td>
			<span class="status ${row.status}">${row.status}</span>
			${row.notes.length > 0 && html`<small class="note">${row.notes.at(-1)}</small>`}
		</td>
		<td>
			<form class="change" method="post" action="/sandbox/status${toQuery(view)}">
				<input type="hidden" name="conversion_id" value="${row.conversionId}" />
				${BUTTONS.filter((status) => status !== row.status).map(renderStatusButton)}
				${
					postbacks.hasUrl &&
					html`<button formaction="/sandbox/postback${toQuery(view)}">Fire postback</button>`
				}
			</form>
		</td>
	</tr>`;
}

function renderStatusButton(status: Status): Html {
	return html`<button name="status" value="${status}">${VERBS[status]}</button>`;
}

function renderPaging({ search }: View, { page, pages }: Listed): Html {
	const link = (to: number, text: string) =>
		to < 1 || to > pages
			? html`<span class="quiet">${text}</span>`
			: html`<a href="/${toQuery({ search, page: to })}">${text}</a>`;
	return html`<nav class="paging">
		${link(page - 1, 'Newer')} <span>Page ${page} of ${pages}</span> ${link(page + 1, 'Older')}
	</nav>`;
}

function renderRecordForm(account: Account, view: View): Html {
	const { accepted, refused } = listClicks(account);
	const option = ({ clickId, offerId }: Click) =>
		html`<option value="${clickId}">
			${clickId}: ${account.offers.get(offerId)?.name} (${offerId})
		</option>`;
	return html`<details>
		<summary>Record a conversion</summary>
		<form class="record" method="post" action="/sandbox/record${toQuery({ ...view, page: 1 })}">
			<label class="wide">
				Click
				<select name="click_id" required>
					${accepted.map(option)}
					<optgroup label="Expired or inactive: CAKE refuses them">${refused.map(option)}</optgroup>
				</select>
			</label>
			<label>Order ID <input name="order_id" maxlength="1000" placeholder="optional" /></label>
			<label>Unique ID <input name="unique_id" maxlength="1000" placeholder="optional" /></label>
			<label>
				Payout <input name="payout" inputmode="decimal" placeholder="the offer's payout" />
			</label>
			<label>
				Offer ID <input name="offer_id" inputmode="numeric" placeholder="the click's offer" />
			</label>
			<button class="main">Record</button>
		</form>
	</details>`;
}
