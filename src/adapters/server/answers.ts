/** Of every answer. There is no `Access-Control-*` among them: no page of another origin may read one. */
const guards: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

/** The same answer with our headers and cookies. A copy: headers of some responses cannot be changed. */
export function guarded(response: Response, cookies: readonly string[] = []): Response {
  const copy = new Response(response.body, response);
  for (const [name, value] of Object.entries(guards)) copy.headers.set(name, value);
  for (const cookie of cookies) copy.headers.append('set-cookie', cookie);
  return copy;
}

/** 303: whatever the method was, the next request is a GET. */
export function redirect(location: string, cookies: readonly string[] = []): Response {
  return guarded(new Response(null, { status: 303, headers: { location } }), cookies);
}

/** For developers and machines: a person is not meant to see it. */
export function refusal(status: number, sentence: string, headers: Record<string, string> = {}): Response {
  const plain = { 'content-type': 'text/plain; charset=utf-8', ...headers };
  return guarded(new Response(`${sentence}\n`, { status, headers: plain }));
}

export function json(status: number, body: object, cookies: readonly string[] = []): Response {
  const headers = { 'content-type': 'application/json' };
  return guarded(new Response(JSON.stringify(body), { status, headers }), cookies);
}
