import type { IncomingHttpHeaders } from 'node:http';

/** A request after its body was read: what an endpoint sees. */
export interface EmulatorRequest {
  readonly method: string;
  readonly path: string;
  /** The raw query, with its `?`; empty when there is none. */
  readonly search: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** Empty unless the body was `application/x-www-form-urlencoded`. */
  readonly form: URLSearchParams;
}

/** An answer as a value: an endpoint decides it, and only http.ts touches the socket. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function json(status: number, value: unknown, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

/** X's usual API failure, e.g. `{"title":"Forbidden","type":"about:blank","status":403,"detail":"Forbidden"}`. */
export function problem(status: number, title: string, headers: Reply['headers'] = {}): Reply {
  const body = { title, type: 'about:blank', status, detail: title };
  return json(status, body, { 'content-type': 'application/problem+json', ...headers });
}
