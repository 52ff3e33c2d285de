import type { Client } from 'authchart';
import { authorizationPlugin, provideAuthorization } from 'authchart/vue';
import { createApp, createSSRApp, defineComponent, h, nextTick } from 'vue';
import type { App } from 'vue';
import { describe, expect, it } from 'vitest';
import { panel } from './components/vue.js';
import { frameworkContract } from './support/contract.js';
import type { Harness } from './support/harness.js';
import { place } from './support/page.js';
import type { Place } from './support/page.js';
import { scripted } from './support/scripted.js';
import { nothingSeen } from './support/seen.js';

function shown(app: App, place: Place): () => void {
  app.mount(place as never);
  return () => app.unmount();
}

const harness: Harness = {
  framework: 'vue',
  mount: (place, client, seen) => shown(createApp(panel(seen)).use(authorizationPlugin(client)), place),
  hydrate: (place, client, seen) => shown(createSSRApp(panel(seen)).use(authorizationPlugin(client)), place),
  orphan: (place) => shown(createApp(panel(nothingSeen())), place),
  settle: () => nextTick(),
};

describe('authchart/vue', () => {
  frameworkContract(harness);

  it('gives another session to a part of the application', () => {
    const [one, other] = [scripted({ status: 'signedOut' }), scripted({ status: 'signedIn' })];
    const client = {
      authorization: (name?: string) => (name ? other : one).client.authorization(),
    } as Client;
    const [whole, part] = [nothingSeen(), nothingSeen()];
    const Work = defineComponent(() => {
      provideAuthorization(client, 'work');
      return () => h(panel(part));
    });
    const Both = defineComponent(() => () => [h(panel(whole)), h(Work)]);
    const takeAway = shown(createApp(Both).use(authorizationPlugin(client)), place());
    expect([whole.statuses, part.statuses]).toEqual([['signedOut'], ['signedIn']]);
    takeAway();
  });
});
