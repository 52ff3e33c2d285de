import { expect, it } from 'vitest';
import { createActor } from 'xstate';
import { redact } from '../../src/services/redacted.js';
import { callbackOf, createWorld } from './support/world.js';
import type { Process } from './support/world.js';

async function scene(count: number) {
  const world = createWorld();
  const processes = Array.from({ length: count }, () => world.start()) as [Process, ...Process[]];
  async function callback(process: Process) {
    const { value: begun } = await world.finish(() => process.client.begin());
    const { value: code, state } = world.provider.consent(begun!.url);
    world.provider.deliver(state, code);
    return callbackOf({ code, state });
  }
  const signIn = async (process: Process) => {
    const url = await callback(process);
    return (await world.finish(() => process.client.complete(url))).value!;
  };
  /** The so-many-th writes from now on fail. */
  function failWrites(fails: (nth: number) => boolean) {
    const { write } = world.store;
    let nth = 0;
    world.store.write = async (...call) => {
      if (fails(++nth)) throw new Error('down');
      return write(...call);
    };
    return () => void (world.store.write = write);
  }
  /** The next write whose record looks like that is done, and its answer gets lost; the store is down for so long then. */
  function loseAnswerTo(part: string, outage = 0) {
    const { write } = world.store;
    world.store.write = async (...call) => {
      const written = await write(...call);
      if (!call[1].includes(part)) return written;
      world.store.write = write;
      if (outage > 0) world.store.mood = 'down';
      world.clock.setTimeout(() => (world.store.mood = 'up'), outage);
      throw new Error('lost');
    };
  }
  return { world, processes, callback, signIn, failWrites, loseAnswerTo };
}

it('a burial that was late leaves alone what another process signed in to meanwhile', async () => {
  const { world, processes, signIn } = await scene(2);
  const session = await signIn(processes[0]);
  world.store.mood = 'down';
  await world.finish(() => session.signOut());
  world.store.mood = 'up';
  await world.clock.advance(1);
  const again = await signIn(processes[1]!);
  await world.clock.advance(25_000);
  expect((await world.finish(() => again.accessToken())).failed).toBeNull();
});

it('the same if it was signed out before, so that nothing was known', async () => {
  const { world, processes, signIn } = await scene(2);
  const session = await signIn(processes[0]);
  await world.finish(() => session.signOut());
  world.store.mood = 'down';
  await world.finish(() => session.signOut());
  world.store.mood = 'up';
  await world.clock.advance(1);
  const again = await signIn(processes[1]!);
  await world.clock.advance(25_000);
  expect((await world.finish(() => again.accessToken())).failed).toBeNull();
});

it('a burial that was late ends what another process had signed in to before, unseen by this one', async () => {
  const { world, processes, signIn } = await scene(2);
  const session = await signIn(processes[0]);
  await signIn(processes[1]!);
  world.store.mood = 'down';
  await world.finish(() => session.signOut());
  world.store.mood = 'up';
  await world.clock.advance(25_000);
  expect((await world.finish(() => session.accessToken())).failed?.code).toBe('not_signed_in');
  expect(world.provider.live()).toHaveLength(0);
});

it('a receipt that was not published yet at sign-out is not published afterwards', async () => {
  const { world, processes, callback, failWrites } = await scene(1);
  const url = await callback(processes[0]);
  const heal = failWrites((nth) => nth === 2 || nth > 3);
  const { value: session } = await world.finish(() => processes[0].client.complete(url));
  await world.clock.advance(3_000);
  heal();
  await world.finish(() => session!.signOut());
  expect((await world.finish(() => processes[0].client.complete(url))).value).toBeNull();
  expect(world.store.textOf('flow/')).not.toContain('CANARY');
});

it('sign-out revokes rotated tokens that are unsaved, also if the store is back', async () => {
  const { world, processes, signIn, failWrites } = await scene(1);
  const session = await signIn(processes[0]);
  const heal = failWrites((nth) => nth > 1);
  await world.finish(() => session.renew(), 1_000);
  expect(session.info()?.standing).toBe('unsaved');
  heal();
  await world.finish(() => session.signOut());
  expect(world.provider.live()).toEqual([]);
});

it('a refresh token that was refused is not sent again because the refusal could not be recorded', async () => {
  const { world, processes, signIn, failWrites } = await scene(1);
  const session = await signIn(processes[0]);
  await world.clock.advance(7_200_000);
  world.provider.revokeAll();
  failWrites((nth) => nth === 2);
  const { failed } = await world.finish((signal) => session.accessToken({ signal }), 60_000);
  expect(world.provider.spendings).toHaveLength(1);
  expect(failed?.code).toBe('session_revoked');
});

