import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** What the person does on the page that asks for consent. */
export type Decision = 'allow' | 'deny';

const PAGES = 20;

/**
 * A person with a browser: follows redirects with cookies, signs in with any name, decides about consent.
 *
 * @returns the URL at which the provider leaves its own pages; nobody requests it
 */
export async function visit(authorizationUrl: string, decision: Decision = 'allow'): Promise<string> {
  const { origin } = new URL(authorizationUrl);
  const jar = new CookieJar();
  let next: Request = new Request(authorizationUrl);
  for (let page = 0; page < PAGES; page++) {
    jar.addTo(next);
    const response = await fetch(next, { redirect: 'manual' });
    jar.takeFrom(response);
    const location = response.headers.get('location');
    const html = await response.text();
    if (location === null) {
      if (response.status !== 200) throw new Error(`The provider shows an error page (${response.status}).`);
      next = answer(html, next.url, decision);
      continue;
    }
    const target = new URL(location, next.url);
    if (target.origin !== origin) return target.href;
    next = new Request(target);
  }
  throw new Error('The provider goes round in circles.');
}

/** Fills in the one form of a page of `devInteractions`, or takes its way out. */
function answer(html: string, pageUrl: string, decision: Decision): Request {
  const prompt = /name="prompt" value="(login|consent)"/.exec(html)?.[1];
  const action = /<form[^>]* action="([^"]+)"/.exec(html)?.[1];
  const abort = /<a href="([^"]+\/abort)"/.exec(html)?.[1];
  if (!prompt || !action || !abort) throw new Error('The page holds no form that is known.');
  if (prompt === 'consent' && decision === 'deny') return new Request(new URL(abort, pageUrl));
  const person = prompt === 'login' ? { login: 'ada', password: 'any' } : {};
  const body = new URLSearchParams({ prompt, ...person });
  return new Request(new URL(action, pageUrl), { method: 'POST', body });
}

/** Cookies of one origin, by name and path (RFC 6265 §5.1.4): each interaction has its own. */
class CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  takeFrom(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; */);
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      const path = attributes.find((text) => /^path=/i.test(text))?.slice('path='.length) ?? '/';
      const expires = attributes.find((text) => /^expires=/i.test(text))?.slice('expires='.length);
      const key = `${name} ${path}`;
      if (expires !== undefined && Date.parse(expires) <= Date.now()) this.#cookies.delete(key);
      else this.#cookies.set(key, { name, value, path });
    }
  }

  addTo(request: Request): void {
    const { pathname } = new URL(request.url);
    const sent = [...this.#cookies.values()].filter(({ path }) => `${pathname}/`.startsWith(path));
    request.headers.set('cookie', sent.map(({ name, value }) => `${name}=${value}`).join('; '));
  }
}

/** Opens an address as a window does. Not by fetch, which says in its headers that a script asked. */
export async function navigate(url: string): Promise<void> {
  const [response] = (await once(get(url), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`The application answers ${response.statusCode}.`);
}
