import type { IDataObject } from 'n8n-workflow';

import type { CakeError } from '../errors';
import type { RequestKind } from '../types';

/** A request to CAKE, and how to read its reply. */
export interface CakeCall<T> {
	kind: RequestKind;
	method: 'GET' | 'POST';
	path: string;
	/** CAKE's own names, without the API key. Sent in the query on GET, as JSON on POST. */
	parameters: IDataObject;
	/**
	 * Reads the reply of a request that CAKE called a success.
	 * @throws CakeError if the reply does not answer this request
	 */
	read(reply: IDataObject): T;
	/**
	 * Reads a failed reply. Returns an answer if the reply is one after all: CAKE has the Unique ID.
	 * Otherwise returns the given failure, or one of another kind if the reply names a conversion.
	 */
	readFailure?(failure: CakeError, reply: IDataObject): T | CakeError;
}
