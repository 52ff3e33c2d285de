import type { Authorization, AuthorizationStatus, Failure } from 'authchart/browser';

type Ways = Pick<Authorization, 'signIn' | 'prepare' | 'open'>;

export const byRedirect = ({ signIn }: Pick<Ways, 'signIn'>): void => signIn({ userAgent: 'redirect' });

/** For pointerenter and focus: the authorization request is ready when the click comes. */
export function makeReady(status: AuthorizationStatus, { prepare }: Pick<Ways, 'prepare'>): void {
  if (status === 'signedOut') prepare({ userAgent: 'popup' });
}

/** For the click, and synchronously in it: browsers open windows only then. */
export const inWindow = ({ open }: Pick<Ways, 'open'>): void => open({ userAgent: 'popup' });

/** What a person can do about a failure, beside leaving it behind. */
export interface Remedy {
  readonly label: string;
  readonly way: 'retry' | 'redirect';
}

const ofSignIn = ['authorization', 'callback', 'exchange', 'session', 'renewal'];

export function remedyOf({ code, phase }: Failure, retryable: boolean): Remedy | null {
  // A window that was blocked once would be blocked again.
  if (code === 'popup_blocked') return { label: 'Sign in on this page', way: 'redirect' };
  // A code works once: what is tried again is the whole sign-in.
  if (ofSignIn.includes(phase)) return { label: 'Sign in again', way: 'redirect' };
  return retryable ? { label: 'Try again', way: 'retry' } : null;
}
