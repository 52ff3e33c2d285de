import { beforeAll, describe, expect, it } from 'vitest';
import { build } from './support/build.js';
import { chaos, strict, TIMEOUT } from './support/chaos.js';
import { sharedFiles } from './support/shared-files.js';

beforeAll(build, 120_000);

const rotations = 40;

describe('the same chaos', () => {
  it.concurrent(
    'without locks costs work and no session more: no safety rests on them',
    async (context) => {
      const shared = await sharedFiles();
      const figures = await chaos(context, { shared, reuse: strict, rotations, sabotage: 'lock' });
      expect(figures.broken).toEqual([]);
      expect(figures.explained).toBe(figures.sentTwice);
    },
    TIMEOUT,
  );

  it.concurrent(
    'without locks and journals, as a library without a protocol has it, is found out: tokens are spent twice for no reason',
    async (context) => {
      const shared = await sharedFiles();
      const figures = await chaos(context, {
        shared,
        reuse: strict,
        rotations,
        sabotage: 'lock and journals',
      });
      expect(figures.sentTwice - figures.explained).toBeGreaterThan(rotations / 10);
      expect(figures.lost).toBeGreaterThan(rotations / 10);
      expect(figures.broken.some((words) => words.startsWith('sent twice, and nobody was held up'))).toBe(
        true,
      );
    },
    TIMEOUT,
  );
});
