import { flushSync, hydrate, mount, tick, unmount } from 'svelte';
import { describe } from 'vitest';
import Button from './components/Button.svelte';
import Root from './components/Root.svelte';
import { frameworkContract } from './support/contract.js';
import type { Harness } from './support/harness.js';
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
});
