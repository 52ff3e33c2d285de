import { confidentialApp, consent } from 'authchart/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/services/ports.js';
import { json } from '../services/support/loopback-server.js';
import { callbackOf, eventually, failureOf, startAcme } from './support/acme.js';
import type { Acme } from './support/acme.js';
import { startX } from './support/x.js';

let acme: Acme;
beforeEach(async () => void (acme = await startAcme()));
afterEach(() => acme.close());

interface Entry {
  readonly by: string;
  readonly what: string;
  readonly at: number;
  readonly times?: number;
}

const isLog = (key: string) => /^(log|flowLog)\//.test(key);
const LOG = 'log/acme/client/default';

async function entriesOf(prefix = LOG): Promise<readonly Entry[]> {
  const found = Object.entries(await acme.store.dump()).find(([key]) => key.startsWith(prefix));
  return (found?.[1]['entries'] ?? []) as Entry[];
}

describe('the flight recorder', () => {
  it('keeps the last fifty entries of a session, and the last twenty of a sign-in', async () => {
    const { client, session } = await acme.signedIn();
    for (let times = 0; times < 55; times++) await session.renew();
    await client.close();
    const entries = await entriesOf();
    expect(entries).toHaveLength(50);
    expect(new Set(entries.map(({ what }) => what))).toEqual(new Set(['renewed']));

    const anew = acme.clientOf();
    const { state } = await anew.begin({ session: 'another' });
    await anew.explain(state);
    const isNew = ([key, record]: [string, Record<string, unknown>]) =>
      key.startsWith('flowLog/') && (record['entries'] as Entry[]).length === 1;
    const [key, stored] = Object.entries(await acme.store.dump()).find(isNew)!;
    const many = Array.from({ length: 20 }, (_, at) => ({ at, by: `process ${at}`, what: 'begun' }));
    await acme.store.plant(key, JSON.stringify({ ...stored, entries: many }));
    await anew.complete(callbackOf(state));
    await anew.close();
    const kept = await entriesOf(key);
    expect([kept.length, kept[0]?.by, kept.at(-1)?.what]).toEqual([20, 'process 1', 'signedIn']);
  });

  it.each([
    ['in the store', false],
    ['that waits for the store', true],
  ])(
    'lets nobody who spoils sign-ins push out what led to a session, nor shorten how long that stays, %s',
    async (_, waits) => {
      acme.store.down = (_method, key) => waits && isLog(key);
      const { client, session } = await acme.signedIn();
      await session.renew();
      for (let times = 0; times < 60; times++) {
        const { state } = await client.begin({ boundTo: 'cookie' });
        await failureOf(client.complete(callbackOf(state), { boundTo: 'another' }));
        if (!waits) await session.explain();
      }
      // Until it is known whose the last of them was.
      await session.explain();
      acme.store.down = () => false;
      await client.begin();
      await client.close();
      const whats = (await entriesOf()).map(({ what }) => what);
      expect(whats.slice(0, 2)).toEqual(['signedIn', 'renewed']);
      expect([whats.length, whats.at(-1)]).toEqual([50, 'begun']);
      await acme.clock.advance(29 * 24 * 3_600_000);
      expect(Object.keys(await acme.store.dump()).filter(isLog)).toEqual([LOG]);
    },
  );

  it('loses nothing of two processes that write at once', async () => {
    const { session } = await acme.signedIn({}, { process: 'process 1' });
    const slow = slowly(acme.store);
    const clients = ['process 2', 'process 3', 'process 4'].map((process) =>
      acme.clientOf({}, { process, store: slow }),
    );
    const callbacks = await Promise.all(clients.map((client) => client.begin()));
    await Promise.all(
      clients.map((client, index) => client.complete(callbackOf(callbacks[index]!.state, `code-${index}`))),
    );
    await Promise.all(clients.map((client) => client.close()));
    await session.explain();
    const entries = await entriesOf();
    const of = (what: string) =>
      entries
        .filter((entry) => entry.what === what)
        .map(({ by }) => by)
        .toSorted();
    expect(of('begun')).toEqual(['process 1', 'process 2', 'process 3', 'process 4']);
    expect(of('signedIn')).toEqual(['process 1', 'process 2', 'process 3', 'process 4']);
  });

  it('writes what comes while it writes together, one write after another', async () => {
    let writes = 0;
    let go = () => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const store: Store = {
      ...acme.store,
      async write(key, value, options) {
        if (key.startsWith('log/')) {
          writes += 1;
          await gate;
        }
        return acme.store.write(key, value, options);
      },
    };
    const { client, session } = await acme.signedIn({}, { store });
    for (let times = 0; times < 3; times++) await session.renew();
    expect(writes).toBe(1);
    go();
    await client.close();
    expect(writes).toBe(2);
    const whats = (await entriesOf()).map(({ what }) => what);
    expect(whats).toEqual(['begun', 'signedIn', 'renewed', 'renewed', 'renewed']);
  });

  it('writes nothing twice whose answer got lost', async () => {
    let lost = 0;
    const store: Store = {
      ...acme.store,
      async write(key, value, options) {
        const result = await acme.store.write(key, value, options);
        if (isLog(key) && lost++ % 2 === 0) throw new Error('no answer');
        return result;
      },
    };
    const { client } = await acme.signedIn({}, { store });
    await client.close();
    expect(lost).toBeGreaterThan(1);
    expect((await entriesOf()).map(({ what }) => what)).toEqual(['begun', 'signedIn']);
  });

  it('writes nothing twice after an outage that took the answers of more than one attempt', async () => {
    let lost = 0;
    const store: Store = {
      ...acme.store,
      async write(key, value, options) {
        const result = await acme.store.write(key, value, options);
        if (key.startsWith('log/') && lost-- > 0) throw new Error('no answer');
        return result;
      },
    };
    const { client, session } = await acme.signedIn({}, { store });
    await session.explain();
    // The three of one attempt, and one of the next.
    lost = 4;
    for (let times = 0; times < 3; times++) {
      await acme.clock.advance(1_000);
      acme.script.push(json({}, 429));
      await failureOf(session.renew());
      await session.explain();
    }
    expect(lost).toBeLessThan(0);
    await session.renew();
    await client.close();
    const entries = (await entriesOf()).map(({ what, times = 1 }) => [what, times]);
    expect(entries).toEqual([
      ['begun', 1],
      ['signedIn', 1],
      ['postponed', 3],
      ['renewed', 1],
    ]);
  });

  it('lets nothing go that waits for the store while there is room for all', async () => {
    acme.store.down = (_, key) => isLog(key);
    const client = acme.clientOf();
    // Two logs each: as many as may wait.
    const states: string[] = [];
    for (let number = 0; number < 50; number++) {
      states.push((await client.begin({ session: `session ${number}`, boundTo: 'cookie' })).state);
    }
    const failure = await failureOf(client.complete(callbackOf(states[49]!), { boundTo: 'another' }));
    expect(failure['code']).toBe('callback_other_user_agent');
    const whatsOf = async (number: number) => {
      const { events } = await client.authorization(`session ${number}`).session.explain();
      return events.map(({ what }) => what);
    };
    expect(await whatsOf(49)).toEqual(['begun', 'failed']);
    expect(await whatsOf(0)).toEqual(['begun']);
    // One more sign-in takes the place of the oldest.
    await client.begin({ session: 'session 50' });
    expect([await whatsOf(0), await whatsOf(1)]).toEqual([[], ['begun']]);
  });

  it('lets nothing go of a log begun anew, when the old one that had to make room comes to its end', async () => {
    const first = 'log/acme/client/first';
    let failed = 0;
    let go: (() => void) | null = null;
    acme.store.down = (_, key) => isLog(key) && (key !== first || ++failed > 0);
    const store: Store = {
      ...acme.store,
      async read(key) {
        if (key === first && !go) await new Promise<void>((resolve) => (go = resolve));
        return acme.store.read(key);
      },
    };
    const client = acme.clientOf({}, { store });
    await client.begin({ session: 'first' });
    await eventually(() => go !== null);
    for (let number = 0; number < 50; number++) await client.begin({ session: `session ${number}` });
    await acme.clock.advance(1_000);
    await client.begin({ session: 'first' });
    await eventually(() => failed === 3);
    await turns(3);
    acme.store.down = () => false;
    go!();
    const { events } = await client.authorization('first').session.explain();
    expect(events).toMatchObject([{ what: 'begun', times: 2 }]);
  });

  it('changes no outcome when its part of the store fails, and asks it a few times only', async () => {
    let calls = 0;
    acme.store.down = (method, key) => isLog(key) && ++calls > 0 && method !== 'lock';
    const { client, session } = await acme.signedIn();
    await session.renew();
    expect(await session.accessToken()).toBe('access-token-2');
    expect(await session.signOut()).toMatchObject({ cleared: true });
    await client.close();
    expect(calls).toBeLessThanOrEqual(6 * 3);
    expect((await acme.store.dump())[LOG]).toBeUndefined();
  });

  it('does not hold up a protocol step by a store that takes for ever to write a log', async () => {
    let go = () => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const store: Store = {
      ...acme.store,
      read: async (key) => {
        if (isLog(key)) await gate;
        return acme.store.read(key);
      },
    };
    const { client, session } = await acme.signedIn({}, { store });
    await session.renew();
    await session.signOut();
    // Closing waits for what is being written.
    let closed = false;
    const closing = client.close().then(() => (closed = true));
    await turns(50);
    expect(closed).toBe(false);
    go();
    await closing;
    expect((await entriesOf()).map(({ what }) => what)).toEqual([
      'begun',
      'signedIn',
      'renewed',
      'signedOut',
    ]);
  });

  describe('whose store never answers a write of a log', () => {
    const hanging = (isHung: (key: string) => boolean): Store => ({
      ...acme.store,
      write: (key, value, options) =>
        isHung(key) ? new Promise(() => undefined) : acme.store.write(key, value, options),
    });

    it('explains other sessions and sign-ins at once', async () => {
      let hung = 'none';
      const store = hanging((key) => isLog(key) && key.startsWith(hung));
      const { client, session } = await acme.signedIn({}, { store });
      const { state } = await client.begin({ session: 'another' });
      await client.explain(state);
      hung = 'log/acme/client/other';
      await client.begin({ session: 'other' });
      hung = 'flowLog/';
      await client.begin({ session: 'last' });
      // No time passes.
      expect((await session.explain()).events.map(({ what }) => what)).toEqual(['begun', 'signedIn']);
      expect((await client.explain(state)).events.map(({ what }) => what)).toEqual(['begun']);
      await acme.clock.advance(5_000);
    });

    it('explains that session and sign-in out of memory, within seconds', async () => {
      const client = acme.clientOf({}, { store: hanging(isLog) });
      const { state } = await client.begin();
      let explained = 0;
      const count = () => (explained += 1);
      const asked = [client.authorization().session.explain(), client.explain(state)];
      asked.forEach((each) => void each.then(count));
      await turns(20);
      expect(explained).toBe(0);
      await acme.clock.advance(5_000);
      for (const { events, standing } of await Promise.all(asked)) {
        expect(standing).not.toBe('unknown');
        expect(events).toMatchObject([{ what: 'begun' }]);
      }
    });

    it('closes within seconds', async () => {
      const { client } = await acme.signedIn({}, { store: hanging(isLog) });
      let closed = false;
      const closing = client.close().then(() => (closed = true));
      await acme.clock.advance(4_999);
      await turns(20);
      expect(closed).toBe(false);
      await acme.clock.advance(1);
      await closing;
    });

    it('closes within seconds while a callback is not known to be of any sign-in', async () => {
      const { state } = await acme.clientOf().begin({ boundTo: 'cookie' });
      let reads = 0;
      const store: Store = {
        ...acme.store,
        read: (key) =>
          key.startsWith('flow/') && ++reads > 1 ? new Promise(() => undefined) : acme.store.read(key),
      };
      const client = acme.clientOf({}, { store });
      const failure = await failureOf(client.complete(callbackOf(state), { boundTo: 'another' }));
      expect(failure).toMatchObject({ code: 'callback_other_user_agent' });
      await eventually(() => reads === 2);
      const closing = client.close();
      await acme.clock.advance(5_000);
      await closing;
    });

    it('writes what waited with the next entry, once, though the first write comes through later', async () => {
      let go: (() => void) | null = null;
      const store: Store = {
        ...acme.store,
        async write(key, value, options) {
          if (key === LOG && !go) await new Promise<void>((resolve) => (go = resolve));
          return acme.store.write(key, value, options);
        },
      };
      const { client, session } = await acme.signedIn({}, { store });
      await eventually(() => go !== null);
      await acme.clock.advance(5_000);
      await session.renew();
      await session.explain();
      go!();
      await turns(5);
      await session.renew();
      await client.close();
      expect((await entriesOf()).map(({ what, times = 1 }) => [what, times])).toEqual([
        ['begun', 1],
        ['signedIn', 1],
        ['renewed', 1],
        ['renewed', 1],
      ]);
    });
  });

  it('whose store never answers a read of a log explains what the record says, within seconds', async () => {
    const { client: first } = await acme.signedIn();
    await first.close();
    const store: Store = {
      ...acme.store,
      read: (key) => (isLog(key) ? new Promise(() => undefined) : acme.store.read(key)),
    };
    const client = acme.clientOf({}, { store });
    const asked = client.authorization().session.explain();
    await turns(20);
    await acme.clock.advance(5_000);
    expect(await asked).toMatchObject({
      standing: 'signedIn',
      cause: expect.stringContaining('What was recorded cannot be read: store_unavailable.'),
      events: [],
    });
  });

  it('wakes nobody who watches a session', async () => {
    const { session } = await acme.signedIn();
    const watched: string[] = [];
    const store: Store = {
      ...acme.store,
      watch(key, listener) {
        watched.push(key);
        return acme.store.watch!(key, listener);
      },
    };
    const other = (await acme.clientOf({}, { store }).session())!;
    other.subscribe(() => undefined);
    await session.renew();
    await session.explain();
    expect(watched.length).toBeGreaterThan(0);
    expect(watched.filter(isLog)).toEqual([]);
  });

  it('lets go of what came to nothing with its flow, and of a session after thirty days', async () => {
    const { client } = await acme.signedIn();
    await client.begin({ session: 'nobody' });
    await client.close();
    await acme.clock.advance(25 * 3_600_000);
    expect(Object.keys(await acme.store.dump()).filter(isLog)).toEqual([LOG]);
    await acme.clock.advance(30 * 24 * 3_600_000);
    expect(Object.keys(await acme.store.dump()).filter(isLog)).toEqual([]);
  });

  it('that is switched off writes nothing, and explanations still tell what records say', async () => {
    const { client, session } = await acme.signedIn({ flightRecorder: false });
    acme.script.push(json({ error: 'invalid_grant' }, 400));
    await failureOf(session.renew());
    expect(Object.keys(await acme.store.dump()).filter(isLog)).toEqual([]);
    expect(await acme.store.text()).not.toContain('"by"');
    expect(await session.explain()).toMatchObject({
      standing: 'needsUser',
      cause: expect.stringMatching(/no longer honours this session.*400 invalid_grant.*Nothing was recorded/),
      events: [],
    });
    await client.close();
  });

  it('is switched on or off, and nothing else', () => {
    const make = () => acme.clientOf({ flightRecorder: 'no' as unknown as boolean });
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });

  it('names a process by four letters where its runtime has no better name', async () => {
    const { session } = await acme.signedIn();
    const [{ by } = { by: '' }] = (await session.explain()).events;
    expect(by).toMatch(/^process [0-9a-v]{4}$/);
  });
});

