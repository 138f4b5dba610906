const page = (title: string, body: string) =>
	`<!DOCTYPE html>\r\n<html>\r\n<head>\r\n<title>${title}</title>\r\n</head>\r\n<body>\r\n${body}\r\n</body>\r\n</html>\r\n`;

/** IIS's page for an unknown path. */
export const NOT_FOUND = page(
	'404 - File or directory not found.',
	'<div id="header"><h1>Server Error</h1></div>\r\n<div id="content"><fieldset><h2>404 - File or directory not found.</h2><h3>The resource you are looking for might have been removed, had its name changed, or is temporarily unavailable.</h3></fieldset></div>',
);

/** IIS's page when the application is down. */
export const UNAVAILABLE = page(
	'Service Unavailable',
	'<h2>Service Unavailable</h2>\r\n<hr><p>HTTP Error 503. The service is unavailable.</p>',
);

/** ASP.NET's yellow page for an unhandled exception. CAKE's servers run on .NET. */
export const SERVER_ERROR = page(
	'Input string was not in a correct format.',
	`<h1>Server Error in '/' Application.<hr width=100% size=1 color=silver></h1>
<h2><i>Input string was not in a correct format.</i></h2>
<b>Description: </b>An unhandled exception occurred during the execution of the current web request.<br><br>
<b>Exception Details: </b>System.FormatException: Input string was not in a correct format.<br><br>
<b>Stack Trace:</b><br><table width=100% bgcolor="#ffffcc"><tr><td><code><pre>
[FormatException: Input string was not in a correct format.]
   System.Number.StringToNumber(String str, NumberStyles options, NumberBuffer&amp; number)
   System.Web.HttpApplication.CallHandlerExecutionStep.System.Web.HttpApplication.IExecutionStep.Execute()
</pre></code></td></tr></table>
<hr width=100% size=1 color=silver><b>Version Information:</b>&nbsp;Microsoft .NET Framework Version:4.0.30319; ASP.NET Version:4.8.4667.0`,
);

/** A proxy or a log-in wall answers every request with such a page and status 200. */
export const INTERPOSED = page(
	'Scheduled maintenance',
	'<h1>We will be right back</h1>\r\n<p>The platform is being maintained. Please try again in a few minutes.</p>',
);

/** ASP.NET's page for a redirect. */
export const OBJECT_MOVED = page('Object moved', '<h2>Object moved</h2>');

/** IIS or a proxy sends this when it thinks that a request took too long to arrive. */
export const REQUEST_TIMEOUT = page(
	'Request Timeout',
	'<h2>Request Timeout</h2>\r\n<hr><p>HTTP Error 408. The request timed out.</p>',
);
