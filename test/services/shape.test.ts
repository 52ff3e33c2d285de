import { describe, expect, it } from 'vitest';
import {
  boolean,
  either,
  list,
  matching,
  nullable,
  number,
  object,
  oneOf,
  optional,
  read,
  strict,
  string,
} from '../../src/services/shape.js';
import type { Shape } from '../../src/services/shape.js';

/** The value, or the path of the member at fault. */
function judge<Value>(shape: Shape<Value>, value: unknown): Value | string {
  try {
    return read(shape, value, (at) => new Error(`at "${at}"`));
  } catch (error) {
    return (error as Error).message;
  }
}

const record = object({
  status: oneOf('live'),
  tokens: object({ access: string, expiresAt: nullable(number) }),
  scopes: list(string),
  contested: optional(boolean),
});
const good = { status: 'live', tokens: { access: 'a', expiresAt: null }, scopes: ['read'] };

describe('a shape', () => {
  it('copies what it describes, and nothing else', () => {
    const given = { ...good, planted: 1, tokens: { ...good.tokens, planted: 1 } };
    const copied = judge(record, given);
    expect(copied).toEqual(good);
    expect(copied).not.toBe(given);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'at ""'],
    ['null', null, 'at ""'],
    ['text', 'live', 'at ""'],
    ['a list', [], 'at "status"'],
    ['a missing member', { ...good, tokens: undefined }, 'at "tokens"'],
    ['a member of another type', { ...good, tokens: { access: 1, expiresAt: null } }, 'at "tokens.access"'],
    ['another literal', { ...good, status: 'dead' }, 'at "status"'],
    ['null where it is not allowed', { ...good, scopes: null }, 'at "scopes"'],
    ['null for what may be missing', { ...good, contested: null }, 'at "contested"'],
    ['a list with a stranger in it', { ...good, scopes: ['read', 1] }, 'at "scopes.1"'],
    ['a list with a gap', { ...good, scopes: Array(1) }, 'at "scopes.0"'],
    ['what only looks like a list', { ...good, scopes: { length: 0 } }, 'at "scopes"'],
    ['a number as text', { ...good, tokens: { access: 'a', expiresAt: '1' } }, 'at "tokens.expiresAt"'],
    ['no number', { ...good, tokens: { access: 'a', expiresAt: NaN } }, 'at "tokens.expiresAt"'],
    [
      'a number beyond all numbers, which JSON can write',
      { ...good, tokens: JSON.parse('{"access":"a","expiresAt":1e999}') as unknown },
      'at "tokens.expiresAt"',
    ],
  ])('refuses %s', (_, value, said) => {
    expect(judge(record, value)).toBe(said);
  });

  it('freezes lists', () => {
    expect(Object.isFrozen((judge(record, good) as typeof good).scopes)).toBe(true);
  });

  it('is strict where a member may be misspelt', () => {
    const shape = strict({ a: strict({ b: string }) });
    expect(judge(shape, { a: { b: 'x' } })).toEqual({ a: { b: 'x' } });
    expect(judge(shape, { a: { b: 'x' }, c: 1 })).toBe('at "c"');
    expect(judge(shape, { a: { b: 'x', d: 1 } })).toBe('at "a.d"');
    expect(judge(shape, { a: { b: 1 }, c: 1 })).toBe('at "a.b"');
  });

  it('may be one of several', () => {
    const shape = either(object({ kind: oneOf('a'), a: string }), object({ kind: oneOf('b'), b: number }));
    expect(judge(shape, { kind: 'b', b: 1, a: 'x' })).toEqual({ kind: 'b', b: 1 });
    expect(judge(shape, { kind: 'b', a: 'x' })).toBe('at ""');
  });

  it('may be a pattern of text', () => {
    expect(judge(matching(/^[a-z]+$/), 'abc')).toBe('abc');
    expect(judge(matching(/^[a-z]+$/), ['abc'])).toBe('at ""');
  });
});
