import type { EmulatorRequest } from './message.js';
import { invalidClient, optional, required, unauthorizedClient } from './oauth-error.js';
import { type App, type State, findApp } from './state.js';

/** Public apps name themselves in the body, confidential ones use HTTP Basic; a secret in the body is never looked at. */
export function authenticateClient(state: State, { headers, form }: EmulatorRequest): App {
  const header = headers.authorization;
  if (header === undefined || !/^basic\b/i.test(header)) {
    const app = findApp(state, required(form, 'client_id'));
    if (app === undefined) throw invalidClient();
    if (app.kind === 'confidential') throw unauthorizedClient();
    return app;
  }
  const credentials = readBasic(header);
  const app = findApp(state, credentials.id);
  if (app === undefined) throw invalidClient();
  if (app.kind === 'public' || app.client_secret !== credentials.secret) throw unauthorizedClient();
  const named = optional(form, 'client_id');
  if (named !== undefined && named !== app.client_id) throw invalidClient();
  return app;
}

// Standard base64 with padding, and no percent-decoding: nobody documents that X decodes (RFC 6749 §2.3.1), so a
// client that escapes the `-` and `_` of a secret has to find out here.
function readBasic(header: string): { id: string; secret: string } {
  const encoded = /^basic +((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/i.exec(
    header,
  )?.[1];
  const decoded = Buffer.from(encoded ?? '', 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon === -1) throw unauthorizedClient();
  return { id: decoded.slice(0, colon), secret: decoded.slice(colon + 1) };
}
