import { describe, expect, it } from 'vitest';
import { sharedLocks } from './support/process.js';
import type { Store } from '../../src/services/ports.js';
import type { Locks, Step } from './support/process.js';
import { callbackOf, createWorld } from './support/world.js';
import type { Ending, Process, World } from './support/world.js';

/**
 * What becomes of one call. `refused`: nothing happens. `unheard`: it is done, and its answer gets lost. `down`: nothing
 * happens, and for five seconds nothing else does.
 */
const faults = ['refused', 'unheard', 'down'] as const;
type Fault = (typeof faults)[number];

const OUTAGE = 5_000;

/** A store that fails at one call of those that are counted. */
function failing() {
  let [left, calls, isDown] = [Infinity, 0, false];
  let fault: Fault = 'refused';
  let unheard: number | null = null;

  /** Says whether this is the call whose answer gets lost. */
  function count(world: World): boolean {
    calls += 1;
    left -= 1;
    if (left === 0 && fault === 'unheard') return true;
    if (left === 0 && fault === 'down') {
      isDown = true;
      world.clock.setTimeout(() => (isDown = false), OUTAGE);
    }
    if (left === 0 || isDown) fail(world);
    return false;
  }

  function fail(world: World): never {
    world.store.faults += 1;
    throw new Error('down');
  }

  return {
    pause(world: World, { call, part, nth }: Step) {
      if (call.startsWith('fetch')) return undefined;
      if (part === 'effect' && count(world)) unheard = nth;
      else if (part === 'answer' && unheard === nth) {
        unheard = null;
        fail(world);
      }
      return undefined;
    },
    async lock(world: World, take: () => ReturnType<Store['lock']>) {
      const isUnheard = count(world);
      const lock = await take();
      return isUnheard ? fail(world) : lock;
    },
    /** From now on, the so-many-th call. */
    failAt(nth: number, how: Fault) {
      [left, fault, calls] = [nth, how, 0];
    },
    /** Calls since then. */
    calls: () => calls,
  };
}

async function calledBack(world: World, process: Process): Promise<string> {
  const { value: begun } = await world.finish(() => process.client.begin());
  const { value: code, state } = world.provider.consent(begun!.url);
  world.provider.deliver(state, code);
  return callbackOf({ code, state });
}

async function signedIn(world: World, process: Process): Promise<void> {
  const url = await calledBack(world, process);
  process.session = (await world.finish(() => process.client.complete(url))).value;
}

type Call = (process: Process) => Promise<unknown>;

/** What is called, in a world that is ready for it; the first process holds the session, if there is one. */
const operations = {
  begin:
    async () =>
    ({ client }) =>
      client.begin(),
  complete: async (world, process) => {
    const url = await calledBack(world, process);
    return ({ client }) => client.complete(url);
  },
  'complete over a session': async (world, process) => {
    await signedIn(world, process);
    const url = await calledBack(world, process);
    return ({ client }) => client.complete(url);
  },
  adopt: async ({ provider, clock }) => {
    const { access, refresh } = provider.grant(clock.now());
    const tokens = { access_token: access.value, refresh_token: refresh.value, expires_in: 7200 };
    return ({ client }) => client.adopt(tokens);
  },
  'use of a token that has run out': async (world, process) => {
    await signedIn(world, process);
    await world.clock.advance(7_200_000);
    return async ({ client, session }) => (session ?? (await client.session())!).accessToken();
  },
  renew: async (world, process) => {
    await signedIn(world, process);
    return async ({ client, session }) => (session ?? (await client.session())!).renew();
  },
  'sign out': async (world, process) => {
    await signedIn(world, process);
    return async ({ client, session }) => (session ?? (await client.session()))?.signOut();
  },
} satisfies Record<string, (world: World, process: Process) => Promise<Call>>;
type Operation = keyof typeof operations;

async function staged(operation: Operation) {
  const store = failing();
  const locks: Locks = (life, shared) => {
    const take = sharedLocks(life, shared);
    return async (key, options) => store.lock(world, () => take(key, options));
  };
  const world: World = createWorld({
    // The calls that are counted are those of the protocol.
    options: { flightRecorder: false },
    locks,
    pause: (step) => store.pause(world, step),
  });
  const [process, other] = [world.start(), world.start()];
  const call: Call = await operations[operation](world, process);
  const attempt = (by: Process): Promise<Ending<unknown>> => world.finish(() => call(by));
  return { store, world, process, other, attempt };
}

async function callsOf(operation: Operation): Promise<number> {
  const { store, process, attempt } = await staged(operation);
  store.failAt(Infinity, 'refused');
  await attempt(process);
  return store.calls();
}

const cases: { operation: Operation; nth: number; fault: Fault }[] = [];
for (const operation of Object.keys(operations) as Operation[]) {
  const calls = await callsOf(operation);
  for (let nth = 1; nth <= calls; nth++) {
    for (const fault of faults) cases.push({ operation, nth, fault });
  }
}

describe('a store that fails', () => {
  it.each(cases)('at call $nth of $operation, $fault: a typed error, and nothing is lost', async (row) => {
    const { store, world, process, other, attempt } = await staged(row.operation);
    store.failAt(row.nth, row.fault);
    const { failed } = await attempt(process);
    if (failed) expect(failed).toMatchObject({ code: 'store_unavailable', phase: 'store' });
    // Whoever backs off has come back by then; a code is still good.
    await world.clock.advance(15_000);
    if (row.operation === 'sign out') {
      expect(world.provider.live()).toEqual([]);
      expect(world.store.textOf('session/')).not.toContain('CANARY');
    }
    for (const by of [other, process]) expect((await attempt(by)).failed).toBeNull();
    for (const by of [process, other]) {
      const { value: session } = await world.finish(() => by.client.session());
      const isSignedIn = row.operation !== 'sign out' && row.operation !== 'begin';
      expect(session !== null).toBe(isSignedIn);
      if (session) world.handedOut(by, await session.accessToken());
    }
    const { provider } = world;
    expect(provider.exchanges).toBe(provider.codes.size);
    expect(provider.spendings.length).toBe(new Set(provider.spendings.map(({ token }) => token)).size);
    await world.end();
    expect(world.broken()).toEqual([]);
  });
});
