import { describe, expect, it } from 'vitest';
import { callbackOf } from '../properties/support/world.js';
import { explore } from './support/explore.js';
import type { Bounds } from './support/explore.js';
import { sessionRecord, signedIn } from './support/signed-in.js';
import type { Holder } from './support/signed-in.js';
import type { Stage } from './support/stage.js';

type Work = (stage: Stage, holder: Holder) => Promise<() => Promise<string>>;

const use: Work =
  async (_, [, session]) =>
  () =>
    session.accessToken();

const signOut: Work =
  async (_, [, session]) =>
  async () =>
    String((await session.signOut()).cleared);

const signIn: Work = async ({ world }, [process]) => {
  const { url, state } = await process.client.begin();
  const { value: code } = world.provider.consent(url);
  world.provider.deliver(state, code);
  return async () => (await process.client.complete(callbackOf({ code, state }))).accessToken();
};

const adopt: Work = async ({ world }, [process]) => {
  const { access, refresh } = world.provider.grant(world.clock.now(), { issuedTo: process.life });
  const tokens = { access_token: access.value, refresh_token: refresh.value, expires_in: 7200 };
  return async () => (await process.client.adopt(tokens)).accessToken();
};

/** Two processes that hold a session, of which one does this and the other that. */
const beside = (name: string, works: readonly [Work, Work], bounds: Bounds) =>
  explore(name, bounds, async (stage) => {
    const holders = await signedIn(stage, works.length);
    const ready = [];
    for (const [index, work] of works.entries()) ready.push(await work(stage, holders[index]!));
    ready.forEach((work, index) => stage.ask(holders[index]![0], work));
    await stage.play();
    await judge(stage, holders, works.includes(adopt));
  });

/** All see the same session, or none. What was gained and is not it was replaced by something newer, or is revoked. */
async function judge(stage: Stage, holders: readonly Holder[], adopted: boolean) {
  const { world } = stage;
  // What could not be saved or buried at once is by then.
  await world.clock.advance(20_000);
  const { status, tokens } = sessionRecord(stage);
  for (const [process, session] of holders) {
    if (!process.life.alive) continue;
    const { value, failed } = await world.finish(() => session.accessToken());
    expect(value ?? failed!.code).toBe(tokens?.accessToken ?? 'not_signed_in');
    if (value !== null) world.handedOut(process, value);
  }
  if (tokens) {
    const live = world.provider.live().map(({ value }) => value);
    expect(live).toEqual(expect.arrayContaining([tokens.accessToken, tokens.refreshToken]));
  } else {
    expect(status).toBe('signedOut');
    const left = world.provider.live().filter(({ issuedTo }) => issuedTo?.alive);
    // Adopted tokens are their owner's as long as nobody has saved them.
    if (!adopted) expect(left).toEqual([]);
  }
}

describe('a sign-in', { timeout: 600_000 }, () => {
  it('beside a renewal takes its place for all', () =>
    beside('Sign-in beside a renewal', [use, signIn], { preemptions: 2 }));

  it('beside another sign-in leaves one session to all', () =>
    beside('Sign-in beside another', [signIn, signIn], { preemptions: 1 }));

  it('beside a sign-out stands or is revoked', () =>
    beside('Sign-in beside a sign-out', [signOut, signIn], { preemptions: 2 }));

  it('beside a sign-out stands or is revoked if the store does what it is told and its answer is lost', () =>
    beside('Sign-in beside a sign-out, an answer of the store is lost', [signOut, signIn], {
      preemptions: 1,
      faults: ['lost answer'],
    }));
});

describe('an adoption', { timeout: 600_000 }, () => {
  it.each<[string, Work]>([
    ['a renewal', use],
    ['a sign-out', signOut],
    ['a sign-in', signIn],
  ])('beside %s leaves one session to all, or none', async (name, work) => {
    await beside(`Adoption beside ${name}`, [work, adopt], { preemptions: 1 });
  });
});
