import { describe, expect, it } from 'vitest';
import {
  jsonOf,
  readTokenSet,
  ResponseFault,
  TOKEN_JSON,
} from '../../../src/services/token-endpoint/token-response.js';

const read = (body: string, type: string | null = 'application/json') =>
  readTokenSet(
    jsonOf({ headers: new Headers(type === null ? {} : { 'content-type': type }), body }, TOKEN_JSON),
  );

const good = {
  token_type: 'bearer',
  access_token: 'AT',
  expires_in: 7200,
  scope: 'a b',
  refresh_token: 'RT',
};
const withMember = (members: Record<string, unknown>) => JSON.stringify({ ...good, ...members });

describe('reading a token response', () => {
  it('copies the members it knows (F11, F21)', () => {
    const body = withMember({
      foo: 1,
      refresh_token_expires_in: 5,
      id_token: 'eyJhbGciOiJub25lIn0.e30.',
      user: { id: 1 },
    });
    expect(read(body)).toEqual({
      accessToken: 'AT',
      refreshToken: 'RT',
      tokenType: 'bearer',
      expiresIn: 7200,
      scopes: ['a', 'b'],
    });
  });

  it.each(['application/json', 'application/json; charset=UTF-8', 'APPLICATION/JSON', 'application/json ;x'])(
    'takes content type %s (F1)',
    (type) => expect(read(JSON.stringify(good), type).accessToken).toBe('AT'),
  );

  it.each([
    null,
    'text/html',
    'application/jsonp',
    'application/problem+json',
    'text/plain; x=application/json',
  ])('refuses content type %s (F1)', (type) =>
    expect(() => read(JSON.stringify(good), type)).toThrow(ResponseFault),
  );

  it.each([
    '[]',
    'null',
    '"x"',
    '1',
    '',
    '{"access_token":"a"',
    '{"data":{"access_token":"a","token_type":"bearer"}}',
  ])('refuses the body %s (F2)', (body) => expect(() => read(body)).toThrow(ResponseFault));

  it.each(['[', '{"a":'])('survives 100,000 levels of %s (F16)', (level) => {
    expect(() => read(level.repeat(100_000))).toThrow(ResponseFault);
    const closing = level === '[' ? ']' : '}';
    const nested = `${level.repeat(100_000)}${level === '[' ? '' : '1'}${closing.repeat(100_000)}`;
    // Engines that parse recursively give up; those that do not ignore the unknown member.
    try {
      expect(read(`{"access_token":"AT","token_type":"bearer","x":${nested}}`).accessToken).toBe('AT');
    } catch (error) {
      expect(error).toBeInstanceOf(ResponseFault);
    }
  });

  it.each(['\ufeff{}', '\u0000{}'])('refuses a body that begins with %j (F16)', (body) => {
    expect(() => read(body.replace('{}', JSON.stringify(good)))).toThrow(ResponseFault);
  });

  it.each([undefined, null, '', 7, ['AT'], 'a\r\nX: y', 'é', 'a b', 'a\u0000', '\ud800'])(
    'refuses the access token %j (F3)',
    (value) => {
      expect(() => read(withMember({ access_token: value }))).toThrow(ResponseFault);
    },
  );

  it.each(['bearer', 'Bearer', 'BEARER'])('takes token type %s (F4)', (value) => {
    expect(read(withMember({ token_type: value })).tokenType).toBe('bearer');
  });

  it.each(['mac', 'N_A', 'DPoP', undefined, null, 5, 'bearer ', '', ['bearer']])(
    'refuses token type %j (F4)',
    (value) => {
      expect(() => read(withMember({ token_type: value }))).toThrow(ResponseFault);
    },
  );

  it.each([
    ['3600', 3600],
    ['0', 0],
    ['-0', 0],
    ['3600.9', 3600],
    ['null', null],
    ['9007199254740992', 31_536_000],
    ['1e15', 31_536_000],
  ])('reads expires_in %s as %s seconds (F5)', (literal, seconds) => {
    const { expiresIn } = read(`{"access_token":"AT","token_type":"bearer","expires_in":${literal}}`);
    expect(expiresIn === null ? null : expiresIn + 0).toBe(seconds);
  });

  it.each([
    '"3600"',
    '"60abc"',
    '"0x10"',
    '" 60 "',
    '"1e3"',
    '-1',
    '"abc"',
    'true',
    '[]',
    '{}',
    '1e999',
    '-1e999',
  ])('refuses expires_in %s (F5)', (literal) => {
    expect(() => read(`{"access_token":"AT","token_type":"bearer","expires_in":${literal}}`)).toThrow(
      ResponseFault,
    );
  });

  it('says that it does not know a lifetime that is not there (F6)', () => {
    expect(read(withMember({ expires_in: undefined })).expiresIn).toBeNull();
  });

  it.each([
    [undefined, null],
    [null, null],
    ['', []],
    ['tweet.read users.read', ['tweet.read', 'users.read']],
    [' a  b a ', ['a', 'b']],
    ['a A', ['a', 'A']],
  ])('reads scope %j as %j (F8, F9, F10)', (scope, scopes) => {
    expect(read(withMember({ scope })).scopes).toEqual(scopes);
  });

  it.each([['a'], 7, { a: 1 }, true, 'a"b', 'é'].map((scope) => ({ scope })))(
    'refuses %j (F10)',
    (members) => {
      expect(() => read(withMember(members))).toThrow(ResponseFault);
    },
  );

  it.each([
    [undefined, null],
    [null, null],
    ['', null],
    ['RT', 'RT'],
  ])('reads refresh token %j as %j (F18)', (value, token) => {
    expect(read(withMember({ refresh_token: value })).refreshToken).toBe(token);
  });

  it.each([7, { a: 1 }, ['RT'], true, 'a\n', 'é'].map((refresh_token) => ({ refresh_token })))(
    'refuses %j (F18)',
    (members) => {
      expect(() => read(withMember(members))).toThrow(ResponseFault);
    },
  );

  it('is not fooled by members of Object.prototype (F12)', () => {
    const body =
      '{"__proto__":{"x":1,"access_token":"evil"},"constructor":{},"toString":1,"token_type":"bearer"}';
    expect(() => read(body)).toThrow(ResponseFault);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('finds no token that another package left on Object.prototype (F12)', () => {
    // oxlint-disable-next-line no-extend-native -- the attack itself
    Object.defineProperty(Object.prototype, 'access_token', { value: 'evil', configurable: true });
    try {
      expect(() => read('{"token_type":"bearer"}')).toThrow(ResponseFault);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'access_token');
    }
  });

  it('lets the last of duplicate members win (F13)', () => {
    expect(read('{"access_token":"a","access_token":"b","token_type":"bearer"}').accessToken).toBe('b');
  });

  it('refuses tokens beside an error (F17)', () => {
    expect(() => read(withMember({ error: 'invalid_grant' }))).toThrow(ResponseFault);
    expect(read(withMember({ error: null })).accessToken).toBe('AT');
  });

  it('quotes nothing of what it refuses (G6)', () => {
    for (const members of [
      { access_token: 'CANARY\n' },
      { scope: 'CANARY"' },
      { expires_in: 'CANARY' },
      { error: 'CANARY' },
    ]) {
      expect(() => read(withMember(members))).not.toThrow('CANARY');
    }
  });
});
