import type { Session } from 'authchart';
import { describe, expect, it } from 'vitest';
import { callbackOf } from '../properties/support/world.js';
import type { Process } from '../properties/support/world.js';
import { explore } from './support/explore.js';
import type { Bounds } from './support/explore.js';
import { inTheEnd } from './support/signed-in.js';
import type { Stage, StageSettings } from './support/stage.js';

/** Who comes with what to one flow. */
type Caller = 'this code' | 'another code' | 'another user agent';

const OTHER_CODE = 'CANARY-code-of-another';
const COOKIE = 'CANARY-cookie';

/** A person has allowed it, and the callback is on its way. */
async function calledBack({ world }: Stage, process: Process) {
  const { url, state } = await process.client.begin({ boundTo: COOKIE });
  const { value } = world.provider.consent(url);
  for (const code of [value, OTHER_CODE]) world.provider.deliver(state, code);
  return (caller: Caller) => {
    const code = caller === 'another code' ? OTHER_CODE : value;
    const boundTo = caller === 'another user agent' ? `${COOKIE}-of-another` : COOKIE;
    return async ({ client }: Process) => client.complete(callbackOf({ code, state }), { boundTo });
  };
}

const tokenOf = async (session: Session) => session.accessToken();

const completing = (name: string, callers: readonly Caller[], bounds: Bounds, settings?: StageSettings) =>
  explore(
    name,
    bounds,
    async (stage) => {
      const { world } = stage;
      const processes = callers.map(() => stage.start());
      const complete = await calledBack(stage, processes[0]!);
      const calls = callers.map(
        (caller) => async (process: Process) => tokenOf(await complete(caller)(process)),
      );
      const tasks = processes.map((process, index) => stage.ask(process, () => calls[index]!(process)));
      await stage.play();

      const outcomes = new Map<Caller, Set<string>>(callers.map((caller) => [caller, new Set()]));
      const note = (caller: Caller, outcome: string) => outcomes.get(caller)!.add(outcome);
      for (const [index, process] of processes.entries()) {
        if (!process.life.alive) continue;
        const outcome = await inTheEnd(stage, tasks[index]!, () => calls[index]!(process));
        note(callers[index]!, outcome);
        if (outcome.startsWith('CANARY')) world.handedOut(process, outcome);
      }
      await world.clock.advance(10_000);
      const late = stage.start();
      for (const caller of [...callers, ...callers].slice(0, 2)) {
        const { value, failed } = await world.finish(async () => tokenOf(await complete(caller)(late)));
        note(caller, value ?? failed.code);
      }
      judge(stage, outcomes);
    },
    settings,
  );

/** One code is sent at most, all who came with it have the same of it, and all others are told that they are late. */
function judge({ world }: Stage, outcomes: ReadonlyMap<Caller, ReadonlySet<string>>) {
  const { provider, store } = world;
  expect(provider.exchanges).toBeLessThanOrEqual(1);
  const [ours = null, ...differing] = outcomes.get('this code') ?? [];
  const others = [...(outcomes.get('another code') ?? [])];
  const strangers = [...(outcomes.get('another user agent') ?? [])];
  expect(differing).toEqual([]);
  expect(strangers).toEqual(strangers.map(() => 'callback_other_user_agent'));
  if (ours === 'callback_already_used') {
    expect([['code_refused'], ['exchange_interrupted']]).toContainEqual(others);
  } else {
    expect(others).toEqual(others.map(() => 'callback_already_used'));
    const died = provider.exchanges === 0 || provider.live().every(({ issuedTo }) => !issuedTo!.alive);
    expect(ours).toMatch(died ? /^(CANARY-access-\d+|exchange_interrupted)$/ : /^CANARY-access-\d+$/);
  }
  for (const { value, issuedTo } of provider.live()) {
    if (ours === 'exchange_interrupted') expect(issuedTo!.alive).toBe(false);
    else expect(store.textOf('session/')).toContain(value);
  }
  expect(store.textOf('flow/')).not.toContain('CANARY');
}

// Both do the same: it makes no difference which of them something happens to.
const TWINS: readonly Caller[] = ['this code', 'this code'];
const ONE = { unlucky: 1 };

describe('one callback', { timeout: 600_000 }, () => {
  it('at two processes is exchanged once, and both are signed in', () =>
    completing('Callback at two', TWINS, { preemptions: 2 }));

  it('at two processes, beside another code for its state at a third', () =>
    completing('Callback at two, another code', [...TWINS, 'another code'], { preemptions: 1 }));

  it('at one process, beside the same at another user agent', () =>
    completing('Callback at another user agent', ['this code', 'another user agent'], {
      preemptions: Infinity,
    }));

  it('gives all who come later a session, or nobody, at whatever step its only process dies', () =>
    completing('Callback, its process dies', ['this code'], { preemptions: 0, faults: ['crash'] }));

  it('gives everybody a session, or nobody, at whatever step one of two processes dies', () =>
    completing('Callback at two, one dies', TWINS, { preemptions: 1, faults: ['crash'] }, ONE));

  it('with two codes, at whatever step one of two processes dies', () =>
    completing('Callback with two codes, one dies', ['this code', 'another code'], {
      preemptions: 0,
      faults: ['crash'],
    }));

  it('is exchanged once if the store does what it is told and its answer is lost', () => {
    const bounds: Bounds = { preemptions: 1, faults: ['lost answer'] };
    return completing('Callback, an answer of the store is lost', TWINS, bounds, ONE);
  });
});
