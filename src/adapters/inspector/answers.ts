import { STATUS_CODES } from 'node:http';
import type { ServerResponse } from 'node:http';

/** Of every answer. There is no `Access-Control-*` among them: no page of another origin may read one. */
export const guards: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  // The path is the secret: no address that is followed from here may learn it.
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

export function answer(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, {
    ...guards,
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
  });
  // To a HEAD the runtime sends no body.
  response.end(body);
}

/** Says no more than its status. */
export function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  const body = `${STATUS_CODES[status] ?? 'Refused'}\n`;
  response.writeHead(status, {
    ...guards,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
