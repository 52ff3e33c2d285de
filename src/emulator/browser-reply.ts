import type { Reply } from './message.js';
import type { Html } from './html.js';
import { stylesheetSource } from './style.js';

const common = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  // A popup that has been to x.com has lost its opener; this reproduces it.
  'cross-origin-opener-policy': 'same-origin',
};

// No `form-action`: Chromium applies it to every redirect after the form is sent, so it would block callbacks that
// lead on to another origin or into a native app.
const policy = `default-src 'none'; style-src ${stylesheetSource}; base-uri 'none'; frame-ancestors 'none'`;

export function showPage(status: number, { text }: Html): Reply {
  const headers = {
    ...common,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
  };
  return { status, headers, body: text };
}

/** Appends to the redirect URI as it was registered, byte for byte; parsing it would normalise it. */
export function redirect(uri: string, parameters: [string, string][]): Reply {
  const query = new URLSearchParams(parameters).toString();
  const location = `${uri}${uri.includes('?') ? '&' : '?'}${query}`;
  return { status: 302, headers: { ...common, location }, body: '' };
}
