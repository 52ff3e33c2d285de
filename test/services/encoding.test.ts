import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  base64url,
  equalInConstantTime,
  formEncode,
  fromBase64url,
  percentEncode,
  utf8,
} from '../../src/services/encoding.js';

describe('encoding', () => {
  it('writes the same base64url as the runtime', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(base64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      }),
    );
  });

  it('reads back the base64url it writes, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (bytes, at) => {
        const text = base64url(bytes);
        expect(fromBase64url(text)).toEqual(bytes);
        const [before, after] = [text.slice(0, at % (text.length + 1)), text.slice(at % (text.length + 1))];
        for (const foreign of ['=', '+', '/', ' ', '\n', '.', 'é'])
          expect(fromBase64url(before + foreign + after)).toBeUndefined();
      }),
    );
    // One byte and four spare bits, which decoders ignore.
    expect(['QQ', 'QR', 'QX', 'Q', 'QUJDR'].map(fromBase64url)).toEqual([
      new Uint8Array([65]),
      ...Array.from({ length: 4 }, () => undefined),
    ]);
  });

  it('escapes everything but unreserved characters, reversibly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = percentEncode(text);
        expect(encoded).toMatch(/^(?:[A-Za-z0-9\-._~]|%[0-9A-F]{2})*$/);
        expect(decodeURIComponent(encoded)).toBe(text);
      }),
    );
  });

  it('form-encodes as the WHATWG serializer does', () => {
    expect(formEncode("a b*-._~!'()é")).toBe('a+b*-._%7E%21%27%28%29%C3%A9');
  });
});

describe('equalInConstantTime', () => {
  it('agrees with === on strings (C7)', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(equalInConstantTime(a, b)).toBe(a === b);
        expect(equalInConstantTime(a, a)).toBe(true);
      }),
    );
  });

  it.each([
    ['secret', 'secret', true],
    ['secret', 'Secret', false],
    ['secret', 'secre', false],
    ['secre', 'secret', false],
    ['', '', true],
    ['', 'a', false],
    ['undefined', undefined, false],
    [undefined, undefined, false],
    [null, 'null', false],
    [1, 1, false],
    [{}, {}, false],
  ])('compares %j and %j to %j without throwing (C7)', (a, b, equal) => {
    expect(equalInConstantTime(a, b)).toBe(equal);
  });

  it('looks at every byte, wherever the difference is (C7)', () => {
    const secret = 'a'.repeat(43);
    for (let i = 0; i < secret.length; i++) {
      expect(equalInConstantTime(secret, `${secret.slice(0, i)}b${secret.slice(i + 1)}`)).toBe(false);
    }
    expect(utf8('é')).toEqual(new Uint8Array([0xc3, 0xa9]));
  });
});
