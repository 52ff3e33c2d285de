/** What a browser got, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly location: string | null;
  readonly cookies: readonly string[];
  readonly text: string;
}

export type Serve = (request: Request) => Promise<Response>;

export interface Visit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What browsers add to the navigation of a window. */
export const navigation = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'cross-site',
};

/** A browser with its cookies. It follows no redirect by itself, so that tests see each. */
export class Browser {
  readonly jar = new Map<string, string>();
  /** Everything it was ever answered. */
  readonly seen: Answer[] = [];

  constructor(readonly origin: string) {}

  async go(serve: Serve, path: string, { method = 'GET', headers = {} }: Visit = {}): Promise<Answer> {
    const cookie = this.cookieHeader();
    const sent = { ...navigation, ...(cookie && { cookie }), ...headers };
    const answer = await answerOf(
      await serve(new Request(new URL(path, this.origin), { method, headers: sent })),
    );
    this.seen.push(answer);
    for (const line of answer.cookies) this.keep(line);
    return answer;
  }

  /** A form of one of the site's own pages. */
  post(serve: Serve, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const own = { origin: this.origin, 'sec-fetch-site': 'same-origin' };
    return this.go(serve, path, { method: 'POST', headers: { ...own, ...headers } });
  }

  /** A script of one of the site's own pages. */
  fetch(serve: Serve, path: string): Promise<Answer> {
    const headers = {
      accept: '*/*',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
      'sec-fetch-site': 'same-origin',
    };
    return this.go(serve, path, { headers });
  }

  cookieHeader(): string {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** The names of its cookies that match. */
  names(pattern: RegExp): string[] {
    return [...this.jar.keys()].filter((name) => pattern.test(name));
  }

  /** Obeys a `Set-Cookie` header, or refuses it as browsers do. */
  keep(line: string): void {
    const { name, value, attributes } = parsed(line);
    const isHost = name.startsWith('__Host-');
    if (isHost && !(attributes['secure'] === '' && attributes['path'] === '/' && !('domain' in attributes))) {
      throw new Error(`A browser refuses ${name}.`);
    }
    if (attributes['max-age'] === '0') this.jar.delete(name);
    else this.jar.set(name, value);
  }
}

export function parsed(line: string): { name: string; value: string; attributes: Record<string, string> } {
  const [pair = '', ...rest] = line.split('; ');
  const [name = '', value = ''] = pair.split('=');
  const attributes = rest.map((attribute) => attribute.split('=') as [string, string?]);
  return {
    name,
    value,
    attributes: Object.fromEntries(attributes.map(([key, of = '']) => [key.toLowerCase(), of])),
  };
}

export async function answerOf(response: Response): Promise<Answer> {
  return {
    status: response.status,
    headers: response.headers,
    location: response.headers.get('location'),
    cookies: response.headers.getSetCookie(),
    text: await response.text(),
  };
}
