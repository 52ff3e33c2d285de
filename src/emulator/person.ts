import { request } from 'node:http';
import { unescape } from './html.js';

export interface ConsentDecision {
  /** Default: `true`. */
  allow?: boolean;
  /** The `id` of the account to pick. Default: the one that is signed in. */
  user?: string;
  /** Whether to go on to the callback, as a browser would. Default: `false`. */
  deliver?: boolean;
}

export interface ConsentOutcome {
  /** Where the server sent the person: a code, or an error. `null` when it kept them on a page of its own. */
  callbackUrl: string | null;
  /** The last page the person saw: the consent page, the error page or, when delivered, the application's. */
  page: string;
  /** Of the last response. */
  status: number;
}

/**
 * Opens an authorization URL as a person without a browser would: reads the page, fills in the form found there and
 * sends it.
 *
 * @throws TypeError when the page has no form, or the form no such account.
 * @throws the runtime's error when a server cannot be reached, or when a callback to deliver is not http
 * @example
 * const { callbackUrl } = await consent(authorizationUrl, { allow: false })
 */
export async function consent(
  authorizationUrl: string,
  { allow = true, user, deliver = false }: ConsentDecision = {},
): Promise<ConsentOutcome> {
  let response = await fetch(authorizationUrl, { redirect: 'manual' });
  let page = await response.text();
  if (response.ok) {
    response = await submit(page, authorizationUrl, {
      decision: allow ? 'allow' : 'deny',
      ...(user && { user }),
    });
    page = (await response.text()) || page;
  }
  const callbackUrl = response.headers.get('location');
  if (callbackUrl === null || !deliver) return { callbackUrl, page, status: response.status };
  return { callbackUrl, ...(await navigate(callbackUrl)) };
}

/** Goes to a page as a browser does. `fetch` would say that a script asks, which a careful listener refuses. */
function navigate(url: string): Promise<{ readonly page: string; readonly status: number }> {
  return new Promise((resolve, reject) => {
    const headers = {
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'sec-fetch-site': 'cross-site',
    };
    const sent = request(url, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ page: Buffer.concat(chunks).toString('utf8'), status: response.statusCode ?? 0 }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function submit(page: string, pageUrl: string, choices: Record<string, string>): Promise<Response> {
  const form = /<form\b[^>]*>[^]*?<\/form>/.exec(page)?.[0];
  if (form === undefined) throw new TypeError('The page holds no form.');
  const { action = '', method = 'get' } = attributes(/<form\b[^>]*>/.exec(form)?.[0] ?? '');
  const controls = [...form.matchAll(/<(?:input|button)\b[^>]*>/g)].map(([tag]) => attributes(tag));
  const body = new URLSearchParams();
  for (const { name = '', value = '', type, checked } of controls) {
    if (type === 'hidden' || checked !== undefined) body.set(name, value);
  }
  for (const [name, value] of Object.entries(choices)) {
    if (!controls.some((control) => control['name'] === name && control['value'] === value)) {
      throw new TypeError(`The form offers no such ${name}.`);
    }
    body.set(name, value);
  }
  return fetch(new URL(action, pageUrl), { method, body, redirect: 'manual' });
}

/** Reads the markup of pages.ts, where every value is quoted and escaped; it is no parser for other people's HTML. */
function attributes(tag: string): Partial<Record<string, string>> {
  const pairs = [...tag.matchAll(/\s([a-z-]+)(?:="([^"]*)")?/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, unescape(value)]));
}
