import { AuthError } from '../../services/auth-error.js';
import type { UserAgent } from '../../services/ports.js';
import { untilAborted } from '../../services/until-aborted.js';
import { takeCallbacks } from './callback-messages.js';
import { assertOwnOrigin } from './own-origin.js';
import { forgetInherited } from './page-storage.js';

export interface PopupOptions {
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  /**
   * Milliseconds that this page must have had the person's attention, with the window looking closed, until the sign-in is
   * taken for left. Default: 10 seconds.
   */
  readonly grace?: number;
}

const LOOK = 250;

/**
 * Shows the authorization page in a window of its own; this page stays, and so may its memory. The window comes back to
 * the redirect URI, where {@link callbackPage} hands the callback over to this page and closes it.
 *
 * Browsers open windows only inside a click: make the sign-in ready with `authorization.prepare()`, and call
 * `authorization.open()` in the handler.
 *
 * A sign-in that is cancelled closes the window while it is of this origin; at the provider's page only the person can. What
 * such a window still brings is refused.
 *
 * `listen` rejects with {@link AuthError} `invalid_redirect_uri`; `present` with `popup_blocked`, or `authorization_left`
 * once the person seems to have closed the window.
 *
 * @example
 * ```ts
 * const client = createClient({ provider, clientId, redirectUri, userAgent: popup({ width: 520 }) });
 * ```
 */
export function popup({ width = 480, height = 720, grace = 10_000 }: PopupOptions = {}): UserAgent {
  return {
    async listen(redirectUri) {
      assertOwnOrigin(redirectUri);
      // Nothing is held until the page is shown: other sessions may sign in meanwhile.
      return { redirectUri, closed: Promise.resolve() };
    },
    async present(url, sink) {
      // Nothing may be awaited before this: the click would be over.
      const opened = openWindow(width, height);
      if (!opened) throw new AuthError('popup_blocked');
      sink.signal.addEventListener('abort', () => opened.close(), { once: true });
      takeCallbacks(new URL(url).searchParams.get('state') ?? '', opened, sink);
      opened.location.replace(url);
      if (await seemsLeft(opened, grace, sink.signal)) throw new AuthError('authorization_left');
    },
  };
}

function openWindow(width: number, height: number): Window | null {
  const left = screenX + (outerWidth - width) / 2;
  const upper = screenY + (outerHeight - height) / 3;
  const features = { popup: 'yes', width, height, left: Math.round(left), top: Math.round(upper) };
  const words = Object.entries(features).map(([name, value]) => `${name}=${value}`);
  // Empty at first, and so of our origin: what it inherits can be taken from it.
  const opened = open('about:blank', '', words.join(','));
  if (!opened) return null;
  forgetInherited(opened);
  // The provider's page must not be able to send this one elsewhere. Only a page inside another site needs the opener.
  if (window.top === window) opened.opener = null;
  return opened;
}

/**
 * Whether the window looks closed, and this page has had the person's attention for the whole grace. Closed alone proves
 * nothing: a page with Cross-Origin-Opener-Policy looks so from here while the person reads it.
 */
function seemsLeft(opened: Window, grace: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    let since = performance.now();
    const looking = setInterval(() => {
      if (!opened.closed || !document.hasFocus()) since = performance.now();
      else if (performance.now() - since >= grace) resolve(true);
    }, LOOK);
    void untilAborted(signal).then(() => {
      clearInterval(looking);
      resolve(false);
    });
  });
}
