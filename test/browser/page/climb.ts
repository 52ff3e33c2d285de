import { sharedStore } from '../../../src/adapters/browser/shared-store.js';
import { platformClock } from '../../../src/adapters/platform/platform.js';
import type { Climb, Lab } from '../support/lab.js';

const CLIMBERS = 4;

/** Every number of the count is written by whoever has won it, so two winners of one version would write it twice. */
export async function climb({ name, me, other, goal }: Parameters<Lab['climb']>[0]): Promise<Climb> {
  const store = sharedStore({ clock: platformClock, name });
  const won: number[] = [];
  let beaten = 0;
  // Neither begins alone.
  await store.write(`here/${me}`, '', { expected: null });
  while (!(await store.read(`here/${other}`)));
  await Promise.all(Array.from({ length: CLIMBERS }, up));
  return { won, beaten };

  async function up(): Promise<void> {
    for (;;) {
      const entry = await store.read('count');
      const next = Number(entry?.value ?? 0) + 1;
      if (next > goal) return;
      const { written } = await store.write('count', String(next), { expected: entry?.version ?? null });
      if (written) won.push(next);
      else beaten++;
    }
  }
}
