import type { ProviderAnswer } from '../machines/vocabulary.js';
import { formEncode } from './encoding.js';

const MAXIMUM = 200;
/** What lies behind is not cleaned: a hostile server may send megabytes. */
const LOOKED_AT = 4_096;
/** Shorter values are in half of all sentences. */
const SHORTEST_SECRET = 6;

/**
 * Text of a server, fit for a log line and a dialog: the characters RFC 6749 §4.1.2.1 and §5.2 allow, at most 200 of them.
 * Line breaks, terminal escapes, bidirectional controls and markup quotes do not survive, nor do secrets it echoes.
 */
export function cleanText(text: string, secrets: readonly string[] = []): string {
  let cleaned = text;
  // Longest first, and before the cut: no part of a secret may stay.
  for (const secret of secrets.toSorted((one, other) => other.length - one.length)) {
    if (secret.length < SHORTEST_SECRET) continue;
    cleaned = cleaned.replaceAll(secret, '[redacted]').replaceAll(formEncode(secret), '[redacted]');
  }
  return cleaned
    .slice(0, LOOKED_AT)
    .replace(/\s+/g, ' ')
    .replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]+/g, '?')
    .trim()
    .slice(0, MAXIMUM);
}

/** What a server said of a fault, cleaned; `null` where it said nothing. */
export function providerAnswer(
  said: { readonly error: unknown; readonly description: unknown; readonly status: number | null },
  secrets: readonly string[] = [],
): ProviderAnswer {
  const clean = (text: unknown) =>
    typeof text === 'string' && text !== '' ? cleanText(text, secrets) : null;
  return { error: clean(said.error), description: clean(said.description), status: said.status };
}
