import { describe, expect, it } from 'vitest';
import { challengeOf, createState, createVerifier } from '../../src/services/pkce.js';
import { cryptography } from './support/protocol-ports.js';

describe('PKCE', () => {
  it('makes verifiers and states of 43 unreserved characters, no two alike (B4, B8, C6)', () => {
    const made = new Set<string>();
    for (let i = 0; i < 10_000; i++) made.add(createVerifier(cryptography)).add(createState(cryptography));
    expect(made.size).toBe(20_000);
    for (const value of made) expect(value).toMatch(/^[A-Za-z0-9\-._~]{43}$/);
  });

  it.each([createVerifier, createState])('%o takes 256 bits from the generator (B5, C6)', (create) => {
    const asked: number[] = [];
    create({ ...cryptography, randomBytes: (length) => (asked.push(length), new Uint8Array(length)) });
    expect(asked).toEqual([32]);
  });

  it('has no fallback for a generator that fails or gives too little (B5)', () => {
    const broken = () => {
      throw new Error('no generator');
    };
    expect(() => createVerifier({ ...cryptography, randomBytes: broken })).toThrow('no generator');
    expect(() => createState({ ...cryptography, randomBytes: () => new Uint8Array(16) })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });

  it('uses every character of the alphabet alike, for it maps raw bytes (B6)', () => {
    const bytes = new Uint8Array(32).map((_, i) => i * 8);
    expect(createVerifier({ ...cryptography, randomBytes: () => bytes })).toBe(
      Buffer.from(bytes).toString('base64url'),
    );
  });

  it.each([
    ['dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'],
    ['a'.repeat(43), 'ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA'],
    ['-._~'.repeat(32), 'wEN2Mh1i33jhevH7WF-NulA1aGJPY9l0zG2M4t8rhw4'],
  ])('derives the S256 challenge of %s (B7)', async (verifier, challenge) => {
    expect(await challengeOf(verifier, cryptography)).toBe(challenge);
  });

  it.each([
    '',
    'a'.repeat(42),
    'a'.repeat(129),
    `${'a'.repeat(43)}+`,
    `${'a'.repeat(43)}é`,
    `${'a'.repeat(43)}\n`,
    null,
  ])('refuses the verifier %j (B4)', async (verifier) => {
    const error = await challengeOf(verifier as string, cryptography).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'AuthError', code: 'invalid_option' });
  });
});
