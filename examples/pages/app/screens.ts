import type { AuthorizationStatus, AuthorizationView, Landing } from 'authchart/browser';

/** What the page shows; one at a time. */
export type Screen =
  /** Nobody is signed in: two ways to change that. */
  | 'welcome'
  /** The same, where somebody must be: the person comes back to this page after signing in. */
  | 'guard'
  /** Something is under way. */
  | 'waiting'
  | 'failure'
  | 'home'
  | 'profile'
  /** The window of a popup, once it has done its part. */
  | 'closing';

/** What became of the callback this page was opened with; `null` while that is not known. */
export type Outcome = Landing['outcome'] | null;

export type Shown = Pick<AuthorizationView, 'status' | 'signedIn'>;

/** A callback may still go to the page that waits for it: until then nobody is signed out. */
export function standing(status: AuthorizationStatus, outcome: Outcome): AuthorizationStatus {
  return outcome === null && status === 'signedOut' ? 'restoring' : status;
}

export function screenOf(path: string, shown: Shown, outcome: Outcome): Screen {
  if (outcome === 'handedOver') return 'closing';
  const { signedIn } = shown;
  const status = standing(shown.status, outcome);
  if (status === 'failed' || status === 'expired') return 'failure';
  if (status === 'awaitingUser' || status === 'signingIn') return 'waiting';
  const profile = path === '/profile';
  if (signedIn) return profile ? 'profile' : 'home';
  if (status === 'restoring' || status === 'signingOut') return 'waiting';
  return profile ? 'guard' : 'welcome';
}

/** Another screen is another place: who listens to the page or uses the keyboard goes on from its heading. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
}
