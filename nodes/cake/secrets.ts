const HIDDEN = '*****';

/**
 * Makes a function that takes the API key out of text, in every form a server could send it back:
 * as it is, percent-encoded, inside JSON or HTML.
 * Text without the key comes back untouched and costs one search.
 */
export function keyRemover(apiKey: string): (text: string) => string {
	const forms = [
		...new Set([
			apiKey,
			encodeURIComponent(apiKey),
			encodeURIComponent(apiKey).replace(/%20/g, '+'),
			JSON.stringify(apiKey).slice(1, -1),
			apiKey.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
		]),
	];
	return (text) => {
		let clean = text;
		for (const form of forms) {
			if (clean.includes(form)) clean = clean.replaceAll(form, HIDDEN);
		}
		return clean;
	};
}
