import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { consent } from 'authchart/testing';
import type { ConsentDecision } from 'authchart/testing';

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Visit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A browser over real HTTP, for one host: the runtime's fetch keeps no cookies and calls itself a script. */
export class WebBrowser {
  readonly jar = new Map<string, string>();

  /** One request, as a window makes it; no redirect is followed. */
  async open(address: string | URL, { method = 'GET', headers = {}, body = '' }: Visit = {}): Promise<Page> {
    const url = new URL(address);
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = request(url, {
      method,
      agent: false,
      headers: {
        accept: 'text/html,*/*;q=0.8',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        'sec-fetch-site': 'same-origin',
        ...(cookie && { cookie }),
        ...headers,
      },
    });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const piece of response.setEncoding('utf8')) text += piece;
    for (const line of response.headers['set-cookie'] ?? []) this.#keep(line);
    return { url, status: response.statusCode ?? 0, headers: response.headers, text };
  }

  /** Follows redirects, through the provider's consent page too, until it sees a page. */
  async visit(address: string | URL, decision: ConsentDecision = {}): Promise<Page> {
    const { origin } = new URL(address);
    let page = await this.open(address);
    for (let hops = 0; page.headers.location !== undefined; hops++) {
      if (hops > 10) throw new Error('Redirects go on for ever.');
      const next = new URL(page.headers.location, page.url);
      page = await this.open(next.origin === origin ? next : await callbackOf(next, decision));
    }
    return page;
  }

  /** Sends the form of a page of that origin, as browsers send an empty one. */
  submit(address: string | URL, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    const { origin } = new URL(address);
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' };
    return this.open(address, { method: 'POST', headers: { origin, ...form, ...headers } });
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const at = pair.indexOf('=');
    if (attributes.includes('Max-Age=0')) this.jar.delete(pair.slice(0, at));
    else this.jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

/** Decides on the provider's page; where that sends the browser. */
export async function callbackOf(
  authorization: string | URL,
  decision: ConsentDecision = {},
): Promise<string> {
  const { callbackUrl } = await consent(String(authorization), decision);
  if (callbackUrl === null) throw new Error('The provider sent nobody back.');
  return callbackUrl;
}
