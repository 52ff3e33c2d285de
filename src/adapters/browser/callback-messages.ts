import type { CallbackSink } from '../../services/ports.js';

// BroadcastChannel reaches every page of this origin, also where the provider's page has cut the opener off
// (Cross-Origin-Opener-Policy). A page inside one of another site has a partition of its own, which it does not reach:
// there the opener is told. The callback with its one-time code is all that ever travels.
const CHANNEL = 'authchart/callback';

/** Milliseconds. The page that waits may be asleep in the background. */
const [AGAIN, PATIENCE] = [200, 3_000];

interface Offer {
  readonly type: 'authchart.callback';
  readonly id: string;
  readonly url: string;
}

interface Receipt {
  readonly type: 'authchart.taken';
  readonly id: string;
}

/** Takes the callback that answers `state` and tells the window that brought it so. */
export function takeCallbacks(state: string, opened: Window, { signal, onCallback }: CallbackSink): void {
  const channel = new BroadcastChannel(CHANNEL);
  const take = (message: unknown, answer: (receipt: Receipt) => void) => {
    if (!isOffer(message) || stateOf(message.url) !== state) return;
    answer({ type: 'authchart.taken', id: message.id });
    onCallback(message.url);
  };
  channel.addEventListener('message', ({ data }) => take(data, (receipt) => broadcast(channel, receipt)));
  addEventListener(
    'message',
    ({ data, origin, source }) => {
      if (origin !== location.origin || source !== opened) return;
      take(data, (receipt) => opened.postMessage(receipt, location.origin));
    },
    { signal },
  );
  signal.addEventListener('abort', () => channel.close(), { once: true });
}

/** Offers a callback to the page that waits for it; whether one has taken it. */
export async function offerCallback(url: string): Promise<boolean> {
  const offer: Offer = { type: 'authchart.callback', id: crypto.randomUUID(), url };
  const channel = new BroadcastChannel(CHANNEL);
  const opener = window.opener as Window | null;
  const over = new AbortController();
  const { signal } = over;
  const taken = new Promise<boolean>((resolve) => {
    const hear = (message: unknown) => isReceipt(message) && message.id === offer.id && resolve(true);
    channel.addEventListener('message', ({ data }) => hear(data));
    addEventListener(
      'message',
      ({ data, origin, source }) => origin === location.origin && source === opener && hear(data),
      { signal },
    );
    const tell = () => {
      broadcast(channel, offer);
      opener?.postMessage(offer, location.origin);
    };
    tell();
    const telling = setInterval(tell, AGAIN);
    const waiting = setTimeout(() => resolve(false), PATIENCE);
    signal.addEventListener('abort', () => {
      clearInterval(telling);
      clearTimeout(waiting);
      channel.close();
    });
  });
  return taken.finally(() => over.abort());
}

/** A channel has no other origin to send to than its own. */
function broadcast(channel: BroadcastChannel, message: Offer | Receipt): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  channel.postMessage(message);
}

function stateOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).searchParams.get('state') : null;
}

function isOffer(message: unknown): message is Offer {
  const { type, id, url } = (message ?? {}) as Partial<Offer>;
  return type === 'authchart.callback' && typeof id === 'string' && typeof url === 'string';
}

function isReceipt(message: unknown): message is Receipt {
  const { type, id } = (message ?? {}) as Partial<Receipt>;
  return type === 'authchart.taken' && typeof id === 'string';
}
