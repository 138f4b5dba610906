import type { Headers } from './call';

/** Programs that open a link somebody has sent, to show what is behind it. */
const PREVIEWERS =
	/facebookexternalhit|slackbot|slack-imgproxy|twitterbot|discordbot|telegrambot|whatsapp|linkedinbot|skypeuripreview|microsoftpreview|mattermost|redditbot|embedly|iframely|bitlybot|google-pagerenderer|vkshare|viber/i;

/** Whether nobody opened the URL, and a chat or a browser only looks at it in advance. */
export function isLinkPreview(headers: Headers): boolean {
	const purposes = [
		headers['sec-purpose'],
		headers.purpose,
		headers['x-purpose'],
		headers['x-moz'],
	];
	return (
		PREVIEWERS.test(headers['user-agent'] ?? '') ||
		purposes.some((purpose) => /prefetch|preview/i.test(String(purpose)))
	);
}