it('what a provider left out of many scopes, or of long ones, makes no log that cannot be read', async () => {
  const scopes = Array.from({ length: 150 }, (_, at) => `scope.${at}`);
  acme.grant = { scope: 'offline' };
  const { session } = await acme.signedIn({ scopes: ['offline', 'x'.repeat(101), ...scopes] });
  const { events, cause } = await session.explain();
  expect(events.at(-1)).toMatchObject({ what: 'signedIn', missingScopes: scopes.slice(0, 100) });
  expect(cause).toContain('scope.99.');
  expect(cause).not.toContain('scope.100');
});

describe('a log that somebody planted', () => {
  const told = { token: 'refresh_token', revoked: true, code: null };
  const planted = (entry: object) => ({
    at: 1,
    by: 'process 1',
    what: 'failed',
    failure: {
      code: 'session_revoked',
      phase: 'renewal',
      retryable: false,
      retryAt: null,
      status: 400,
      error: null,
    },
    ...entry,
  });

  it.each([
    ['an escape in a name', { by: '\u001b[31mred' }],
    ['a word that is none', { what: 'CANARY' }],
    ['a code that is none', { failure: { ...planted({}).failure, code: '\u001b[2J' } }],
    ['an error that is no word', { failure: { ...planted({}).failure, error: 'CANARY token' } }],
    ['no entry', { at: 'CANARY' }],
    [
      'a book of scopes',
      { what: 'signedIn', missingScopes: Array.from({ length: 200_000 }, () => 'CANARY') },
    ],
    [
      'more revocations than tokens',
      { what: 'signedOut', revocations: Array.from({ length: 9 }, () => told) },
    ],
  ])('with %s is not shown, and not written over', async (_, entry) => {
    const { client, session } = await acme.signedIn();
    await session.explain();
    const [, stored] = Object.entries(await acme.store.dump()).find(([key]) => key === LOG)!;
    await acme.store.plant(LOG, JSON.stringify({ ...stored, entries: [planted(entry)] }));
    await session.renew();
    const explanation = await session.explain();
    expect(JSON.stringify(explanation)).not.toMatch(/CANARY|\\u001b/);
    expect(explanation.cause).toContain('What was recorded cannot be read: record_unreadable.');
    expect(explanation.events).toMatchObject([{ what: 'renewed' }]);
    await client.close();
    expect((await acme.store.dump())[LOG]).toMatchObject({ entries: [{}] });
  });

  it.each([
    ['log', 50],
    ['flowLog', 20],
  ])('as long as a %s gets is shown, and a longer one is not', async (kind, limit) => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    const explain = () => (kind === 'log' ? client.authorization().session.explain() : client.explain(state));
    await explain();
    const [key, stored] = Object.entries(await acme.store.dump()).find(([each]) =>
      each.startsWith(`${kind}/`),
    )!;
    const plant = (length: number) =>
      acme.store.plant(
        key,
        JSON.stringify({ ...stored, entries: Array.from({ length }, () => planted({})) }),
      );
    await plant(limit);
    expect((await explain()).events).toHaveLength(limit);
    await plant(limit + 1);
    const { events, cause } = await explain();
    expect(events).toEqual([]);
    expect(cause).toContain('What was recorded cannot be read: record_unreadable.');
  });

  it('with a code nobody knows, or a time there never was, is shown as far as it goes', async () => {
    const { session } = await acme.signedIn();
    await session.explain();
    const stored = (await acme.store.dump())[LOG]!;
    const failure = { ...planted({}).failure, code: 'of_tomorrow', retryAt: 8.7e15 };
    await acme.store.plant(LOG, JSON.stringify({ ...stored, entries: [planted({ failure, at: -8.7e15 })] }));
    expect((await session.explain()).events).toMatchObject([{ failure: { code: 'unexpected' } }]);
  });
});

