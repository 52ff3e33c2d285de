export interface Example {
  /** What a docstring takes for granted: imports, and values that the reader has. */
  readonly before: string;
  readonly after?: string;
  /** Missing if the example is compiled only. */
  readonly prints?: string;
}

/** Every `@example` of what the doors export. */
export const examples: Readonly<Record<string, Example>> = {
  'authchart: createClient': {
    before: "import { createClient, x } from 'authchart';",
    after: 'console.log(new URL(url).origin);',
    prints: 'https://x.com\n',
  },
  'authchart: explain': {
    before: `
      import { createClient, x } from 'authchart';
      const client = createClient({ provider: x, clientId: 'my-client-id' });`,
    prints: 'https://x.com pending\n',
  },
  'authchart: explain (2)': {
    before: `
      import { createClient, x } from 'authchart';
      const { session } = createClient({ provider: x, clientId: 'my-client-id' }).authorization();`,
    prints: 'signedOut Nobody has signed in. Sign in with login(), or with begin() and complete().\n',
  },
  'authchart: sealed': {
    before: "import { memoryStore, sealed } from 'authchart';",
    after: 'console.log(before, await store.read(key));',
    prints: 'undefined undefined\n',
  },
  'authchart/inspect: inspectFlow': {
    before: `
      import { createClient, x } from 'authchart';
      import { inspectFlow } from 'authchart/inspect';
      const client = createClient({ provider: x, clientId: 'my-client-id', redirectUri: 'https://localhost/' });`,
  },
  'authchart/inspect: statelyInspector': {
    before: `
      import { createClient, x } from 'authchart';
      import { inspectFlow, statelyInspector } from 'authchart/inspect';
      const client = createClient({ provider: x, clientId: 'my-client-id', redirectUri: 'https://localhost/' });`,
  },
  'authchart/inspect: xstateInspect': {
    before: `
      import { createClient, x } from 'authchart';
      import { inspectFlow, xstateInspect } from 'authchart/inspect';
      import type { XStateDevTools } from 'authchart/inspect';
      const client = createClient({ provider: x, clientId: 'my-client-id', redirectUri: 'https://localhost/' });
      const inspect = (_: { devTools: XStateDevTools; iframe: false; url: string }) => {};`,
  },
  'authchart/inspect: diagram': {
    before: "import { authorizationMachine } from 'authchart'; import { diagram } from 'authchart/inspect';",
    after: 'console.log(text.slice(0, 15), picture.slice(0, 4), picture.trim().slice(-6));',
    prints: 'stateDiagram-v2 <svg </svg>\n',
  },
  'authchart/browser: webStore': {
    before: "import { createClient, x } from 'authchart'; import { webStore } from 'authchart/browser';",
  },
  'authchart/browser: sharedStore': {
    before: "import { createClient, x } from 'authchart'; import { sharedStore } from 'authchart/browser';",
  },
  'authchart: leases': {
    before: `
      import { leases, memoryStore } from 'authchart';
      import type { Store } from 'authchart';
      const stores = { record: memoryStore(), lock: memoryStore() };
      const entriesOf = (kind: keyof typeof stores) => stores[kind];`,
    after: `
      const lock = await store.lock('key', { signal: new AbortController().signal, ttl: 1000 });
      console.log(lock.lost.aborted);`,
    prints: 'false\n',
  },
  'authchart/node: leases': {
    before: `
      import { leases, memoryStore } from 'authchart/node';
      import type { Store } from 'authchart/node';
      const entriesOf = (_kind: string) => memoryStore();`,
  },
  'authchart: authorizationRequest': {
    before: "import { authorizationRequest, x } from 'authchart';",
    after: 'console.log(new URL(url).pathname, codeVerifier.length, state.length);',
    prints: '/i/oauth2/authorize 43 43\n',
  },
  'authchart: rateLimitOf': {
    before: "import { rateLimitOf } from 'authchart';",
    after: 'console.log(rateLimitOf(response).remaining);',
    prints: '74\n',
  },
  'authchart: AuthError': {
    before: "import { AuthError } from 'authchart';",
    after: 'console.log(error.message); console.log(JSON.stringify(error).slice(0, 46));',
    prints:
      'Port 8976 of 127.0.0.1 is taken. Free it, or register and configure a redirect URI with another port.\n' +
      '{"code":"port_in_use","phase":"authorization",\n',
  },
  'authchart: defineProvider': {
    before: "import { defineProvider } from 'authchart';",
    after: 'console.log(acme.name);',
    prints: 'acme\n',
  },
  'authchart: redact': {
    before: "import { redact, reveal } from 'authchart';",
    after: 'console.log(`${token} ${JSON.stringify({ token })}`, reveal(token));',
    prints: '[redacted] {"token":"[redacted]"} s3cret\n',
  },
  'authchart/node: createClient': {
    before: "import { createClient, login, x } from 'authchart/node';",
    after: 'console.log((await login(client)).name);',
    prints: 'default\n',
  },
  'authchart/node: authorizationRequest': {
    before: "import { authorizationRequest, x } from 'authchart/node';",
    after: 'console.log(new URL(url).pathname, codeVerifier.length, state.length);',
    prints: '/i/oauth2/authorize 43 43\n',
  },
  // There is no such proxy.
  'authchart/node: nodeTransport': { before: "import { nodeTransport } from 'authchart/node';" },
  'authchart/node: nodeListener': {
    before: `
      import express from 'express';
      import { nodeListener } from 'authchart/node';
      declare const auth: (request: Request) => Promise<Response>;
      const app = express();`,
  },
  'authchart/node: webRequest': {
    before: `
      import express from 'express';
      import { webRequest } from 'authchart/node';
      declare const auth: { session(request: Request): Promise<object | null> };
      const app = express();`,
  },
  'authchart/server: createAuthHandler': {
    before: `
      import { createClient, x } from 'authchart/node';
      import { createAuthHandler } from 'authchart/server';
      const clientSecret = 'YOUR_CLIENT_SECRET';
      const redirectUri = 'http://127.0.0.1:8976/auth/callback';
      const client = createClient({ provider: x, clientId: 'YOUR_WEB_CLIENT_ID', clientSecret, redirectUri });`,
    after: `
      const facts = await serve(new Request('http://127.0.0.1:8976/auth/session'));
      console.log(await facts.text(), await (await serve(new Request('http://127.0.0.1:8976/'))).text());`,
    prints: '{"signedIn":false} Please sign in.\n',
  },
  'authchart/server: relay': {
    before: `
      import { x } from 'authchart';
      import { relay } from 'authchart/server';`,
    after: `
      const request = new Request('https://app.example/auth/relay', { method: 'POST' });
      console.log(await (await POST(request)).text());`,
    prints: 'Only scripts of pages of https://app.example are served, and this request comes from none.\n\n',
  },
  'authchart/browser: createClient': {
    before: "import { createClient, relayTransport, x } from 'authchart/browser';",
    after: 'await client.close(); console.log(client.redirectUri);',
    prints: 'https://app.example/callback\n',
  },
  'authchart/browser: callbackPage': {
    before: `
      import { createClient, defineProvider, callbackPage } from 'authchart/browser';
      const endpoints = { authorization: 'https://as.example/authorize', token: 'https://as.example/token' };
      const provider = defineProvider({ id: 'as', endpoints });
      const [clientId, redirectUri] = ['my-client-id', 'https://app.example/callback'];
      const client = createClient({ provider, clientId, redirectUri });`,
  },
  'authchart/browser: popup': {
    before: `
      import { createClient, defineProvider, popup } from 'authchart/browser';
      const endpoints = { authorization: 'https://as.example/authorize', token: 'https://as.example/token' };
      const provider = defineProvider({ id: 'as', endpoints });
      const [clientId, redirectUri] = ['my-client-id', 'https://app.example/callback'];`,
  },
  'authchart/browser: redirect': {
    before: `
      import { createClient, defineProvider, redirect } from 'authchart/browser';
      const endpoints = { authorization: 'https://as.example/authorize', token: 'https://as.example/token' };
      const provider = defineProvider({ id: 'as', endpoints });
      const [clientId, redirectUri] = ['my-client-id', 'https://app.example/callback'];`,
  },
  'authchart/browser: relayTransport': {
    before: "import { relayTransport } from 'authchart/browser';",
    after: 'console.log(Object.keys(transport).join());',
    prints: 'fetch,close\n',
  },
  'authchart/react: AuthorizationProvider': {
    before: `
      import type { Client } from 'authchart';
      import { AuthorizationProvider } from 'authchart/react';
      import { createElement } from 'react';
      declare const client: Client;
      declare const root: { render(element: unknown): void };
      declare const App: () => null;`,
  },
  'authchart/react: useAuthorization': { before: "import { useAuthorization } from 'authchart/react';" },
  'authchart/vue: authorizationPlugin': {
    before: `
      import type { Client } from 'authchart';
      import { authorizationPlugin } from 'authchart/vue';
      import { createApp, type Component } from 'vue';
      declare const client: Client;
      declare const App: Component;`,
  },
  'authchart/vue: useAuthorization': { before: "import { useAuthorization } from 'authchart/vue';" },
  'authchart/svelte: setAuthorization': {
    before: `
      import type { Client } from 'authchart';
      import { setAuthorization } from 'authchart/svelte';
      declare const client: Client;`,
  },
  'authchart/svelte: useAuthorization': {
    before: `
      import { useAuthorization } from 'authchart/svelte';
      declare function $effect(run: () => void): void;`,
  },
  'authchart/solid: useAuthorization': { before: "import { useAuthorization } from 'authchart/solid';" },
  'authchart/testing: storeConformance': {
    before: `
      import { memoryStore } from 'authchart';
      import type { Store } from 'authchart';
      import { storeConformance } from 'authchart/testing';
      const stores = new Map<string, Store>();
      const myStore = (prefix: string) => stores.get(prefix) ?? stores.set(prefix, memoryStore()).get(prefix)!;
      const tests = new Map<string, () => Promise<void>>();
      const test = (name: string, run: () => Promise<void>) => void tests.set(name, run);`,
    after: "await tests.get('versions: stay while nobody writes')?.(); console.log(tests.size > 30);",
    prints: 'true\n',
  },
  // The README's programs do the same, with servers that are there.
  'authchart/redis: redisStore': {
    before: `
      import { createClient } from 'redis';
      import { redisStore } from 'authchart/redis';`,
  },
  'authchart/postgres: postgresStore': {
    before: `
      import { Pool } from 'pg';
      import { createClient, x } from 'authchart/node';
      import { migratePostgres, postgresStore } from 'authchart/postgres';`,
  },
  'authchart/testing: virtualClock': {
    before: "import { virtualClock } from 'authchart/testing';",
    prints: '20\n',
  },
  // Its authorization URL is at a port that only the example knows.
  'authchart/testing: startEmulator': {
    before: `
      import { consent, startEmulator } from 'authchart/testing';
      declare const authorizationUrl: string;`,
  },
  'authchart/testing: consent': {
    before: `
      import { createClient, x } from 'authchart/node';
      import { consent } from 'authchart/testing';
      const { url: authorizationUrl } = await createClient({ provider: x, clientId: 'my-client-id' }).begin();`,
    after: "console.log(new URL(callbackUrl!).searchParams.get('error'));",
    prints: 'access_denied\n',
  },
};
