import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import type { InspectionEvent } from 'xstate';
import type { Cryptography } from '../../../src/services/ports.js';

/** Every secret of these tests holds this word, so that one search finds them all. */
export const CANARY = 'CANARY';

// 43 characters of base64url, as 32 octets give, of which the first eight are the word and a filler.
const MARK = Buffer.from(`${CANARY}st`, 'base64url');

/**
 * Chance that repeats itself, for each process by itself: a failing run must fail again, and what one process draws must
 * not depend on when another did. What becomes a state or a verifier carries the mark and is added to `verifierDraws`.
 */
export function countedChance(name: string, verifierDraws: Set<string>): Cryptography {
  let draws = 0;
  return {
    randomBytes(length) {
      const bytes = createHash('sha512').update(`${name} ${++draws}`).digest().subarray(0, length);
      if (length === 32) {
        MARK.copy(bytes);
        verifierDraws.add(bytes.toString('base64url'));
      }
      return new Uint8Array(bytes);
    },
    sha256: async (data) => new Uint8Array(createHash('sha256').update(data).digest()),
  };
}

/** What an error shows to whoever logs it. */
export const textOfError = (error: unknown): string =>
  [
    inspect(error, { depth: 8, showHidden: true }),
    JSON.stringify(error),
    error instanceof Error ? `${error.message} ${error.stack}` : '',
  ].join('\n');

/** What an inspector shows, also to somebody who prints it to its depths. */
export function textOfInspection(event: InspectionEvent): string {
  const shown = {
    type: event.type,
    event: 'event' in event ? event.event : null,
    snapshot: 'snapshot' in event ? event.snapshot : null,
  };
  const { context = null } = (shown.snapshot ?? {}) as { readonly context?: unknown };
  return `${JSON.stringify(shown)}\n${inspect([shown.event, context], { depth: 6 })}`;
}