it('no secret is in a log or an explanation, whatever a hostile server says', async () => {
  const bench = await startX();
  const canaries = new Set(['CANARY', confidentialApp.client_secret!]);
  const client = bench.clientOf({
    clientId: confidentialApp.client_id,
    clientSecret: confidentialApp.client_secret!,
  });
  const { url, state } = await client.begin({ boundTo: 'CANARY-cookie', session: 'CANARY-account' });
  canaries.add(state);
  const flow = Object.values(await bench.store.dump()).find(({ kind }) => kind === 'flow')!;
  canaries.add(flow['verifier'] as string);
  const { callbackUrl } = await consent(url);
  canaries.add(new URL(callbackUrl!).searchParams.get('code')!);
  await failureOf(client.complete(callbackUrl!, { boundTo: 'CANARY-thief' }));
  const session = await client.complete(callbackUrl!, { boundTo: 'CANARY-cookie' });
  const tokensNow = async () => {
    for (const { tokens } of Object.values(await bench.store.dump())) {
      const { accessToken, refreshToken } = (tokens ?? {}) as Record<string, string>;
      for (const token of [accessToken, refreshToken]) if (token) canaries.add(token);
    }
  };
  await tokensNow();
  await session.renew();
  await tokensNow();
  const hostile = { error: 'CANARY error', error_description: [...canaries].join(' '), title: 'CANARY' };
  const explanations = [await session.explain(), await client.explain(state)];
  await session.signOut();
  explanations.push(await session.explain());
  const logs = Object.entries(await bench.store.dump()).filter(([key]) => isLog(key));
  expect(logs).toHaveLength(2);
  await bench.close();

  acme.script.push(json(hostile, 400));
  const other = await acme.signedIn().then(
    () => null,
    (error: unknown) => error,
  );
  expect(other).not.toBeNull();
  const { client: last, session: revoked } = await acme.signedIn();
  acme.script.push(json({ ...hostile, error: 'invalid_grant' }, 400));
  await failureOf(revoked.renew());
  explanations.push(await revoked.explain());
  await last.close();
  logs.push(...Object.entries(await acme.store.dump()).filter(([key]) => isLog(key)));

  expect(logs.length).toBeGreaterThan(3);
  expect(explanations.map(({ events }) => events.length)).not.toContain(0);
  const shown = [...logs.map(([, record]) => JSON.stringify(record)), JSON.stringify(explanations)];
  for (const canary of canaries) expect(shown.filter((text) => text.includes(canary))).toEqual([]);
});

/** A store whose calls take turns of the event loop, so that processes come between each other. */
function slowly(store: Store): Store {
  return {
    ...store,
    async read(key) {
      await turns(3);
      return store.read(key);
    },
    async write(key, value, options) {
      await turns(3);
      return store.write(key, value, options);
    },
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
