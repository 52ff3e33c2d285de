import type { Session } from 'authchart';
import { confidentialApp, consent, emulatorSecret } from 'authchart/testing';
import { inspect } from 'node:util';
import type { AnyActor, InspectionEvent } from 'xstate';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { json, text } from '../services/support/loopback-server.js';
import { callbackOf, failureOf, reset, startAcme } from './support/acme.js';
import { handDriven, startX } from './support/x.js';
import type { XBench } from './support/x.js';

const SECRET = confidentialApp.client_secret!;

/** Whatever leaves the library by any door but the token request and the store, as text. */
class Sinks {
  readonly seen: [string, string][] = [];
  /** States and verifiers are made during the run. */
  readonly canaries = new Set<string>([SECRET]);

  take(sink: string, value: unknown): void {
    this.seen.push([sink, inspect(value, { depth: Infinity, maxStringLength: null, maxArrayLength: null })]);
    this.seen.push([sink, JSON.stringify(value) ?? '']);
    if (value instanceof Error)
      this.seen.push([sink, `${value.message}\n${value.stack}\n${String(value.cause)}`]);
  }

  /** XState's own: whole as JSON, and in depth without the actors, whose machine is the same each time. */
  takeInspection(event: InspectionEvent): void {
    this.seen.push([event.type, JSON.stringify(event)], [event.type, inspect(event)]);
    if ('event' in event) this.take(event.type, event.event);
    if ('snapshot' in event)
      this.take('snapshot', { ...event.snapshot, children: null, machine: null, _nodes: null });
    if (event.type !== '@xstate.actor' || !('on' in event.actorRef)) return;
    const actor = event.actorRef as AnyActor;
    actor.on('*', (fact: unknown) => this.take('fact', fact));
    actor.subscribe({
      next: () => this.take('persisted snapshot', actor.getPersistedSnapshot()),
      error: (error: unknown) => this.take('actor error', error),
    });
  }

  leaks(): [string, string][] {
    return this.seen.flatMap(([sink, all]): [string, string][] => {
      const found =
        emulatorSecret.exec(all)?.[0] ?? [...this.canaries].find((canary) => all.includes(canary));
      return found === undefined ? [] : [[sink, found]];
    });
  }
}

let bench: XBench;
let sinks: Sinks;
beforeEach(async () => {
  bench = await startX();
  sinks = new Sinks();
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
    vi.spyOn(console, method).mockImplementation((...words: unknown[]) =>
      sinks.take(`console.${method}`, words),
    );
  }
});
afterEach(async () => {
  vi.restoreAllMocks();
  await bench.close();
});

const clientOf = (options = {}, runtime = {}) =>
  bench.clientOf(
    {
      clientId: confidentialApp.client_id,
      clientSecret: SECRET,
      inspect: (event) => sinks.takeInspection(event),
      ...options,
    },
    runtime,
  );

async function remember(url: string): Promise<void> {
  const { searchParams } = new URL(url);
  sinks.canaries.add(searchParams.get('state')!);
  for (const record of Object.values(await bench.store.dump())) {
    if (typeof record['verifier'] === 'string') sinks.canaries.add(record['verifier']);
  }
}

function takeSession(session: Session): void {
  sinks.take('session', session);
  sinks.take('info', session.info());
}

it('a sign-in, a renewal, an API call and a sign-out leave no secret in any sink (K1, K3)', async () => {
  const client = clientOf();
  const { url } = await client.begin({
    boundTo: 'cookie-of-this-user-agent',
    expectedAccount: bench.emulator.users[0]!.id,
  });
  sinks.canaries.add('cookie-of-this-user-agent');
  await remember(url);
  const { callbackUrl } = await consent(url);
  const session = await client.complete(callbackUrl!, { boundTo: 'cookie-of-this-user-agent' });
  const stop = session.subscribe((change) => sinks.take('change', change));
  takeSession(session);
  await (await session.fetch(bench.emulator.endpoints.usersMe)).text();
  await session.renew();
  takeSession(session);
  sinks.take('report', await session.signOut());
  stop();
  const count = sinks.canaries.size;
  expect(count).toBe(4);
  expect(sinks.seen.length).toBeGreaterThan(100);
  expect(sinks.leaks()).toEqual([]);
});

it('the canaries would be seen: the bare values are found (K1)', async () => {
  const client = clientOf();
  const { url } = await client.begin();
  await remember(url);
  const { callbackUrl } = await consent(url);
  sinks.take('planted', { url });
  sinks.take('planted', new Error(callbackUrl!));
  expect(sinks.leaks().length).toBeGreaterThanOrEqual(4);
});

it('a login with a user agent shows its URL to nobody else (K3)', async () => {
  const browser = handDriven();
  const client = clientOf({}, { userAgent: browser });
  const login = client.login();
  const url = await browser.page;
  await remember(url);
  browser.bring(`https://localhost/?code=forged&state=${'n'.repeat(43)}`);
  browser.bring((await consent(url)).callbackUrl!);
  takeSession(await login);
  expect(sinks.leaks()).toEqual([]);
});

