import type { AuthorizationStatus, Failure, SessionFacts, SignOutReport } from 'authchart/browser';
import { standing } from './screens.js';
import type { Outcome } from './screens.js';

const words: Readonly<Record<AuthorizationStatus, string>> = {
  restoring: 'Looking for your session…',
  signedOut: 'Signed out',
  preparing: 'Getting ready…',
  prepared: 'Ready to sign in',
  awaitingUser: 'Waiting for you at X…',
  signingIn: 'Signing you in…',
  signedIn: 'Signed in',
  signingOut: 'Signing you out…',
  expired: 'Your session has ended',
  failed: 'That did not work',
};

export const leadWords =
  'Sign in with your X account, on this page or in a window beside it. Only X sees your password.';

/** For the line that says how things stand. It is read out when it changes. */
export const statusWords = (status: AuthorizationStatus, outcome: Outcome): string =>
  outcome === 'handedOver' ? 'Done' : words[standing(status, outcome)];

export const waitingWords = (status: AuthorizationStatus) =>
  status === 'awaitingUser'
    ? {
        title: 'Over to X',
        text: 'Answer there, and this page goes on by itself. Nothing has been shared so far.',
      }
    : { title: 'One moment', text: 'This needs nothing from you.' };

/** What went wrong, for the person. The failure's own message is for whoever built the page. */
export function failureWords({ code, phase }: Failure): { readonly title: string; readonly text: string } {
  switch (code) {
    case 'access_denied':
      return { title: 'You said no', text: 'Nothing was shared with this page. You can change your mind.' };
    case 'popup_blocked':
      return {
        title: 'The window was blocked',
        text: 'Your browser did not let this page open one. Signing in works on this page too.',
      };
    case 'authorization_left':
      return { title: 'You left before you were done', text: 'Nothing was shared with this page.' };
    case 'store_unavailable':
      return {
        title: 'This browser keeps nothing for this page',
        text: 'Its storage is full or switched off. Allow this page to store data, or free some space.',
      };
    default:
      return phase === 'session' || phase === 'renewal'
        ? { title: 'Please sign in anew', text: 'Your session has ended, and only you can begin another.' }
        : { title: 'Signing in did not work', text: 'You are not signed in, and nothing is left over.' };
  }
}

/** What a scope lets the app do. */
const abilities: Readonly<Record<string, string>> = {
  'users.read': 'See your profile',
  'tweet.read': 'Read the posts you can see',
  'offline.access': 'Stay connected',
};

export const abilitiesOf = ({ scopes }: SessionFacts): readonly string[] =>
  Object.entries(abilities).flatMap(([scope, words]) => (scopes.includes(scope) ? [words] : []));

export function clockTime(time: number | null): string {
  return time === null ? 'unknown' : new Date(time).toLocaleTimeString('en-GB');
}

/** What the person should know of a sign-out; `null` if it was done in full. */
export function signOutWords({ cleared, revocations }: SignOutReport): string | null {
  if (!cleared) return 'Signed out here. Other tabs could not be told.';
  if (revocations.every(({ revoked }) => revoked)) return null;
  return 'Signed out here. X could not be told, so its own list of apps still shows this one.';
}
