import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { AuthError } from '../../services/auth-error.js';

/** How long a launcher may take to say that it found no browser. One that still runs has become the browser. */
const LAUNCH_MOMENT = 1_500;

/**
 * Opens a page in the person's own browser (RFC 8252 §8.12), without a shell. The URL is the only thing of ours that
 * the started program gets, and every process of this user can read it there: it must hold no verifier and no secret.
 *
 * @throws {@link AuthError} `browser_unavailable`, or `invalid_provider` if the URL is not an http or https URL
 */
export async function openSystemBrowser(url: string): Promise<void> {
  const address = webAddress(url);
  if (!expectsBrowser(process.platform, process.env)) throw new AuthError('browser_unavailable');
  const { default: open } = await import('open');
  const launcher = await open(address).catch(() => undefined);
  if (!launcher || (await hasFailed(launcher))) throw new AuthError('browser_unavailable');
}

/**
 * The URL as a browser writes it: without control characters, quotes and blanks.
 *
 * @throws {@link AuthError} `invalid_provider`: `file:`, `javascript:` and their like start programs
 */
export function webAddress(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'https:' || parsed?.protocol === 'http:') return parsed.href;
  throw new AuthError('invalid_provider', {
    detail: 'The authorization endpoint is not an http or https URL.',
  });
}

/** Whether a browser started here would appear before the eyes of the person who asked for it. */
export function expectsBrowser(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean {
  const readsBrowserVariable = platform !== 'darwin' && platform !== 'win32';
  // Somebody's express word; remote editors name a helper here that opens the page at the other end of the SSH session.
  if (readsBrowserVariable && env.BROWSER) return env.BROWSER !== 'none';
  if (env.CI && env.CI !== 'false') return false;
  if (env.SSH_CONNECTION || env.SSH_CLIENT || env.SSH_TTY) return false;
  return !readsBrowserVariable || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME);
}

async function hasFailed(launcher: ChildProcess): Promise<boolean> {
  if (launcher.exitCode === null) {
    const moment = new AbortController();
    const timer = setTimeout(() => moment.abort(), LAUNCH_MOMENT);
    await once(launcher, 'exit', { signal: moment.signal }).catch(() => undefined);
    clearTimeout(timer);
  }
  return (launcher.exitCode ?? 0) !== 0;
}
