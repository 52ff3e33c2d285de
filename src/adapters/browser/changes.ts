import { listeners } from '../../services/listeners.js';
import type { Listeners } from '../../services/listeners.js';

export type Changes = Pick<Listeners, 'watch' | 'tell'>;

/**
 * Changes over all tabs. What travels is the name of the key: a message says "look again", so a forged one costs a look.
 * Messages are not kept for a page that is in the back-forward cache, and browsers may put hidden tabs to sleep: a
 * page that comes back may have missed some.
 */
export function changes(name: string): Changes {
  let channel: BroadcastChannel | undefined;
  const joined = () => (channel ??= new BroadcastChannel(name));
  const { watch, tell: tellHere, tellAll } = listeners({ first: listen, last: leave });

  const heard = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') tellHere(data);
  };
  const shown = ({ persisted }: PageTransitionEvent) => {
    if (persisted) tellAll();
  };
  const seen = () => {
    if (document.visibilityState === 'visible') tellAll();
  };
  // A worker has neither, and is not put away.
  const page = typeof document === 'undefined' ? undefined : document;

  function listen(): void {
    joined().addEventListener('message', heard);
    page?.defaultView?.addEventListener('pageshow', shown);
    page?.addEventListener('visibilitychange', seen);
  }

  function leave(): void {
    joined().removeEventListener('message', heard);
    page?.defaultView?.removeEventListener('pageshow', shown);
    page?.removeEventListener('visibilitychange', seen);
  }

  return {
    watch,
    tell(key) {
      // A channel does not hear itself.
      tellHere(key);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel ends at its origin
      joined().postMessage(key);
    },
  };
}
