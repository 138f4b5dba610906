/** The page's style sheet. It must have no < and no &, which would be escaped. */
export const STYLE = `
:root {
	color-scheme: light dark;
	--ground: #f6f7f9; --sheet: #fff; --text: #1c2430; --quiet: #5b6675; --line: #dde2e8;
	--accent: #1f6feb; --hover: #eef2f7; --good: #14713a; --good-ground: #dff5e6;
	--bad: #a5232f; --bad-ground: #fde4e6; --open: #7a5200; --open-ground: #fff0cc;
}
@media (prefers-color-scheme: dark) {
	:root {
		--ground: #14181e; --sheet: #1c222b; --text: #e3e8ee; --quiet: #98a4b3; --line: #323b47;
		--accent: #6aa6ff; --hover: #28313d; --good: #7fdca0; --good-ground: #17382a;
		--bad: #ff9ba3; --bad-ground: #452126; --open: #f5cd76; --open-ground: #40331a;
	}
}
* { box-sizing: border-box; }
body {
	margin: 0 auto; padding: 24px; max-width: 1440px; background: var(--ground); color: var(--text);
	font: 14px/1.45 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 22px; }
header p { margin: 4px 0 16px; max-width: 80ch; color: var(--quiet); }
a { color: var(--accent); }
.quiet, small { color: var(--quiet); }
small { display: block; font-size: 12px; white-space: nowrap; }
#last {
	position: sticky; top: 8px; z-index: 1; margin: 0 0 16px; padding: 10px 14px; border-radius: 8px;
	font-weight: 600; box-shadow: 0 2px 8px rgb(0 0 0 / 15%);
}
.done { background: var(--good-ground); color: var(--good); }
.failed { background: var(--bad-ground); color: var(--bad); }
input, select, button {
	padding: 6px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--sheet);
	color: inherit; font: inherit;
}
button { cursor: pointer; }
button:hover { background: var(--hover); }
button.main { border-color: var(--accent); color: var(--accent); font-weight: 600; }
.search { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; margin-bottom: 12px; }
.search input { width: 300px; }
.scroll, details, .none {
	overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--sheet);
}
.none { padding: 24px; text-align: center; color: var(--quiet); }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th, td { padding: 8px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--quiet); font-size: 12px; font-weight: 600; white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
tr { scroll-margin-top: 40vh; }
tr.last { background: var(--hover); }
.amount { text-align: right; font-variant-numeric: tabular-nums; }
.id { max-width: 170px; overflow-wrap: anywhere; }
.click { min-width: 124px; }
.status { padding: 2px 8px; border-radius: 10px; font-size: 12px; font-weight: 600; }
small.note { margin-top: 4px; max-width: 200px; white-space: normal; overflow-wrap: anywhere; }
.approved { background: var(--good-ground); color: var(--good); }
.rejected { background: var(--bad-ground); color: var(--bad); }
.pending { background: var(--open-ground); color: var(--open); }
.change { display: flex; gap: 6px; }
.change button { padding: 2px 8px; font-size: 13px; white-space: nowrap; }
.paging { display: flex; gap: 16px; justify-content: center; margin: 12px 0 24px; }
details { margin-bottom: 16px; padding: 10px 14px; }
summary { cursor: pointer; font-weight: 600; }
.record { display: grid; margin-top: 12px; grid-template-columns: repeat(4, 1fr) auto; gap: 12px; align-items: end; }
.record label { display: grid; gap: 4px; min-width: 0; color: var(--quiet); }
.record .wide { grid-column: 1 / -1; }
.record input, .record select { width: 100%; color: var(--text); }
@media (max-width: 800px) { .record { grid-template-columns: 1fr 1fr; } }
`;
