import { createBrowserInspector } from '@statelyai/inspect';
import { createClient, memoryStore } from 'authchart/browser';
import type { Session } from 'authchart/browser';
import { inspectFlow, statelyInspector, xstateInspect } from 'authchart/inspect';
import { xAt } from '../../../src/services/provider/x-at.js';
import { inspect } from '../../xstate-4/page.js';
import type { Inspected, InspectedSettings } from '../support/inspected.js';

declare global {
  /** Given by the test. */
  var inspectedSettings: InspectedSettings;
  var inspected: Inspected;
}

const { endpoints, clientId } = inspectedSettings;
const client = createClient({
  provider: xAt(endpoints),
  clientId,
  redirectUri: `${location.origin}/callback`,
  scopes: ['users.read', 'tweet.read', 'offline.access'],
  store: memoryStore(),
  // The emulator answers this page, as X would not.
  transport: { fetch: (url, init) => fetch(url, init), close: () => Promise.resolve() },
});

let session: Session | null = null;
const statuses: string[] = [];
function follow(found: Session): void {
  session = found;
  found.subscribe(({ status }) => statuses.push(status));
}

globalThis.inspected = {
  open(tool, url, options) {
    const there = new Promise<void>((resolve) =>
      addEventListener('message', ({ data }: MessageEvent<{ type?: string } | null>) => {
        if (data?.type === 'xstate.inspecting' || data?.type === '@statelyai.connected') resolve();
      }),
    );
    if (tool === 'xstate') {
      const bridge = xstateInspect(options);
      inspectFlow(client, bridge.sink);
      inspect({ devTools: bridge.devTools, iframe: false, url });
    } else {
      inspectFlow(client, statelyInspector(createBrowserInspector({ url })));
    }
    return there;
  },
  begin: async () => (await client.begin()).url,
  complete: async (address) => follow(await client.complete(address)),
  token: () => session!.accessToken(),
  renew: async () => void (await session!.renew()),
  signOut: async () => void (await session!.signOut()),
  statuses: () => statuses,
  close: () => client.close(),
  async fail() {
    const unknown = await client.adopt({
      access_token: 'canary-of-an-access-token',
      refresh_token: 'canary-of-a-refresh-token',
    });
    return unknown.renew().then(
      () => 'renewed',
      ({ code }: { code: string }) => code,
    );
  },
};
