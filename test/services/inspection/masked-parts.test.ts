import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANSWERED, BROUGHT, SENT, maskedParts } from '../../../src/services/inspection/masked-parts.js';
import {
  answerMessage,
  authorizationResponseMessage,
  requestMessage,
} from '../../../src/services/inspection/messages.js';

const received = (given: object) => maskedParts(Object.entries(given), ANSWERED);

describe('the parts of a message', () => {
  it('are shown where they are settings, numbers or words of the protocol, and masked elsewhere', () => {
    expect(
      received({
        access_token: 'secret',
        token_type: 'Bearer',
        expires_in: 7200,
        scope: 'a.read b.write',
        error: 'invalid_grant',
      }),
    ).toEqual([
      { name: 'access_token', value: null },
      { name: 'token_type', value: 'Bearer' },
      { name: 'expires_in', value: '7200' },
      { name: 'scope', value: null },
      { name: 'error', value: 'invalid_grant' },
    ]);
  });

  it.each([
    { token_type: 'mac' },
    { expires_in: '7200' },
    { expires_in: Infinity },
    { error: 'sk_live_abc' },
    { error: 'a_word_of_their_own' },
    { expires_in: 2_244_994_945_123 },
    { expires_in: -1 },
    { scope: 'token-1234 account:2244994945' },
    { scope: ['read'] },
  ])('hold no value that is none of these: %o', (given) => {
    expect(received(given)).toEqual([{ name: Object.keys(given)[0], value: null }]);
  });

  it('are told once each; repeated and unknown ones are counted', () => {
    const given = [...Array.from({ length: 150 }, () => ['code', 'c'] as const), ['sk_live', 'x'] as const];
    expect(maskedParts(given, BROUGHT)).toEqual([
      { name: 'code', value: null },
      { name: 'others', value: '150' },
    ]);
  });

  it('have no name and no value that somebody else made up', () => {
    const names = fc.oneof(
      fc.string(),
      fc.constantFrom(...Object.keys(ANSWERED), '__proto__', 'constructor', 'toString'),
    );
    const values = fc.oneof(
      fc.string(),
      fc.string().map((text) => `CANARY${text}`),
      fc.anything(),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(names, values)),
        fc.constantFrom(ANSWERED, BROUGHT, SENT),
        (given, parts) => {
          const told = maskedParts(given, parts);
          expect(told.every(({ name }) => Object.hasOwn(parts, name) || name === 'others')).toBe(true);
          if (parts !== SENT) expect(JSON.stringify(told)).not.toContain('CANARY');
        },
      ),
    );
  });
});

describe('a message', () => {
  it('says of a body that is no JSON object only that there was one', () => {
    const request = requestMessage({
      exchange: '1',
      url: 'https://x/token?q=secret',
      method: 'POST',
      headers: {},
    });
    for (const body of ['<html>secret</html>', '"secret"', 'null', '[', null]) {
      const { parts } = answerMessage(request, { status: 502, headers: new Headers(), body });
      expect(parts).toEqual([{ name: 'body', value: null }]);
    }
    expect(answerMessage(request, { status: 200, headers: new Headers(), body: '' }).parts).toEqual([]);
    expect(request.line).toBe('POST https://x/token');
  });

  it('takes over no header but the time to wait, and that only as a number', () => {
    const request = requestMessage({ exchange: '1', url: 'https://x/token', method: 'POST', headers: {} });
    const headers = new Headers({
      'x-rate-limit-reset': '2244994945',
      'set-cookie': 'secret',
    });
    const { parts } = answerMessage(request, { status: 429, headers, body: '' });
    expect(parts).toEqual([]);
    const later = (value: string) =>
      answerMessage(request, { status: 429, headers: new Headers({ 'retry-after': value }), body: '' }).parts;
    expect(later('120')).toEqual([{ name: 'retry-after', value: '120' }]);
    expect([...later('Wed, 21 Oct'), ...later('2244994945')]).toEqual([]);
  });

  it.each([
    ['Basic abc', 'authorization: Basic'],
    ['Bearer abc', 'authorization: Bearer'],
    ['Secret-scheme abc', 'authorization'],
    ['Basicabc', 'authorization'],
  ])('tells of the header %s no more than %s', (authorization, name) => {
    const { parts } = requestMessage({
      exchange: '1',
      url: 'https://x/me',
      method: 'GET',
      headers: { Authorization: authorization },
    });
    expect(parts).toEqual([{ name, value: null }]);
  });

  it('of a callback tells no address: whoever forged it chose the path', () => {
    const message = authorizationResponseMessage(
      'https://evil.example/secret-path?code=c&state=s#secret',
      'flow-hash-1234',
    );
    expect(message).toMatchObject({
      line: 'the redirect URI',
      exchange: 'flow-has',
      from: 'provider',
      to: 'client',
    });
    expect(JSON.stringify(message)).not.toContain('secret');
  });
});
