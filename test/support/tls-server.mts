import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Protects nothing: made for these tests, valid until 2126, signed by nobody but itself. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUznA5MARfE2RqJdh
VOihcv+i9GRqyVW/KSW2VxK60NyhRANCAAT2FGeIWuZAP2kIif+2qp/tG57EsG3M
6uttXnpYXtMdcPIzO5H0ioyr7Y4vNvySx7Fmn7yzX+Obxe3mOTM4j0OT
-----END PRIVATE KEY-----
`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUXaQmDYmTsQpgr+E4BGJMI8nZ7jAwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjIxNDg0OVoYDzIxMjYxMTAy
MjE0ODQ5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAT2FGeIWuZAP2kIif+2qp/tG57EsG3M6uttXnpYXtMdcPIzO5H0ioyr
7Y4vNvySx7Fmn7yzX+Obxe3mOTM4j0OTo28wbTAdBgNVHQ4EFgQUgyQDaYVtOsXv
viZgHIoXVRnHgKEwHwYDVR0jBBgwFoAUgyQDaYVtOsXvviZgHIoXVRnHgKEwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAP7Pt5L466SEacV5ASUBUFIG/sBJZVpC5/JLm/X2r9poAiEA
3GUnOSJucMjvu9SF7plNZMopEsbaPFqFbLrc3LQ6hgk=
-----END CERTIFICATE-----
`;

/** Starts an https server whose certificate no authority has signed. It would answer every request. */
export async function startTlsServer(): Promise<{
	server: Server;
	url: string;
	requests: string[];
}> {
	const requests: string[] = [];
	const server = createServer({ key: KEY, cert: CERTIFICATE }, (request, response) => {
		requests.push(request.url ?? '');
		response.end('{}');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return { server, url: `https://127.0.0.1:${port}`, requests };
}
