import { AuthError } from '../../services/auth-error.js';
import type { UserAgent } from '../../services/ports.js';
import { untilAborted } from '../../services/until-aborted.js';
import { assertOwnOrigin } from './own-origin.js';
import { rememberReturn, takeReturn } from './page-storage.js';

/**
 * Shows the authorization page in place of this one. The person comes back to the redirect URI, where
 * {@link callbackPage} completes the sign-in; memory does not survive that, so the client's store must: `webStore()` or
 * `sharedStore()`.
 *
 * `listen` rejects with {@link AuthError} `invalid_redirect_uri`; `present` with `authorization_left`, if the person turns
 * back without an answer and the browser had kept the page.
 *
 * @example
 * ```ts
 * const client = createClient({ provider, clientId, redirectUri, userAgent: redirect() });
 * ```
 */
export function redirect(): UserAgent {
  return {
    async listen(redirectUri) {
      assertOwnOrigin(redirectUri);
      // Nothing is held until the page is shown: other sessions may sign in meanwhile.
      return { redirectUri, closed: Promise.resolve() };
    },
    async present(url, { signal }) {
      const state = new URL(url).searchParams.get('state') ?? '';
      rememberReturn(state);
      location.assign(url);
      if (await comesBack(signal)) {
        takeReturn(state);
        throw new AuthError('authorization_left');
      }
    },
  };
}

/** Whether the page was shown again, from the browser's back-forward cache, before its sign-in was given up. */
function comesBack(signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    void untilAborted(signal).then(() => resolve(false));
    addEventListener('pageshow', ({ persisted }) => persisted && resolve(true), { signal });
  });
}
