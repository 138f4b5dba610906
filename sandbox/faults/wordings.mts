/** Messages for "this click already has a sale". None says that CAKE has the Unique ID. */
export const SECOND_SALE_WORDINGS = [
	'Duplicate',
	'Duplicate conversion',
	'Duplicate session',
	'Duplicate visitor',
	'Duplicate device',
	'Duplicate customer',
	'Duplicate email',
	'Duplicate lead',
	'Duplicate click',
	'Duplicate order',
	'Duplicate IP address',
	'Duplicate phone number',
	'Duplicate affiliate ID',
	'Campaign already exists',
	'A conversion already exists for this click',
	'This click has already been converted',
	'Click ID has already been used',
	'Conversion already recorded for this session',
	'Only one conversion is allowed per click',
	'Not a duplicate, but the cap of this click is reached',
] as const;

/** Messages for "CAKE already has this Unique ID". The older API calls it the transaction ID. */
export const REPEATED_ID_WORDINGS = [
	'Duplicate',
	'Duplicate unique_id',
	'Duplicate Unique ID',
	'Duplicate transaction ID',
	'Transaction ID already exists',
	'transaction_id already recorded',
	'This unique ID has already been used',
	'A conversion with this unique ID already exists',
	'Unique ID must be unique',
] as const;
