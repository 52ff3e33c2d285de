import { createHash } from 'node:crypto';
import type { AuthorizationView } from 'authchart/node';
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import { faults } from './provider-faults.js';
import type { Fault } from './provider-faults.js';
import { stylesheet } from './style.js';
import type { Outcome } from './tasks.js';

export interface Shown {
  readonly view: AuthorizationView;
  readonly outcome: Outcome | null;
  readonly running: boolean;
  /** Where the person is to sign in. */
  readonly address: string | null;
  readonly fault: Fault | null;
  readonly inspector: string;
  readonly guided: boolean;
}

type Html = ReturnType<typeof html>;

const styleHash = createHash('sha256').update(stylesheet).digest('base64');

export function withHeaders(c: Context, provider: string): void {
  c.header(
    'content-security-policy',
    // Chromium applies form-action to the redirect that follows.
    `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self' ${provider}; base-uri 'none'; frame-ancestors 'none'`,
  );
  c.header('x-content-type-options', 'nosniff');
  // The origin of a form must be told to us.
  c.header('referrer-policy', 'same-origin');
  c.header('cache-control', 'no-store');
}

export function page(shown: Shown): Html {
  const { view, running } = shown;
  const busy = running || view.busy || view.status === 'signingOut';
  return document(
    busy,
    html`<p class="aside"><a href="${shown.inspector}" target="_blank" rel="noopener">Inspector</a></p>
      ${busy ? working(shown) : resting(shown)}`,
  );
}

const working = ({ guided }: Shown) =>
  html`<h1>Working</h1>
    <p class="quiet" role="status">
      ${guided ? 'A step waits for you in the inspector: press Next there.' : 'This page looks again in a second.'}
    </p>`;

function resting(shown: Shown): Html {
  const { view, outcome, address } = shown;
  if (view.status === 'awaitingUser' && address) return atProvider(address);
  const failure = outcome?.failed
    ? outcome
    : view.failure && { title: view.failure.code, text: view.failure.message };
  return html`<h1>${view.signedIn ? 'Signed in' : 'Signed out'}</h1>
    ${
      failure
        ? html`<p class="note" role="alert"><strong>${failure.title}</strong> ${failure.text}</p>`
        : outcome &&
          html`<p class="note" role="status"><strong>${outcome.title}.</strong> ${outcome.text}</p>`
    }
    ${view.signedIn ? signedIn() : signedOut()} ${faultsOf(shown)}`;
}

const atProvider = (address: string) =>
  html`<h1>At the provider</h1>
    <p class="quiet">The authorization request is made and remembered. It waits for you to give access.</p>
    <div class="actions">
      <a class="button" href="${address}">Go to its page</a>
      ${button('/cancel', 'Cancel', 'plain')}
    </div>`;

const signedOut = () => html`<div class="actions">${button('/sign-in', 'Sign in')}</div>`;

const signedIn = () =>
  html`<div class="actions">
    ${button('/call', 'Call the API')} ${button('/renew', 'Renew now', 'plain')}
    ${button('/expire', 'Let the access token run out', 'plain')} ${button('/sign-out', 'Sign out', 'plain')}
  </div>`;

const faultsOf = ({ fault }: Shown) =>
  html`<h2 id="fail">Make the provider fail next time</h2>
    <form class="row" method="post" action="/fault" aria-labelledby="fail">
      ${Object.entries(faults).map(
        ([name, words]) =>
          html`<button
            class="button plain"
            name="fault"
            value="${name === fault ? '' : name}"
            aria-pressed="${name === fault ? 'true' : 'false'}"
          >
            ${words}
          </button>`,
      )}
    </form>
    <p class="quiet">
      ${fault ? 'The next request for tokens meets that: sign in, or renew.' : 'Its token endpoint works.'}
    </p>`;

const button = (action: string, words: string, kind = '') =>
  html`<form method="post" action="${action}"><button class="button ${kind}">${words}</button></form>`;

function document(busy: boolean, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${busy ? html`<meta http-equiv="refresh" content="1" />` : ''}
        <title>A sign-in to watch</title>
        ${raw(`<style>${stylesheet}</style>`)}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`;
}
