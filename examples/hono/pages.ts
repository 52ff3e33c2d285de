import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import { stylesheet } from './style.js';

export interface Person {
  readonly name: string;
  readonly username: string;
}

/** What a scope lets the app do, in the words of a person. */
const abilities: Readonly<Record<string, string>> = {
  'users.read': 'See your profile',
  'tweet.read': 'Read the posts you can see',
  'offline.access': 'Stay connected',
  'like.read': 'See the posts you liked',
};

const styleHash = createHash('sha256').update(stylesheet).digest('base64');

export function withHeaders(c: Context): void {
  c.header(
    'content-security-policy',
    `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  c.header('x-content-type-options', 'nosniff');
  c.header('referrer-policy', 'same-origin');
  // What is personal is not for the cache, nor for the back button after a sign-out.
  c.header('cache-control', 'no-store');
}

export const signedOutPage = () =>
  page(
    'Sign in',
    html`<h1>Good to see you</h1>
      <p class="quiet">
        Sign in with your X account. Your browser gets a cookie, and the tokens stay on this server.
      </p>
      <p><a class="button" href="/auth/login">Sign in with X</a></p>`,
  );

export const homePage = ({ name, username }: Person, scopes: readonly string[]) =>
  page(
    name,
    html`<div class="person">
        <span class="face" aria-hidden="true">${name.slice(0, 1)}</span>
        <div>
          <h1>${name}</h1>
          <p class="quiet">@${username}</p>
        </div>
      </div>
      <h2>You let this app</h2>
      <ul>
        ${Object.entries(abilities).flatMap(([scope, words]) => (scopes.includes(scope) ? [html`<li>${words}</li>`] : []))}
      </ul>
      <div class="actions">
        ${scopes.includes('like.read') ? '' : html`<a class="button" href="/likes">Show my likes too</a>`}
        <form method="post" action="/auth/logout"><button class="button plain">Sign out</button></form>
      </div>`,
  );

export const faultPage = () =>
  page(
    'Not available right now',
    html`<h1>Not available right now</h1>
      <p class="quiet">Something this app depends on does not answer. Try again in a moment.</p>
      <p><a class="button" href="/">Try again</a></p>`,
  );

function page(title: string, content: ReturnType<typeof html>) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${raw(`<style>${stylesheet}</style>`)}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`;
}
