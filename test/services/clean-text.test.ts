import { describe, expect, it } from 'vitest';
import { cleanText } from '../../src/services/clean-text.js';

const secret = 'CANARY'.repeat(20);

describe('text of a server', () => {
  it('shows no part of a secret, wherever in megabytes the server put it (G6)', () => {
    for (const before of [0, 190, 4_000, 4_090, 100_000]) {
      const text = `${' '.repeat(before)}${secret} ${'\u001b'.repeat(2 ** 20)}`;
      expect(cleanText(text, [secret])).not.toContain('CANARY');
    }
  });

  it('shows no part of a secret that is longer than any sentence (G6)', () => {
    const long = 'CANARY'.repeat(1_000);
    expect(cleanText(`Bad: ${long}.`, [long])).toBe('Bad: [redacted].');
  });

  it('shows no part of a secret that goes on where a shorter one ends (G6)', () => {
    expect(cleanText(`Bad: ${secret}-CANARY-refresh`, [secret, `${secret}-CANARY-refresh`])).toBe(
      'Bad: [redacted]',
    );
  });

  it('is at most 200 plain characters', () => {
    const cleaned = cleanText('"\u202e\r\n<b>\\'.repeat(100_000));
    expect(cleaned).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]{1,200}$/);
  });
});
