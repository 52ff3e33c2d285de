import type { Authorization, AuthorizationStatus, Failure } from 'authchart/browser';

type Ways = Pick<Authorization, 'signIn' | 'prepare' | 'open'>;

export const byRedirect = ({ signIn }: Pick<Ways, 'signIn'>): void => signIn({ userAgent: 'redirect' });

/** For pointerenter and focus: the authorization request is ready when the click comes. */
export function makeReady(status: AuthorizationStatus, { prepare }: Pick<Ways, 'prepare'>): void {
  if (status === 'signedOut') prepare({ userAgent: 'popup' });
}

/** For the click, and synchronously in it: browsers open windows only then. */
export function inWindow(status: AuthorizationStatus, { open, signIn }: Omit<Ways, 'prepare'>): void {
  if (status === 'prepared' || status === 'preparing') open();
  else signIn({ userAgent: 'popup' });
}

/** What a person can do about a failure, beside leaving it behind. */
export type Remedy = 'again' | 'redirect' | 'none';

export function remedyOf({ code, phase }: Failure, retryable: boolean): Remedy {
  // A window that was blocked once would be blocked again.
  if (code === 'popup_blocked' || code === 'authorization_left') return 'redirect';
  if (retryable) return 'again';
  // Nothing is wrong with the page: a new sign-in is what helps.
  return ['callback', 'exchange', 'session', 'renewal'].includes(phase) ? 'redirect' : 'none';
}
