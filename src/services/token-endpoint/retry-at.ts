const SHORTEST = 1000;
const LONGEST = 60 * 60 * 1000;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * When a server that turned a request away may be asked again: Unix milliseconds between a second and an hour from `now`,
 * so that neither the past nor the year 9999 causes a loop or a standstill. `null` if it does not say.
 * `Retry-After` (RFC 9110 §10.2.3), else X's `x-rate-limit-reset` (Unix seconds).
 */
export function retryAtOf(headers: Headers, now: number): number | null {
  const after = headers.get('retry-after')?.trim();
  const reset = headers.get('x-rate-limit-reset')?.trim();
  if (after === undefined && reset === undefined) return null;
  const asked = momentAfter(after, now) ?? momentOf(reset) ?? now;
  return Math.min(Math.max(asked, now + SHORTEST), now + LONGEST);
}

function momentAfter(after: string | undefined, now: number): number | null {
  if (after === undefined) return null;
  if (/^\d+$/.test(after)) return now + Number(after) * 1000;
  // oxlint-disable-next-line no-restricted-globals -- reads a header, not the clock
  return HTTP_DATE.test(after) ? Date.parse(after) || null : null;
}

function momentOf(seconds: string | undefined): number | null {
  return seconds !== undefined && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : null;
}
