import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { begin, commands } from './support/commands.js';
import { runs } from './support/runs.js';

describe('two processes of one client', () => {
  it('keep every promise, whatever people, networks, clocks and stores do in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 40, size: '+1' }), async (sequence) => {
        const { model, real } = begin();
        await fc.asyncModelRun(() => ({ model, real }), sequence);
        real.world.store.mood = 'up';
        real.world.provider.mood = 'ok';
        await real.world.end();
        expect(real.world.broken()).toEqual([]);
      }),
      runs(200),
    );
  }, 600_000);
});
