import type { Client } from 'authchart';
import { AuthorizationProvider, useAuthorization } from 'authchart/react';
import type { AuthorizationState } from 'authchart/react';
import { createElement, StrictMode, useEffect } from 'react';
import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, hydrateRoot } from 'react-dom/client';
import type { Root } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { App, Panel } from './components/react.js';
import { frameworkContract } from './support/contract.js';
import type { Harness } from './support/harness.js';
import { place } from './support/page.js';
import { scripted } from './support/scripted.js';
import { nothingSeen } from './support/seen.js';
import { signedIn } from './support/signed-in.js';

const takesAway = (root: Root) => () => flushSync(() => root.unmount());

function render(place_: object, element: ReactNode): Root {
  const root = createRoot(place_ as never);
  flushSync(() => root.render(element));
  return root;
}

const harness: Harness = {
  framework: 'react',
  mount: (place, client, seen) => takesAway(render(place, createElement(App, { client, seen }))),
  hydrate: (place, client, seen) =>
    takesAway(hydrateRoot(place as never, createElement(App, { client, seen }))),
  orphan: () => renderToString(createElement(Panel, { seen: nothingSeen() })),
  settle: () => new Promise((resolve) => setImmediate(resolve)),
};

describe('authchart/react', () => {
  frameworkContract(harness);

  /** What a component gives at each of its renders. */
  function watching<Value>(client: Client, use: () => Value) {
    const values: Value[] = [];
    const Watching = () => (values.push(use()), null);
    const element = () => createElement(AuthorizationProvider, { client }, createElement(Watching));
    const root = render(place(), element());
    return { values, again: () => flushSync(() => root.render(element())), leave: takesAway(root) };
  }

  it('compares what a selector makes member by member', () => {
    const { client, show } = scripted();
    const { values, leave } = watching(client, () => ({
      object: useAuthorization(({ status, busy }) => ({ busy, failed: status === 'failed' })),
      array: useAuthorization(({ status }) => [status === 'failed']),
    }));
    flushSync(() => show({ status: 'awaitingUser' }));
    expect(values).toHaveLength(1);
    flushSync(() => show({ status: 'failed' }));
    expect(values.slice(1)).toEqual([{ object: { busy: false, failed: true }, array: [true] }]);
    leave();
  });

  it('takes what is no plain object as it is', () => {
    const [early, late] = [new Date(1), new Date(2)];
    const { client, show } = scripted();
    const { values, leave } = watching(client, () =>
      useAuthorization(({ status }) => (status === 'failed' ? late : early)),
    );
    flushSync(() => show({ status: 'failed' }));
    expect(values).toEqual([early, late]);
    leave();
  });

  it('gives functions that stay the same', () => {
    const { client, show } = scripted();
    const { values, again, leave } = watching(client, () => useAuthorization());
    flushSync(() => show({ status: 'signingIn' }));
    again();
    expect(values.length).toBeGreaterThan(1);
    const functionsOf = (state: AuthorizationState) =>
      Object.values(state).filter((value) => typeof value === 'function');
    for (const state of values) {
      expect(functionsOf(state)).toHaveLength(6);
      functionsOf(state).forEach((one, at) => expect(one).toBe(functionsOf(values[0]!)[at]));
    }
    leave();
  });

  it('takes a selector that makes something new each time, and does not go on for ever', () => {
    const { client } = scripted();
    const { values, leave } = watching(client, () =>
      useAuthorization(({ status }) => ({ shown: { status } })),
    );
    expect(values.length).toBeLessThan(5);
    leave();
  });

  it('uses a selector that has changed', () => {
    const { client } = scripted({ busy: true });
    let wanted: 'status' | 'busy' = 'status';
    const { values, again, leave } = watching(client, () => useAuthorization((state) => state[wanted]));
    wanted = 'busy';
    again();
    expect(values).toEqual(['signedOut', true]);
    leave();
  });

  it('follows another session when it is told to', () => {
    const [one, other] = [scripted({ status: 'signedOut' }), scripted({ status: 'signedIn' })];
    const client = {
      authorization: (name?: string) => (name ? other : one).client.authorization(),
    } as Client;
    const statuses: string[] = [];
    const Watching = () => (statuses.push(useAuthorization(({ status }) => status)), null);
    const element = (session?: string) =>
      createElement(AuthorizationProvider, { client, session }, createElement(Watching));
    const root = render(place(), element());
    flushSync(() => root.render(element('work')));
    expect(statuses).toEqual(['signedOut', 'signedIn']);
    expect([one.listeners.size, other.listeners.size]).toEqual([0, 1]);
    takesAway(root)();
  });

  it('starts one chart, and one sign-in for one click, under StrictMode', async () => {
    const { client, started, running } = await signedIn();
    const before = started();
    const shown = place();
    let mounted = 0;
    const Counted = () => (useEffect(() => void mounted++), null);
    const app = createElement(App, { client, seen: nothingSeen() });
    const root = render(shown, createElement(StrictMode, null, app, createElement(Counted)));
    await vi.waitFor(() => expect(shown.textContent).toBe('users.readsignedIn'), { timeout: 10_000 });
    expect(mounted).toBe(2);
    expect(started() - before).toBe(1);
    shown.querySelector('button')?.click();
    expect(started() - before).toBe(2);
    takesAway(root)();
    await client.close();
    expect(running()).toBe(0);
  });
});
