import { once } from 'node:events';
import { AuthError } from '../../services/auth-error.js';
import type { UserAgent } from '../../services/ports.js';
import { listenOnLoopback, notLocal } from './loopback-listener.js';
import { loopbackRedirectUri } from './loopback-redirect-uri.js';
import { readPastedUrls, type TerminalInput } from './pasted-url.js';
import { openSystemBrowser, webAddress } from './system-browser.js';

export interface NodeUserAgentOptions {
  /** Opens the page in another way, and rejects where it cannot; `false`: the person opens it. */
  readonly open?: ((url: string) => Promise<void>) | false;
  /** Where addresses are pasted: by default stdin if it is a terminal. `false`: nowhere. */
  readonly input?: TerminalInput | false;
  /** Where the person is told what to open: by default stderr or stdout, whichever is a terminal. `false`: nowhere. */
  readonly output?: NodeJS.WritableStream | false;
}

/**
 * The user agent of a command-line program: the person's browser, a listener on the loopback interface (RFC 8252 §7.3),
 * and beside them a terminal that shows the address and takes a pasted callback URL. Where no listener can serve the
 * redirect URI, `https://localhost/` say, the terminal alone does.
 *
 * `listen` rejects with {@link AuthError} `redirect_uri_not_local`, `port_in_use` or `cancelled`; `present` with
 * `browser_unavailable` or `invalid_provider`.
 */
export function nodeUserAgent(options: NodeUserAgentOptions = {}): UserAgent {
  const { open = openSystemBrowser } = options;
  return {
    async listen(redirectUri, sink) {
      if (loopbackRedirectUri(redirectUri)) return listenOnLoopback(redirectUri, sink);
      if (!inputOf(options) || !outputOf(options)) throw notLocal(redirectUri);
      if (sink.signal.aborted) throw new AuthError('cancelled');
      return { redirectUri, closed: once(sink.signal, 'abort').then(() => undefined) };
    },

    async present(url, sink) {
      const address = webAddress(url);
      const opened = await opens(open, address);
      if (sink.signal.aborted) return;
      const input = inputOf(options);
      const output = outputOf(options);
      if (output) {
        output.write(invitation(address, opened));
        if (input) readPastedUrls({ input, output }, sink);
      } else if (!opened) throw new AuthError('browser_unavailable');
    },
  };
}

async function opens(
  open: Exclude<NodeUserAgentOptions['open'], undefined>,
  address: string,
): Promise<boolean> {
  if (open === false) return false;
  try {
    await open(address);
    return true;
  } catch {
    return false;
  }
}

/** The address has a line of its own, unbroken, so that it can be clicked and copied. */
function invitation(address: string, opened: boolean): string {
  const sentence = opened
    ? 'Your browser shows the sign-in page. If it does not, open this address:'
    : 'Open this address in a browser to sign in:';
  return `\n${sentence}\n\n${address}\n\n`;
}

function inputOf({ input }: NodeUserAgentOptions): TerminalInput | false {
  return input ?? (process.stdin.isTTY && process.stdin);
}

/** A file or a pipe is no place for the address: it holds the state. */
function outputOf({ output }: NodeUserAgentOptions): NodeJS.WritableStream | undefined {
  if (output !== undefined) return output || undefined;
  return [process.stderr, process.stdout].find((stream) => stream.isTTY);
}
