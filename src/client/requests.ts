import type { AuthorizationRequest } from '../machines/vocabulary.js';
import { AuthError } from '../services/auth-error.js';
import { redact } from '../services/redacted.js';
import type { Cancellable } from './session.js';

export interface BeginOptions extends Cancellable {
  /** Which of several accounts; `default` if not named. */
  readonly session?: string;
  /** Instead of the client's. */
  readonly scopes?: readonly string[];
  /** Instead of the client's; as registered, to the character. */
  readonly redirectUri?: string;
  /** Extra parameters of the authorization request. */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * A value that only this user agent has, its cookie say. The callback is then taken from nobody else
   * (RFC 9700 §2.1). Without it, the store itself must belong to one user.
   */
  readonly boundTo?: string;
  /** Id of the account that must sign in; another one is refused and its tokens are revoked. */
  readonly expectedAccount?: string;
  /**
   * Unix milliseconds after which the session is gone from the store, however often it was renewed: for sessions that
   * nobody can name for longer, as their cookie has gone. Default: it has no such end.
   */
  readonly sessionEndsAt?: number;
}

export interface LoginOptions extends BeginOptions {
  /** Another user agent than the client's own, by its name: in browsers `redirect` or `popup`. */
  readonly userAgent?: string;
}

export interface Begun {
  /** Where to send the user. Carries the state: do not log it. */
  readonly url: string;
  readonly state: string;
  /** Unix milliseconds until which the callback is taken. */
  readonly expiresAt: number;
}

export interface CompleteOptions extends Cancellable {
  /** The value given to `begin`. */
  readonly boundTo?: string;
}

export interface SignInOptions extends Pick<
  BeginOptions,
  'scopes' | 'redirectUri' | 'parameters' | 'expectedAccount'
> {
  /** Another user agent than the client's own: in browsers `redirect` or `popup`. */
  readonly userAgent?: string;
}

export function requestOf(
  options: Omit<BeginOptions, 'session' | 'signal'>,
  userAgent: AuthorizationRequest['userAgent'],
): Partial<AuthorizationRequest> {
  const { expectedAccount } = options;
  // An account that is not known yet is read as undefined, and would mean anybody's.
  if ('expectedAccount' in options && (typeof expectedAccount !== 'string' || expectedAccount === '')) {
    throw new AuthError('invalid_option', { detail: 'The option "expectedAccount" is not an id as text.' });
  }
  const { sessionEndsAt = null } = options;
  if (sessionEndsAt !== null && !Number.isFinite(sessionEndsAt)) {
    throw new AuthError('invalid_option', {
      detail: 'The option "sessionEndsAt" is no time in milliseconds.',
    });
  }
  const boundTo = bindingOf(options);
  return { ...options, userAgent, boundTo, expectedAccount: expectedAccount ?? null, sessionEndsAt };
}

/** All of it, so that nothing is left of a request it takes the place of. What else an object holds, a click say, is not asked. */
export function wishesOf(options: SignInOptions): Partial<AuthorizationRequest> {
  const { scopes = null, redirectUri = null, parameters = {}, userAgent } = options;
  const account = 'expectedAccount' in options && { expectedAccount: options.expectedAccount };
  const request = requestOf({ ...account } as BeginOptions, userAgentOf(userAgent));
  return { ...request, scopes, redirectUri, parameters };
}

/** `none` is for those who bring the callback themselves: somebody who waits for a page would wait in vain. */
export function userAgentOf(name = 'interactive'): string {
  if (name !== 'none') return name;
  throw new AuthError('invalid_option', {
    detail: 'The option "userAgent" names no user agent; begin() is for sign-ins without one.',
  });
}

export function bindingOf(options: { readonly boundTo?: string | undefined }) {
  if (!('boundTo' in options)) return null;
  const value = options.boundTo;
  // A cookie that is not there is read as undefined, null or '', which every user agent has.
  if (typeof value === 'string' && value !== '') return redact(value);
  throw new AuthError('invalid_option', { detail: 'The option "boundTo" is not a string with a value.' });
}
