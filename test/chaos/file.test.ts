import { beforeAll, describe, it } from 'vitest';
import { build } from './support/build.js';
import {
  chaos,
  expectLossesExplained,
  expectNothingLost,
  forgiving,
  strict,
  TIMEOUT,
} from './support/chaos.js';
import { sharedFiles } from './support/shared-files.js';

beforeAll(build, 120_000);

describe('eight workers that share a session in a file, killed, stopped and held up at random', () => {
  it.concurrent(
    'lose nothing where the server forgives for a while',
    async (context) =>
      expectNothingLost(await chaos(context, { shared: await sharedFiles(), reuse: forgiving })),
    TIMEOUT,
  );

  it.concurrent(
    'lose at a strict server only what was rotated and could not be saved',
    async (context) =>
      expectLossesExplained(await chaos(context, { shared: await sharedFiles(), reuse: strict })),
    TIMEOUT,
  );
});
