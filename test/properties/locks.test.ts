import { describe, expect, it } from 'vitest';
import type { Lock } from '../../src/services/ports.js';
import { noLocks } from './support/process.js';
import type { Locks } from './support/process.js';
import { callbackOf, createWorld } from './support/world.js';
import type { Process, World } from './support/world.js';

const HOUR = 3_600_000;

/** Granted, and what happens to it then. */
const granted = (
  release: () => Promise<void> = async () => {},
  lost = new AbortController().signal,
): Lock => ({
  lost,
  release,
});

const after = (world: World, milliseconds: number) =>
  new Promise<void>((resolve) => world.clock.setTimeout(resolve, milliseconds));

/** Loses the lock after so many promise jobs, in the middle of what is done under it. */
function losing(jobs: number): Locks {
  return () => async () => {
    const over = new AbortController();
    const lose = async () => {
      for (let job = 0; job < jobs; job++) await Promise.resolve();
      over.abort();
    };
    void lose();
    return granted(undefined, over.signal);
  };
}

/** Lock services that do not what they should; each works as described for its first so many answers. */
const services: readonly (readonly [string, (world: () => World) => Locks])[] = [
  ['grants two at once', () => noLocks],
  [
    'grants late',
    (world) => () => async () => {
      await after(world(), 70_000);
      return granted();
    },
  ],
  [
    'grants to whoever asks second first, and both in the end',
    (world) => {
      let asked = 0;
      return () => async () => {
        asked += 1;
        if (asked === 1) await after(world(), 20_000);
        return granted();
      };
    },
  ],
  ['has lost it before it is granted', () => () => async () => granted(undefined, AbortSignal.abort())],
  ...[4, 8, 12, 16, 20, 24, 28, 32].map((jobs) => {
    return [`always loses it ${jobs} promise jobs later`, () => losing(jobs)] as const;
  }),
  [
    'rejects, three times',
    () => {
      let answers = 0;
      return () => async () => {
        if (++answers <= 3) throw new Error('no lock');
        return granted();
      };
    },
  ],
  [
    'rejects to give it back',
    () => () => async () =>
      granted(async () => {
        throw new Error('no release');
      }),
  ],
  [
    'throws when it is to be given back',
    () => () => async () =>
      granted(() => {
        throw new Error('no release');
      }),
  ],
  ['never hears that it is given back', () => () => async () => granted(() => new Promise<void>(() => {}))],
];

async function signedIn(world: World, processes: readonly Process[]): Promise<void> {
  const [first] = processes;
  const { value: begun } = await world.finish(() => first!.client.begin());
  const { value: code, state } = world.provider.consent(begun!.url);
  world.provider.deliver(state, code);
  await world.finish(() => first!.client.complete(callbackOf({ code, state })));
  for (const process of processes) process.session = await process.client.session();
}

describe('a lock service that', () => {
  it.each(services)('%s costs no session and no second renewal', async (_, service) => {
    const world: World = createWorld({ locks: service(() => world) });
    const processes = [world.start(), world.start()];
    await signedIn(world, processes);
    await world.clock.advance(2 * HOUR);
    const using = () => Promise.all(processes.map(({ session }) => session!.accessToken()));
    const { value: tokens, failed } = await world.finish(using);
    expect(failed).toBeNull();
    expect(new Set(tokens).size).toBe(1);
    expect(world.provider.spendings).toHaveLength(1);
    processes.forEach((process, index) => world.handedOut(process, tokens![index]!));
    expect(world.broken()).toEqual([]);
  });
});
