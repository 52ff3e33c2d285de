import { base64url } from '../../services/encoding.js';

/**
 * With what every key in `sessionStorage` begins. A window that was opened by another starts with a copy of the opener's,
 * verifiers among it: a popup removes what begins so.
 */
export const WEB_STORE_PREFIX = 'authchart/';

/** Any key as a name that browsers keep as it is: not all of them keep lone surrogates. */
export const escaped = (key: string): string => JSON.stringify(key).slice(1, -1);

/** What {@link escaped} has made a name of; `undefined` if it has not. */
export function unescaped(name: string): string | undefined {
  try {
    const key: unknown = JSON.parse(`"${name}"`);
    return typeof key === 'string' && escaped(key) === name ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Chance, not a count: no version recurs after a reload, after expiry, nor when all site data were removed. */
export const randomId = (): string => base64url(crypto.getRandomValues(new Uint8Array(16)));
