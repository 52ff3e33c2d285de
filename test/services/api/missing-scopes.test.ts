import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missingScopes } from '../../../src/services/api/missing-scopes.js';
import { defineProvider } from '../../../src/services/provider/define-provider.js';
import { x } from '../../../src/services/provider/x.js';

const silent = defineProvider({
  id: 'silent',
  endpoints: { authorization: 'https://a.example/authorize', token: 'https://a.example/token' },
});
const refusal = (challenge?: string, status = 403) => ({
  status,
  headers: new Headers(challenge === undefined ? {} : { 'www-authenticate': challenge }),
});
const posting = { method: 'POST', url: 'https://api.x.com/2/tweets' };

describe('the scopes a refused answer wants', () => {
  it.each([
    ['are those it names', 'Bearer error="insufficient_scope", scope="read write"', ['write']],
    [
      'are found behind other schemes',
      'Basic realm="a", Bearer scope="write",error=insufficient_scope',
      ['write'],
    ],
    ['are single tokens', 'Bearer error="insufficient_scope", scope="write  write \u00e9 "', ['write']],
    ['are none if it was refused for another reason', 'Bearer error="invalid_token", scope="write"', []],
    ['are none if it names none', 'Bearer error="insufficient_scope"', []],
  ])('%s (RFC 6750 §3.1)', (_, challenge, missing) => {
    expect(missingScopes(refusal(challenge), undefined, ['read'], silent)).toEqual(missing);
  });

  it('are known of X, which names none', () => {
    expect(missingScopes(refusal(), posting, ['tweet.read', 'users.read'], x)).toEqual(['tweet.write']);
    expect(
      missingScopes(refusal(), { method: 'GET', url: 'https://api.x.com/2/users/me' }, ['users.read'], x),
    ).toEqual(['tweet.read']);
  });

  it('are none where the session has all of them, the call is unknown, or it was no 403', () => {
    const all = ['tweet.read', 'users.read', 'tweet.write'];
    expect(missingScopes(refusal(), posting, all, x)).toEqual([]);
    expect(missingScopes(refusal(), undefined, [], x)).toEqual([]);
    expect(
      missingScopes(refusal('Bearer error="insufficient_scope", scope="a"', 401), posting, [], x),
    ).toEqual([]);
  });

  it('are read of any header without a throw (G7)', () => {
    const header = fc
      .string({ maxLength: 200 })
      .map((text) => `Bearer ${text.replaceAll(/[^\x20-\x7e]/g, '"')}`);
    fc.assert(
      fc.property(header, (text) => Array.isArray(missingScopes(refusal(text), undefined, [], silent))),
    );
    const long = `Bearer ${'a="'.repeat(50_000)}`;
    expect(missingScopes(refusal(long), undefined, [], silent)).toEqual([]);
  });
});
