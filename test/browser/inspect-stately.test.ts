import { expect, it } from 'vitest';
import { inspectionBench, leaks } from './support/inspection.js';
import { livesOf, pathOf } from './support/lives.js';

const inspect = inspectionBench();

it("Stately's inspector, in a window of its own, is shown every state of a session and no secret", async () => {
  const { page, tool, sinks, emulator, signIn, canaries } = await inspect('stately');
  await signIn();
  await page.evaluate(() => inspected.renew());
  await page.evaluate(() => inspected.signOut());
  expect(await page.evaluate(() => inspected.fail())).toBe('session_revoked');
  await expect
    .poll(() => tool.evaluate(() => inspecting.told().some(({ what }) => what === 'expired')))
    .toBe(true);
  await page.evaluate(() => inspected.close());
  const told = await tool.evaluate(() => inspecting.told());
  const states = told.filter(({ type, what }) => type !== '@xstate.event' && what !== null);
  expect(livesOf(states)).toEqual([
    'authorization: idle awaitingAuthorization.opening awaitingAuthorization.preparing awaitingAuthorization.presented.waiting',
    'authorization: idle restoring.flow exchanging authorized.fresh',
    'exchange: claiming redeeming committing publishing authorized',
    'authorization: idle restoring.session authorized.fresh authorized.renewing authorized.fresh signingOut idle restoring.session authorized.fresh authorized.renewing expired',
    'renewal: holding.queueing holding.rereading holding.journaling holding.requesting holding.saving renewed',
    'signOut: forgetting burying revoking signedOut',
    'authorization: idle adopting authorized.fresh',
    'renewal: holding.queueing holding.rereading holding.journaling holding.requesting holding.judgingRefusal ended',
  ]);
  const events = told.filter(({ type }) => type === '@xstate.event').map(({ what }) => what);
  expect(events).toEqual(
    expect.arrayContaining([
      'callback.received',
      'xstate.done.actor.exchange',
      'token request',
      'token response',
    ]),
  );
  expect(new Set(states.map(({ what }) => pathOf(what)))).toContain('authorized.renewing');

  expect(sinks.uncaught).toEqual([]);
  expect(sinks.violations).toEqual([]);
  expect(sinks.messages.length).toBeGreaterThan(100);
  expect(canaries().length).toBeGreaterThan(10);
  expect(leaks([...sinks.messages, ...sinks.console], canaries())).toEqual([]);
  // What is searched for is what was sent.
  expect(
    leaks(
      emulator.requests.map(({ form }) => String(form)),
      canaries(),
    ).length,
  ).toBeGreaterThan(8);
  // Cut by nobody: charts lie deep.
  expect(sinks.messages.filter((text) => /\[(?:Array|Object|Circular|\.\.\.)\]/.test(text))).toEqual([]);
});
