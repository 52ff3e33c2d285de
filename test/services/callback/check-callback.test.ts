import { describe, expect, it } from 'vitest';
import { checkCallback } from '../../../src/services/callback/check-callback.js';
import { parseCallback } from '../../../src/services/callback/parse-callback.js';
import { defineProvider } from '../../../src/services/provider/define-provider.js';
import type { Provider } from '../../../src/services/provider/provider.js';
import { x } from '../../../src/services/provider/x.js';

const issuer = 'https://as.example';
const provider = (policy: Partial<Provider>) => defineProvider({ ...x, issuer, ...policy });

function codeOf(callback: string, redirectUri: string, policy: Partial<Provider> = {}): string {
  try {
    return `code:${checkCallback(parseCallback(callback), { redirectUri, provider: provider(policy) }).code}`;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const ANSWER = 'code=c&state=s';

describe('checkCallback', () => {
  it.each([
    ['https://app.example/cb', 'https://app.example/cb'],
    ['HTTPS://App.example:443/x/../cb', 'https://app.example/cb'],
    ['https://app.example', 'https://app.example/'],
    ['http://127.0.0.1:8976/cb', 'http://127.0.0.1:8976/cb'],
    ['com.example.app:/cb', 'com.example.app:/cb'],
    ['https://app.example/cb?tenant=a', 'https://app.example/cb?tenant=a'],
  ])('finds a callback to %s at its address (C14, M17)', (redirectUri, arrived) => {
    expect(codeOf(`${arrived}${arrived.includes('?') ? '&' : '?'}${ANSWER}`, redirectUri)).toBe('code:c');
  });

  it.each([
    ['https://app.example/cb', 'http://app.example/cb'],
    ['https://app.example/cb', 'https://app.example:444/cb'],
    ['https://app.example/cb', 'https://app.example/cb/'],
    ['https://app.example/cb', 'https://app.example/CB'],
    ['https://app.example/cb', 'https://app.example/other'],
    ['https://app.example/cb', 'https://app.example.evil/cb'],
    ['http://127.0.0.1:8976/cb', 'http://localhost:8976/cb'],
    ['http://127.0.0.1:8976/cb', 'http://127.0.0.1:8977/cb'],
    ['com.example.app:/cb', 'com.example.apq:/cb'],
    ['https://app.example/cb?tenant=a', 'https://app.example/cb'],
    ['https://app.example/cb?tenant=a', 'https://app.example/cb?tenant=b'],
  ])('does not take a callback to %s from %s (C14, M17)', (redirectUri, arrived) => {
    const callback = `${arrived}${arrived.includes('?') ? '&' : '?'}${ANSWER}`;
    expect(codeOf(callback, redirectUri)).toBe('callback_other_origin');
  });

  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:5000/cb', 'code:c'],
    ['http://[::1]:1/cb', 'http://[::1]:2/cb', 'code:c'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:5000/cd', 'callback_other_origin'],
    ['http://localhost:1/cb', 'http://localhost:2/cb', 'callback_other_origin'],
    ['https://app.example/cb', 'https://app.example:2/cb', 'callback_other_origin'],
    ['https://127.0.0.1/cb', 'https://127.0.0.1:2/cb', 'callback_other_origin'],
  ])('with any port allowed, %s answered at %s gives %s (C14)', (redirectUri, arrived, outcome) => {
    expect(codeOf(`${arrived}?${ANSWER}`, redirectUri, { callbackMatching: 'anyPort' })).toBe(outcome);
  });

  const rejected = 'callback_issuer_mismatch';
  it.each([
    ['absent', null, 'code:c'],
    ['absent', issuer, rejected],
    ['absent', 'https://b.example', rejected],
    ['optional', null, 'code:c'],
    ['optional', issuer, 'code:c'],
    ['optional', 'https://b.example', rejected],
    ['required', null, rejected],
    ['required', issuer, 'code:c'],
    ['required', 'https://b.example', rejected],
    ['required', `${issuer}/`, rejected],
    ['required', 'HTTPS://as.example', rejected],
    ['required', `${issuer}:443`, rejected],
    ['required', 'https://%61s.example', rejected],
  ] as const)(
    'with an issuer parameter that is %s, %s gives %s (D2, D3, D4, D5)',
    (issuerParameter, iss, outcome) => {
      const extra = iss === null ? '' : `&iss=${encodeURIComponent(iss)}`;
      expect(
        codeOf(`https://app.example/cb?${ANSWER}${extra}`, 'https://app.example/cb', { issuerParameter }),
      ).toBe(outcome);
    },
  );

  it('believes no error of another issuer (D8)', () => {
    const callback = 'https://app.example/cb?error=access_denied&state=s&iss=https%3A%2F%2Fb.example';
    expect(codeOf(callback, 'https://app.example/cb', { issuerParameter: 'optional' })).toBe(rejected);
  });

  it.each([
    ['error=access_denied', 'access_denied'],
    ['error=invalid_scope', 'authorization_refused'],
    ['error=foo_bar', 'authorization_refused'],
    ['code=a&code=b', 'callback_malformed'],
    ['code=a&error=b', 'callback_malformed'],
    ['foo=1', 'callback_not_ours'],
  ])('after address and issuer, %s gives %s (C8, C9, C10)', (answer, code) => {
    expect(codeOf(`https://app.example/cb?${answer}&state=s`, 'https://app.example/cb')).toBe(code);
    expect(codeOf(`https://app.example/other?${answer}&state=s`, 'https://app.example/cb')).toBe(
      'callback_other_origin',
    );
  });

  it("passes the provider's words on (G1)", () => {
    const parsed = parseCallback(
      'https://localhost/?error=invalid_scope&error_description=no+such+scope&state=s',
    );
    expect(() => checkCallback(parsed, { redirectUri: 'https://localhost/', provider: x })).toThrow(
      expect.objectContaining({
        provider: { error: 'invalid_scope', description: 'no such scope', status: null },
      }),
    );
  });
});