it('failures of every kind leave no secret in any sink (G6, G8, K14)', async () => {
  const client = clientOf();
  const fail = async (work: Promise<unknown>) => sinks.take('error', await failureOf(work));
  for (const tamper of [
    (url: string) => url.replace('https://localhost/', 'https://evil.example/'),
    (url: string) => `${url}&code=again`,
    (url: string) => `${url}#access_token=${new URL(url).searchParams.get('code')}`,
    (url: string) => `${url}&iss=https://other.example`,
    (url: string) => {
      const state = new URL(url).searchParams.get('state')!;
      return `https://localhost/?error=server_error&error_description=state+${state}+unusable&state=${state}`;
    },
  ]) {
    const { url } = await client.begin();
    await remember(url);
    await fail(client.complete(tamper((await consent(url)).callbackUrl!)));
  }
  const late = await client.begin();
  await remember(late.url);
  const { callbackUrl } = await consent(late.url);
  bench.emulator.clock.advance(31_000);
  await fail(client.complete(callbackUrl!));
  await fail(client.complete(callbackUrl!.replace(/code=[^&]+/, 'code=other')));
  const down = await client.begin();
  await remember(down.url);
  bench.store.down = () => true;
  await fail(client.complete((await consent(down.url)).callbackUrl!));
  bench.store.down = () => false;
  await fail(client.adopt({ access_token: `${SECRET}\n` }));
  expect(sinks.seen.filter(([sink]) => sink === 'error').length).toBeGreaterThan(20);
  expect(sinks.leaks()).toEqual([]);
});

it('a token endpoint that echoes what it was sent puts no secret into an error (G6)', async () => {
  const acme = await startAcme();
  const client = acme.clientOf({
    clientSecret: SECRET,
    inspect: (event) => sinks.takeInspection(event),
  });
  const echoes = [
    (status: number) => (request: { body: string }, response: Parameters<ReturnType<typeof text>>[1]) =>
      text(`<html>${request.body} ${SECRET}`, status, { 'content-type': 'text/html' })(
        request as never,
        response,
      ),
    (status: number) => (request: { body: string }, response: Parameters<ReturnType<typeof text>>[1]) =>
      json({ error: 'invalid_grant', error_description: `${request.body} ${SECRET}` }, status)(
        request as never,
        response,
      ),
  ].flatMap((echo) => [200, 400, 401, 429, 500].map(echo));
  for (const echo of [...echoes, reset]) {
    const { state } = await client.begin();
    sinks.canaries.add(state);
    for (const record of Object.values(await acme.store.dump())) {
      if (typeof record['verifier'] === 'string') sinks.canaries.add(record['verifier']);
    }
    sinks.canaries.add('canary-of-a-code');
    acme.script.push(echo as never);
    const failure = await failureOf(client.complete(callbackOf(state, 'canary-of-a-code')));
    sinks.take('error', failure);
  }
  sinks.canaries.add('canary-of-a-refresh-token');
  for (const echo of [...echoes, reset]) {
    const session = await client.adopt({
      access_token: 'canary-of-an-access-token',
      refresh_token: 'canary-of-a-refresh-token',
    });
    sinks.canaries.add('canary-of-an-access-token');
    acme.script.push(echo as never);
    sinks.take('error', await failureOf(session.renew()));
    await session.signOut();
  }
  expect(acme.sent('/token').length).toBe(22);
  expect(sinks.leaks()).toEqual([]);
  await acme.close();
});

it('no request to the token or API endpoints has a secret in its URL (E2, J1)', async () => {
  const client = clientOf();
  const { url } = await client.begin();
  await remember(url);
  const session = await client.complete((await consent(url)).callbackUrl!);
  await (await session.fetch(bench.emulator.endpoints.usersMe)).text();
  await session.renew();
  await session.signOut();
  const requests = bench.emulator.requests.filter(({ path }) => path.startsWith('/2/'));
  expect(requests).toHaveLength(5);
  for (const { path, search } of requests) sinks.take('URL', path + search);
  for (const { path, search } of requests) if (path !== '/2/users/me') expect(search).toBe('');
  expect(sinks.leaks()).toEqual([]);
});

it('the verifier is in the body of one request and nowhere else (B10, B11)', async () => {
  const client = clientOf();
  const { url } = await client.begin();
  await remember(url);
  const [, verifier] = [...sinks.canaries].filter((canary) => canary !== SECRET);
  const session = await client.complete((await consent(url)).callbackUrl!);
  await session.renew();
  const carriers = bench.emulator.requests.filter((request) =>
    inspect(request, { depth: Infinity }).includes(verifier!),
  );
  expect(carriers.map(({ path, form }) => [path, form.get('grant_type')])).toEqual([
    ['/2/oauth2/token', 'authorization_code'],
  ]);
  expect(await bench.store.text()).not.toContain(verifier);
});
