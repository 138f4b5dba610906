import { DETAILS } from './cake.mts';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Click, Conversion } from '../../sandbox/server.mts';

/** The row of CAKE's list for a conversion, as the specification has it. */
export const toListRow = (conversion: Conversion) => ({
	conversion_id: conversion.conversionId,
	click_id: conversion.clickId,
	offer_id: conversion.offerId,
	affiliate_id: conversion.affiliateId,
	payout: conversion.payout,
	revenue: conversion.revenue,
	conversion_date: `${new Date(conversion.at).toISOString().slice(0, 19)}Z`,
	...(conversion.orderId === undefined ? {} : { order_id: conversion.orderId }),
	conversion_status: conversion.status,
});

/** The beginning of the node's message about a recording that may have been stored. */
export const UNCLEAR = 'It is not known whether CAKE stored this';

/** The values of an item for a click, with more values. The parameters below read them. */
export const sale = <T extends Record<string, string>>({ clickId, offerId }: Click, more?: T) => ({
	clickId,
	offerId,
	...(more as T),
});

/** Parameters whose expressions read the item. */
export const fromItems = { clickId: '={{ $json.clickId }}', offerId: '={{ $json.offerId }}' };
export const withUniqueId: INodeParameters = { ...fromItems, uniqueId: '={{ $json.uniqueId }}' };
export const withOrder: INodeParameters = {
	...fromItems,
	additionalFields: { orderId: '={{ $json.orderId }}' },
};

/** The details of a failed item, beside its message. */
export const getDetails = ({ json }: { json: IDataObject }) => json[DETAILS] as IDataObject;
