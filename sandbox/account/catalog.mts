import type { Account } from './account.mts';

/** Offers 12001 to 12040 are active, 12041 is paused, 12042 has ended. */
export const FIRST_OFFER_ID = 12001;
const FIRST_ADVERTISER_ID = 301;
const FIRST_AFFILIATE_ID = 67801;
const AFFILIATES = 120;

const ADVERTISERS = [
	'Northlight Energy',
	'Harbor Mutual Insurance',
	'Bluefin Credit',
	'Stadtwerke Rheintal',
	'Mokuren Beauty',
	'Fjord Outdoor',
	'Quillmark Education',
	'Parcelo Meals',
	'Verdant Home Solar',
	'Castellane Voyages',
	'Tundra Games',
	'Lumen Telecom',
	'Ostrava Auto',
	'Sable & Finch Eyewear',
	'Kite Payroll',
];

/** Name, affiliate payout, advertiser revenue. Amounts are in the account's currency. */
const OFFERS: ReadonlyArray<readonly [string, number, number]> = [
	['Home Solar Quote - US', 38, 61.5],
	['Auto Insurance Lead - US/CA', 11.5, 19.25],
	['Balance Transfer Card - UK', 44, 70],
	['Ökostrom Wechsel - DE', 21.75, 36],
	['花の美容液 トライアル - JP', 9.8, 16.4],
	['Winter Jacket Sale - NO/SE', 6.35, 10.9],
	['Nursing Degree Enquiry - US', 27, 45],
	['Meal Box First Order - UK', 14.2, 24],
	['Heat Pump Survey - IE', 32.5, 55],
	['City Break Booking - FR', 4.75, 8.1],
	['Strategy Game Install - iOS', 2.1, 3.4],
	['Strategy Game Install - Android', 1.25, 2.05],
	['Fibre Broadband Switch - CZ', 18, 31],
	['Used Car Valuation - PL', 3.6, 6.2],
	['Prescription Glasses - AU', 12.4, 21.3],
	['Payroll Software Trial - US', 55, 92],
	['Life Insurance Callback - UK', 24.5, 41],
	['Personal Loan Lead - ES', 8.9, 14.95],
	['Gasvergleich - AT', 16, 27.5],
	['Sheet Mask Subscription - KR', 7.25, 12.3],
	['Hiking Boots - CH', 8.15, 13.7],
	['Coding Bootcamp Call - DE', 33, 56],
	['Vegan Meal Box - NL', 13.1, 22],
	['Battery Storage Lead - IT', 29.9, 50],
	['Canary Islands Package - DE', 19.45, 33.2],
	['Puzzle Game Install - iOS', 1.85, 3.1],
	['SIM Only Plan - UK', 10, 17.5],
	['Tyre Change Booking - CZ', 2.75, 4.8],
	['Contact Lenses Reorder - US', 5, 12],
	['Expense Card Sign-up - FR', 40, 68],
	['Pet Insurance Quote - SE', 9.2, 15.6],
	['Credit Score App - US', 1.5, 2.75],
	['Wallbox Installation - DE', 35.25, 59],
	['Hair Serum First Order - JP', 8.4, 14],
	['Trail Running Gear - FI', 5.9, 9.95],
	['MBA Brochure Request - IN', 4.1, 7],
	['Wine Box Subscription - FR', 15.6, 26],
	['Window Replacement - US', 42, 71],
	['Ski Week Deals - AT', 11.15, 18.8],
	['Cloud Phone Demo - US', 60, 104.5],
];

const FIRST_WORDS = ['Amber', 'Bright', 'Copper', 'Delta', 'Ember', 'Falcon', 'Grand', 'Hazel'];
const SECOND_WORDS = [
	'Media',
	'Reach',
	'Leads',
	'Traffic',
	'Partners',
	'Digital',
	'Network',
	'Clicks',
	'Ads',
	'Funnel',
	'Growth',
	'Audience',
	'Signal',
	'Results',
	'Commerce',
];

/** Adds the offers, advertisers and affiliates. They are the same for every seed. */
export function addCatalog(account: Account): void {
	ADVERTISERS.forEach((name, i) => account.advertisers.set(FIRST_ADVERTISER_ID + i, name));
	for (let i = 0; i < AFFILIATES; i++) {
		const first = FIRST_WORDS[i % FIRST_WORDS.length];
		const second = SECOND_WORDS[Math.floor(i / FIRST_WORDS.length)];
		account.affiliates.set(FIRST_AFFILIATE_ID + i, `${first} ${second}`);
	}
	OFFERS.forEach(([name, payout, revenue], i) =>
		account.addOffer({
			offerId: FIRST_OFFER_ID + i,
			name,
			advertiserId: FIRST_ADVERTISER_ID + (i % ADVERTISERS.length),
			payout,
			revenue,
			// Conversions of every fourth offer need an approval.
			newStatus: i % 4 === 3 ? 'pending' : 'approved',
		}),
	);
	const ended = { advertiserId: FIRST_ADVERTISER_ID, active: false };
	account.addOffer({ ...ended, offerId: FIRST_OFFER_ID + 40, name: 'Summer Tariff (paused)' });
	account.addOffer({ ...ended, offerId: FIRST_OFFER_ID + 41, name: 'Launch Bonus (ended)' });
}
