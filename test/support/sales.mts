import { DETAILS } from './cake.mts';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Click } from '../../sandbox/server.mts';

/** What the node says of a recording that may or may not have been stored. */
export const UNCLEAR = 'It is not known whether CAKE stored this';

/** Values of an item for a click, with further ones; the parameters below take them from there. */
export const sale = <T extends Record<string, string>>({ clickId, offerId }: Click, more?: T) => ({
	clickId,
	offerId,
	...(more as T),
});

/** Parameters that take what they need from the item. */
export const fromItems = { clickId: '={{ $json.clickId }}', offerId: '={{ $json.offerId }}' };
export const withUniqueId: INodeParameters = { ...fromItems, uniqueId: '={{ $json.uniqueId }}' };
export const withOrder: INodeParameters = {
	...fromItems,
	additionalFields: { orderId: '={{ $json.orderId }}' },
};

/** What a failed item tells beside its message. */
export const getDetails = ({ json }: { json: IDataObject }) => json[DETAILS] as IDataObject;
