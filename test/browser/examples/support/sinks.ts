import { emulatorSecret } from 'authchart/testing';
import type { Emulator } from 'authchart/testing';
import type { BrowserContext, Frame, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Everything that was written where others may read it. */
export interface Sinks {
  readonly console: string[];
  /** Exceptions that nobody caught. */
  readonly uncaught: string[];
  /** What Content-Security-Policy and Trusted Types refused. */
  readonly violations: string[];
  /** What went through BroadcastChannel and postMessage, as JSON. */
  readonly messages: string[];
  /** Addresses that were asked for, each with its referrer. */
  readonly requests: { readonly url: string; readonly navigation: boolean; readonly referrer: string }[];
}

/** What pages tell of themselves, from their first moment on. */
const SPY = `
  const { postMessage } = BroadcastChannel.prototype;
  BroadcastChannel.prototype.postMessage = function (message) {
    heard('message', JSON.stringify(message));
    return postMessage.call(this, message);
  };
  addEventListener('message', ({ data }) => heard('message', JSON.stringify(data)));
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
    heard('violation', violatedDirective + ' ' + blockedURI + ' ' + sample));
`;

export async function watchSinks(context: BrowserContext): Promise<Sinks> {
  const sinks: Sinks = { console: [], uncaught: [], violations: [], messages: [], requests: [] };
  await context.exposeBinding('heard', (_source, kind: string, text: string) => {
    (kind === 'violation' ? sinks.violations : sinks.messages).push(text);
  });
  await context.addInitScript(SPY);
  context.on('console', (message) => sinks.console.push(message.text()));
  context.on('weberror', (error) => sinks.uncaught.push(String(error.error())));
  context.on('request', (request) => {
    const { referer: referrer = '' } = request.headers();
    sinks.requests.push({ url: request.url(), navigation: request.isNavigationRequest(), referrer });
  });
  return sinks;
}

export interface LeakOptions {
  readonly sinks: Sinks;
  readonly context: BrowserContext;
  readonly emulator: Emulator;
  readonly origin: string;
}

/** Looks for every secret there was in every place there is. Nothing may be found, but the callback on its way. */
export async function leaksIn({ sinks, context, emulator, origin }: LeakOptions): Promise<void> {
  const secrets = secretsOf(emulator);
  const isLeak = (text: string) =>
    emulatorSecret.test(text) || secrets.some((secret) => text.includes(secret));
  const callback = `${origin}/callback?`;

  expect(sinks.uncaught).toEqual([]);
  expect(sinks.violations).toEqual([]);
  expect(
    sinks.console.filter(
      (text) => isLeak(text) || /Content.Security.Policy|Trusted ?(Type|HTML)/i.test(text),
    ),
  ).toEqual([]);
  expect(sinks.messages.filter((text) => isLeak(text) && !isOffer(text, callback))).toEqual([]);
  const ours = sinks.requests.filter(({ url }) => url.startsWith(origin));
  expect(
    ours.filter(({ url, navigation }) => isLeak(url) && !(navigation && url.startsWith(callback))),
  ).toEqual([]);
  expect(sinks.requests.filter(({ referrer }) => isLeak(referrer))).toEqual([]);
  const frames = context.pages().flatMap((page) => page.frames());
  for (const frame of frames.filter((frame) => frame.url().startsWith(origin))) {
    for (const [place, text] of Object.entries(await visibleIn(frame)))
      expect([place, isLeak(text)]).toEqual([place, false]);
  }
}

/** The state of every authorization request, and the verifier of every code that was spent. Codes and tokens have a mark. */
function secretsOf({ requests }: Emulator): readonly string[] {
  return requests
    .flatMap(({ search, form }) => [new URLSearchParams(search).get('state'), form.get('code_verifier')])
    .filter((secret) => secret !== null);
}

function isOffer(message: string, callback: string): boolean {
  const { type, id, url, ...more } = JSON.parse(message) as Record<string, unknown>;
  return (
    type === 'authchart.callback' &&
    typeof id === 'string' &&
    String(url).startsWith(callback) &&
    Object.keys(more).length === 0
  );
}

export function visibleIn(page: Page | Frame): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const stored = (of: () => Storage) => {
      try {
        return JSON.stringify({ ...of() });
      } catch {
        return '';
      }
    };
    return {
      dom: document.documentElement.outerHTML,
      address: location.href,
      history: JSON.stringify([navigation.entries().map(({ url }) => url), history.state]),
      referrer: document.referrer,
      name: window.name,
      cookie: document.cookie,
      localStorage: stored(() => localStorage),
      sessionStorage: stored(() => sessionStorage),
      title: document.title,
    };
  });
}
