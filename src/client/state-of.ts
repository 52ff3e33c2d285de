import type { Redacted } from '../machines/vocabulary.js';
import { reveal } from '../services/redacted.js';

/** The state in a URL; `null` where there is none yet, or it is none. */
export function stateOf(url: Redacted<string> | null): string | null {
  const text = url && reveal(url);
  return text && URL.canParse(text) ? new URL(text).searchParams.get('state') : null;
}
