import { expect, it } from 'vitest';
import { rateLimitOf } from '../../../src/services/api/rate-limit.js';

it.each<[Record<string, string>, ReturnType<typeof rateLimitOf>]>([
  [{}, { limit: null, remaining: null, resetAt: null }],
  [
    { 'x-rate-limit-limit': '75', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1800000000' },
    { limit: 75, remaining: 0, resetAt: 1_800_000_000_000 },
  ],
  [
    { 'x-rate-limit-limit': '-1', 'x-rate-limit-remaining': '1e3', 'x-rate-limit-reset': 'soon' },
    { limit: null, remaining: null, resetAt: null },
  ],
  [{ 'x-rate-limit-remaining': '9'.repeat(30) }, { limit: null, remaining: null, resetAt: null }],
])('reads %j and believes only whole numbers', (headers, limit) => {
  expect(rateLimitOf(new Response(null, { headers }))).toEqual(limit);
});
