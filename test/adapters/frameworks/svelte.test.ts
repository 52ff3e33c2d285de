import { flushSync, hydrate, mount, tick, unmount } from 'svelte';
import { describe, expect, it } from 'vitest';
import Button from './components/Button.svelte';
import Late from './components/Late.svelte';
import Root from './components/Root.svelte';
import { frameworkContract } from './support/contract.js';
import type { Harness } from './support/harness.js';
import { place } from './support/page.js';
import { scripted } from './support/scripted.js';
import { nothingSeen } from './support/seen.js';

const harness: Harness = {
  framework: 'svelte',
  mount(target, client, seen) {
    const component = mount(Root, { target: target as never, props: { client, seen } });
    return () => unmount(component);
  },
  hydrate(target, client, seen) {
    const component = hydrate(Root, { target: target as never, props: { client, seen } });
    return () => unmount(component);
  },
  orphan: (target) => mount(Button, { target: target as never, props: { seen: nothingSeen() } }),
  async settle() {
    flushSync();
    await tick();
  },
};

describe('authchart/svelte', () => {
  frameworkContract(harness);

  it('shows what is true at once in components that come later', async () => {
    const { client, listeners, show } = scripted();
    const seen = nothingSeen();
    const component = mount(Late, { target: place() as never, props: { client, seen } });
    await harness.settle();
    expect(seen.statuses).toEqual([]);
    show({ status: 'failed' });
    await harness.settle();
    expect(seen.statuses).toEqual(['failed']);
    await unmount(component);
    await harness.settle();
    expect(listeners.size).toBe(0);
  });
});
