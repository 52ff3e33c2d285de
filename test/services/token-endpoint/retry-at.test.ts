import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAtOf } from '../../../src/services/token-endpoint/retry-at.js';

const NOW = Date.UTC(2026, 0, 1);
const SECOND = 1000;
const HOUR = 3600 * SECOND;
const at = (headers: Record<string, string>) => retryAtOf(new Headers(headers), NOW);

describe('retryAtOf', () => {
  it.each<[Record<string, string>, number | null]>([
    [{}, null],
    [{ 'retry-after': '60' }, NOW + 60 * SECOND],
    [{ 'retry-after': ' 60 ' }, NOW + 60 * SECOND],
    [{ 'retry-after': '0' }, NOW + SECOND],
    [{ 'retry-after': '-5' }, NOW + SECOND],
    [{ 'retry-after': '1000000000' }, NOW + HOUR],
    [{ 'retry-after': '9'.repeat(400) }, NOW + HOUR],
    [{ 'retry-after': '1e9' }, NOW + SECOND],
    [{ 'retry-after': 'soon' }, NOW + SECOND],
    [{ 'retry-after': '' }, NOW + SECOND],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }, NOW + 60 * SECOND],
    [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, NOW + SECOND],
    [{ 'retry-after': 'Thu, 99 Jan 2026 00:01:00 GMT' }, NOW + SECOND],
    [{ 'x-rate-limit-reset': String(NOW / SECOND + 90) }, NOW + 90 * SECOND],
    [{ 'x-rate-limit-reset': String(NOW / SECOND - 90) }, NOW + SECOND],
    [{ 'x-rate-limit-reset': 'never' }, NOW + SECOND],
    [{ 'retry-after': '60', 'x-rate-limit-reset': String(NOW / SECOND + 90) }, NOW + 60 * SECOND],
    [{ 'retry-after': 'soon', 'x-rate-limit-reset': String(NOW / SECOND + 90) }, NOW + 90 * SECOND],
  ])('reads %j as %s (G5)', (headers, moment) => {
    expect(at(headers)).toBe(moment);
  });

  it('stays between a second and an hour from now, whatever the server says (G5)', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme-ascii' }),
      fc.integer().map(String),
      fc.date({ noInvalidDate: true }).map((d) => d.toUTCString()),
    );
    fc.assert(
      fc.property(value, (text) => {
        for (const name of ['retry-after', 'x-rate-limit-reset']) {
          const moment = at({ [name]: text }) ?? 0;
          expect(moment).toBeGreaterThanOrEqual(NOW + SECOND);
          expect(moment).toBeLessThanOrEqual(NOW + HOUR);
        }
      }),
    );
  });
});
