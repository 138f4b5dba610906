import type { IDataObject } from 'n8n-workflow';

import type { CakeError } from '../errors';
import type { RequestKind } from '../types';

/**
 * A question to CAKE and how to read the answer.
 * `read` gets the parsed reply of a request CAKE called a success, and throws a `CakeError` when
 * that is no answer to this question.
 */
export interface CakeCall<T> {
	kind: RequestKind;
	method: 'GET' | 'POST';
	path: string;
	/** CAKE's own names; no key. Sent in the query on GET, as JSON on POST. */
	parameters: IDataObject;
	read(reply: IDataObject): T;
	/**
	 * Reads more of a failed reply than its kind: it may be an answer all the same (a known Unique ID),
	 * or another failure (one that names a conversion).
	 */
	readFailure?(failure: CakeError, reply: IDataObject): T | CakeError;
}
