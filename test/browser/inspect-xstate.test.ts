import { describe, expect, it } from 'vitest';
import { inspectionBench, leaks } from './support/inspection.js';
import type { Inspection } from './support/inspection.js';
import { livesOf } from './support/lives.js';

const inspect = inspectionBench();

const toldOf = ({ tool }: Inspection) => tool.evaluate(() => inspecting.told());

it('a window of XState 4 is shown every state of a session, with its child services, and no secret', async () => {
  const scene = await inspect('xstate');
  const { page, sinks, emulator, signIn, canaries } = scene;
  await signIn();
  await page.evaluate(() => inspected.renew());
  await page.evaluate(() => inspected.signOut());
  expect(await page.evaluate(() => inspected.fail())).toBe('session_revoked');
  await page.evaluate(() => inspected.close());
  const running = async () => {
    const told = await toldOf(scene);
    const count = (type: string) => told.filter((each) => each.type === type).length;
    return count('service.register') - count('service.stop');
  };
  await expect.poll(running).toBe(0);

  const told = await toldOf(scene);
  const registered = told.filter(({ type }) => type === 'service.register');
  const names = new Map(registered.map(({ id, name }) => [id, name]));
  const parents = registered.map(({ name, parent }) => [name, names.get(parent ?? '') ?? null]);
  expect(parents.filter(([name]) => name !== 'authorization')).toEqual([
    ['exchange', 'authorization'],
    ['renewal', 'authorization'],
    ['signOut', 'authorization'],
    ['renewal', 'authorization'],
  ]);
  const states = told.filter(({ type }) => type === 'service.register' || type === 'service.state');
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
  const events = told.filter(({ type }) => type === 'service.event').map(({ what }) => what);
  expect(events).toEqual(
    expect.arrayContaining(['callback.received', 'done.invoke.exchange', 'token request', 'token response']),
  );

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
});

describe('an event from an inspecting window', () => {
  /** A session, and the service that stands for it. */
  async function signedIn(options?: { readonly acceptEvents?: boolean }) {
    const scene = await inspect('xstate', options);
    await scene.signIn();
    await scene.page.evaluate(() => inspected.renew());
    const told = await toldOf(scene);
    const id = told.findLast(({ type, name }) => type === 'service.register' && name === 'authorization')!.id;
    const count = () => scene.emulator.requests.length;
    return {
      ...scene,
      /** As the tools wrap an event. */
      send: (event: { readonly type: string }) =>
        scene.tool.evaluate(
          (text) => inspecting.send(text),
          JSON.stringify({ name: event.type, data: event, $$type: 'scxml', type: 'external', origin: id }),
        ),
      raw: (text: string) => scene.tool.evaluate((text) => inspecting.send(text), text.replaceAll('ID', id)),
      /** Whatever windows have sent each other has come. */
      async settled() {
        await scene.page.evaluate(() => {
          const heard = new Promise((resolve) =>
            addEventListener('message', ({ data }) => {
              if (data === 'the last of all') resolve(undefined);
            }),
          );
          Object.assign(globalThis, { heard });
        });
        await scene.tool.evaluate(() => inspecting.post('the last of all'));
        await scene.page.evaluate(() => (globalThis as { heard?: unknown }).heard);
      },
      count,
      statuses: () => scene.page.evaluate(() => inspected.statuses()),
    };
  }

  it('goes nowhere', async () => {
    const { send, settled, statuses, count } = await signedIn();
    const before = [await statuses(), count()];
    await send({ type: 'session.signOut' });
    await send({ type: 'session.renew' });
    await settled();
    expect([await statuses(), count()]).toEqual(before);
  });

  it('reaches the machine where that was asked for', async () => {
    const { send, statuses } = await signedIn({ acceptEvents: true });
    await send({ type: 'session.signOut' });
    await expect.poll(async () => (await statuses()).at(-1)).toBe('signedOut');
  });

  it('does nothing at all where it carries something, is malformed or is huge, even then', async () => {
    const { send, raw, tool, page, settled, statuses, count } = await signedIn({ acceptEvents: true });
    const before = [await statuses(), count(), await page.evaluate(() => inspected.token())];
    const callback = { url: 'https://evil.example/callback?code=c&state=s' };
    await send({ type: 'callback.received', callback } as never);
    await send({ type: 'session.adopt', tokens: { access_token: 'evil', refresh_token: 'evil' } } as never);
    await send({ type: 'session.signOut', revoke: false } as never);
    await send({ type: '__proto__' });
    await send({ type: 'session.signOut'.padEnd(5_000_000, '!') });
    await raw('{"origin":"ID","$$type":"scxml","data":{"__proto__":{"type":"session.signOut"}}}');
    await raw('{"origin":"ID","__proto__":{"type":"session.signOut"}}');
    await raw('{"origin":"ID","type":["session.signOut"]}');
    await raw('{"origin":"ID",');
    await raw('null');
    await tool.evaluate(() => {
      for (const data of [null, 7, 'session.signOut', { type: 7 }, { type: 'xstate.event' }])
        inspecting.post(data);
    });
    await settled();
    expect([await statuses(), count(), await page.evaluate(() => inspected.token())]).toEqual(before);
    // And the way is open still.
    await send({ type: 'session.signOut' });
    await expect.poll(async () => (await statuses()).at(-1)).toBe('signedOut');
  });
});