it('who waited out a dead journal, and so lost the lock, does not send after a slow write', async () => {
  const { world, processes, signIn } = await scene(3);
  const [dying, one, other] = processes;
  await signIn(dying);
  await world.clock.advance(7_200_000);
  world.provider.mood = 'silent';
  void dying.client.session().then((session) => session?.accessToken());
  await world.clock.advance(1_000);
  world.kill(dying);
  world.provider.mood = 'ok';
  const { write } = world.store;
  let slow = true;
  world.store.write = async (...call) => {
    const written = await write(...call);
    if (slow && call[1].includes('renewalId')) {
      slow = false;
      await new Promise<void>((resolve) => world.clock.setTimeout(resolve, 60_000));
    }
    return written;
  };
  void one!.client.session().then((session) => session?.accessToken());
  await world.clock.advance(50_000);
  void other!.client.session().then((session) => session?.accessToken());
  await world.clock.advance(300_000);
  expect(world.broken()).toEqual([]);
});

it('a sign-in that is saved ends the backing off of an older one that could not be', async () => {
  const { world, processes, callback, signIn, failWrites } = await scene(1);
  const url = await callback(processes[0]);
  const heal = failWrites((nth) => nth === 2 || nth === 4);
  const first = world.finish(() => processes[0].client.complete(url), 1_000);
  await first;
  heal();
  const session = await signIn(processes[0]);
  processes[0].clock.jump(3 * 3_600_000);
  expect((await world.finish((signal) => session.renew({ signal }), 250)).failed).toBeNull();
});

it('signed out twice while the store is down, a session stays signed out', async () => {
  const { world, processes, signIn, failWrites } = await scene(1);
  const session = await signIn(processes[0]);
  const heal = failWrites(() => true);
  await world.finish(() => session.signOut());
  await world.finish(() => session.signOut());
  await world.clock.advance(25_000);
  expect((await world.finish(() => session.accessToken())).failed).toMatchObject({ code: 'not_signed_in' });
  heal();
  await world.clock.advance(600_000);
  expect((await world.finish(() => session.accessToken())).failed).toMatchObject({ code: 'not_signed_in' });
});

it('what a tombstone covers is revoked, even if its answer got lost and another process had renewed', async () => {
  const { world, processes, signIn, loseAnswerTo } = await scene(2);
  const session = await signIn(processes[0]);
  const elsewhere = (await processes[1]!.client.session())!;
  await world.finish(() => session.renew());
  loseAnswerTo('"signedOut"', 3_000);
  const { value: report } = await world.finish(() => elsewhere.signOut());
  expect(report).toMatchObject({ cleared: false });
  await world.clock.advance(20_000);
  expect(world.provider.live()).toEqual([]);
});

it('a claim whose answer got lost is no lost sign-in', async () => {
  const { world, processes, callback, loseAnswerTo } = await scene(1);
  const url = await callback(processes[0]);
  loseAnswerTo('"claimed"');
  const { value: session } = await world.finish(() => processes[0].client.complete(url));
  expect((await world.finish(() => session!.accessToken())).failed).toBeNull();
  expect(world.provider.exchanges).toBe(1);
});

it.each([0, 3_000])(
  'a sign-in that gives way to a sign-out is revoked, even if the end of its receipt is not heard of, nor the store for %i ms',
  async (outage) => {
    const { world, processes, callback, signIn, loseAnswerTo } = await scene(2);
    const session = await signIn(processes[0]);
    const url = await callback(processes[1]!);
    const { write } = world.store;
    world.store.write = async (...call) => {
      const written = await write(...call);
      if (!call[1].includes('"completed"')) return written;
      world.store.write = write;
      await session.signOut();
      loseAnswerTo('"failed"', outage);
      return written;
    };
    const { failed } = await world.finish(() => processes[1]!.client.complete(url));
    expect(failed?.code).toBe('exchange_interrupted');
    expect(world.provider.live()).toEqual([]);
  },
);

it('a sign-in that is cancelled is revoked, even if the end of its receipt was not heard of', async () => {
  const { world, processes, callback, loseAnswerTo } = await scene(1);
  const url = await callback(processes[0]);
  const actor = createActor(processes[0].client.machine, { input: { session: 'default' } }).start();
  const { write } = world.store;
  world.store.write = async (...call) => {
    const written = await write(...call);
    if (!call[1].includes('"completed"')) return written;
    world.store.write = write;
    loseAnswerTo('"failed"');
    actor.send({ type: 'authorization.cancel' });
    return written;
  };
  actor.send({ type: 'callback.received', callback: { url: redact(url), boundTo: null } });
  await world.clock.advance(5_000);
  expect(actor.getSnapshot().value).toBe('idle');
  expect(world.provider.exchanges).toBe(1);
  expect(world.provider.live()).toEqual([]);
});

it('what a store that is late still says of a session is not handed out after its sign-out', async () => {
  const { world, processes, callback } = await scene(1);
  const [{ client }] = processes;
  const url = await callback(processes[0]);
  const { value: session } = await world.finish(() => client.complete(url));
  const { read } = world.store;
  let answer = () => {};
  const late = new Promise<void>((resolve) => (answer = resolve));
  world.store.read = async (key) => {
    const entry = await read(key);
    if (!key.startsWith('session/')) return entry;
    world.store.read = read;
    await late;
    return entry;
  };
  const again = client.complete(url).catch(() => null);
  await world.clock.advance(0);
  await world.finish(() => session!.signOut());
  answer();
  await again;
  expect((await world.finish(() => session!.accessToken())).failed).toMatchObject({ code: 'not_signed_in' });
});
