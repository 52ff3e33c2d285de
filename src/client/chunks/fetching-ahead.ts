import type { SessionFacts } from '../../machines/vocabulary.js';
import type { Service } from '../../services/service-ports.js';
import type { Chunk } from './chunk.js';

type Restore = Service<{ session: string }, SessionFacts | null>;

/**
 * What renews a session is fetched as soon as there is one, in the background: hours later, when its token runs out, the
 * server may have other files by now, or the network be gone.
 */
export function fetchingAhead(restore: Restore, chunk: Chunk<unknown>): Restore {
  if (chunk.loaded) return restore;
  return (ports) => async (input, signal) => {
    const facts = await restore(ports)(input, signal);
    // Whoever needs it is told that it could not be loaded.
    if (facts?.renewable) chunk.load().catch(() => undefined);
    return facts;
  };
}
