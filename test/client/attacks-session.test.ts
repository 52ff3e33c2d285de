import { AuthError } from 'authchart';
import type { Session, SessionChange } from 'authchart';
import { nodeTransport } from 'authchart/node';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createActor, waitFor } from 'xstate';
import { json, text } from '../services/support/loopback-server.js';
import {
  callbackOf,
  eventually,
  failureOf,
  held,
  reached,
  reset,
  startAcme,
  whileTimePasses,
} from './support/acme.js';
import type { Acme } from './support/acme.js';
import { sessionRecord } from './support/stores.js';
import type { BenchStore } from './support/stores.js';

let acme: Acme;
beforeEach(async () => {
  acme = await startAcme();
});
afterEach(() => acme.close());

const MINUTE = 60_000;
const refused = json({ error: 'invalid_grant' }, 400);
const revoked = () => acme.sent('/revoke').map(({ body }) => new URLSearchParams(body).get('token'));
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Collects what nobody caught, in place of the test runner, until the test ends. */
function unhandledRejections(): unknown[] {
  const caught: unknown[] = [];
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => void caught.push(reason));
  onTestFinished(async () => {
    await nextTurn();
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  });
  return caught;
}

/** The store, whose next write of a session that looks right waits for `go`, before it happens. */
function gatedStore(looksRight: (value: string) => boolean) {
  const { store } = acme;
  let arrive = () => {};
  let go = () => {};
  let open = false;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const gone = new Promise<void>((resolve) => (go = resolve));
  const write: BenchStore['write'] = async (key, value, options) => {
    if (!open && key.startsWith('session/') && looksRight(value)) {
      open = true;
      arrive();
      await gone;
    }
    return store.write(key, value, options);
  };
  return { store: { ...store, write }, arrived, go: () => go() };
}

const isAnnounced = (value: string) => value.includes('"renewalId"');

/** Every change a subscriber is told of. */
function changesOf(session: Session): SessionChange[] {
  const changes: SessionChange[] = [];
  const unsubscribe = session.subscribe((change) => void changes.push(change));
  onTestFinished(unsubscribe);
  return changes;
}

describe('an inspect hook that throws', () => {
  const hooks = {
    function: (told: () => void) => () => {
      told();
      throw new Error('devtools');
    },
    observer: (told: () => void) => ({
      next() {
        told();
        throw new Error('devtools');
      },
    }),
  };

  it.each(['function', 'observer'] as const)(
    'as a %s breaks neither sign-in nor renewal, and its errors reach the process (Q9)',
    async (kind) => {
      const caught = unhandledRejections();
      let told = 0;
      const { client, session } = await acme.signedIn({ inspect: hooks[kind](() => void told++) });
      expect(await session.accessToken()).toBe('access-token-1');
      await session.renew();
      expect(await session.accessToken()).toBe('access-token-2');
      expect(await sessionRecord(acme.store)).toMatchObject([
        {},
        { journal: null, tokens: { refreshToken: 'refresh-token-2' } },
      ]);
      expect(await session.signOut()).toMatchObject({ cleared: true });
      await client.close();
      await nextTurn();
      expect(told).toBeGreaterThan(10);
      expect(caught).toHaveLength(told);
      expect(caught.every((error) => error instanceof Error && error.message === 'devtools')).toBe(true);
    },
  );
});

describe('a subscriber that throws when it is first called', () => {
  it('throws to its caller and holds nothing (Q9)', async () => {
    let watching = 0;
    const { store } = acme;
    const watch: NonNullable<BenchStore['watch']> = (key, listener) => {
      const stop = store.watch!(key, listener);
      watching++;
      return () => {
        watching--;
        stop();
      };
    };
    const { session } = await acme.signedIn({}, { store: { ...store, watch } });
    const subscribe = () =>
      session.subscribe(() => {
        throw new Error('listener');
      });
    expect(subscribe).toThrow('listener');
    await eventually(() => watching === 0);
    const stop = session.subscribe(() => {});
    await eventually(() => watching === 1);
    expect(subscribe).toThrow('listener');
    await session.renew();
    expect(watching).toBe(1);
    stop();
    await eventually(() => watching === 0);
    expect(await session.accessToken()).toBe('access-token-2');
  });
});

describe('a sign-out that the store was not told of', () => {
  it('leaves the session alone that another client signs in meanwhile (I6)', async () => {
    let down = false;
    const unless =
      <Input extends unknown[], Output>(call: (...input: Input) => Promise<Output>) =>
      async (...input: Input) => {
        if (down) throw new AuthError('store_unavailable');
        return call(...input);
      };
    const { store } = acme;
    const broken = { ...store, read: unless(store.read), write: unless(store.write) };
    const { client, session } = await acme.signedIn({}, { store: broken });
    down = true;
    expect(await session.signOut()).toMatchObject({ cleared: false });
    await acme.clock.advance(1);
    const { session: anew } = await acme.signedIn();
    expect(await anew.accessToken()).toBe('access-token-2');
    down = false;
    for (let seconds = 0; seconds < 30; seconds++) {
      await acme.clock.advance(1_000);
      await nextTurn();
    }
    await client.close();
    expect(await anew.accessToken()).toBe('access-token-2');
    expect(revoked()).toEqual(['refresh-token-1', 'access-token-1']);
    expect(await sessionRecord(acme.store)).toMatchObject([
      {},
      { status: 'live', tokens: { accessToken: 'access-token-2' } },
    ]);
  });
});

describe('a 503 at renewal', () => {
  const edge = text('<html>upstream timed out', 503, { 'content-type': 'text/html' });

  it('of an edge says nothing: the token is not sent again while the access token works (G4)', async () => {
    const { session } = await acme.signedIn();
    acme.script.push(edge);
    expect(await failureOf(session.renew())).toMatchObject({ code: 'outcome_unknown', phase: 'renewal' });
    expect(changesOf(session)).toMatchObject([{ status: 'stale', failure: { code: 'outcome_unknown' } }]);
    await failureOf(session.renew());
    await acme.clock.advance(30 * MINUTE);
    expect(await session.accessToken()).toBe('access-token-1');
    expect(acme.spent()).toHaveLength(1);
    await acme.clock.advance(30 * MINUTE);
    expect(await session.accessToken()).toBe('access-token-2');
  });

  it.each([
    ['JSON', json({ title: 'Service Unavailable' }, 503)],
    ['Retry-After', text('<html>', 503, { 'content-type': 'text/html', 'retry-after': '1' })],
  ])('with %s is of the server: it turned the token away (G4)', async (_, answer) => {
    const { session } = await acme.signedIn();
    acme.script.push(answer);
    expect(await failureOf(session.renew())).toMatchObject({ code: 'provider_busy' });
    expect(await session.renew()).toMatchObject({ standing: 'fresh' });
    expect(acme.spent()).toEqual(['refresh-token-1', 'refresh-token-1']);
  });
});

describe('an access token of unknown lifetime, its renewal lost', () => {
  async function lost() {
    acme.grant = { expires_in: undefined };
    const { session } = await acme.signedIn();
    acme.script.push(reset);
    expect(await failureOf(session.renew())).toMatchObject({ code: 'outcome_unknown' });
    await failureOf(session.renew());
    expect(await session.accessToken()).toBe('access-token-1');
    expect(acme.spent()).toHaveLength(1);
    acme.api.push(json({}, 401));
    return session;
  }

  it('is renewed again once the API refuses it (H7)', async () => {
    const session = await lost();
    expect((await session.fetch(`${acme.origin}/api`)).status).toBe(200);
    expect(acme.spent()).toEqual(['refresh-token-1', 'refresh-token-1']);
    expect(acme.sent('/api').at(-1)!.headers.authorization).toBe('Bearer access-token-2');
  });

  it('ends typed if that is refused, and asks no more (H7)', async () => {
    const session = await lost();
    acme.script.push(refused);
    expect(await failureOf(session.fetch(`${acme.origin}/api`))).toMatchObject({ code: 'renewal_lost' });
    expect(await failureOf(session.fetch(`${acme.origin}/api`))).toMatchObject({ code: 'renewal_lost' });
    expect(acme.spent()).toHaveLength(2);
  });
});

describe('unsubscribing', () => {
  it('twice ends nobody else', async () => {
    const { session } = await acme.signedIn();
    const stop = session.subscribe(() => {});
    const changes = changesOf(session);
    await reached(session, 'fresh');
    await nextTurn();
    changes.length = 0;
    stop();
    stop();
    await session.renew();
    expect(changes.map(({ status }) => status)).toEqual(['renewing', 'fresh']);
  });

  it('twice leaves a caller who waits for a token his actor', async () => {
    const { session } = await acme.signedIn();
    const stop = session.subscribe(() => {});
    const slow = held(json({ token_type: 'bearer', access_token: 'late', expires_in: 3600 }));
    acme.script.push(slow.answer);
    const renewing = session.renew();
    await slow.arrived;
    stop();
    stop();
    slow.go();
    expect(await renewing).toMatchObject({ standing: 'fresh' });
    expect(await session.accessToken()).toBe('late');
  });
});

describe('a transport that cannot begin', () => {
  async function renewalThrough(transport: ReturnType<typeof nodeTransport>) {
    const { session } = await acme.signedIn();
    const client = acme.clientOf({}, { transport });
    const elsewhere = (await client.session())!;
    const failure = await failureOf(elsewhere.renew());
    expect(await sessionRecord(acme.store)).toMatchObject([{}, { status: 'live', journal: null }]);
    expect(acme.spent()).toHaveLength(0);
    expect(await session.renew()).toMatchObject({ standing: 'fresh' });
    return failure;
  }

  it('because it is closed fails a renewal as not sent, and takes the announcement back', async () => {
    const transport = nodeTransport();
    await transport.close();
    expect(await renewalThrough(transport)).toMatchObject({ code: 'client_closed' });
  });

  it('for its proxy setting fails a renewal as not sent, and takes the announcement back', async () => {
    const before = process.env['HTTP_PROXY'];
    const beforeLower = process.env['http_proxy'];
    onTestFinished(() => {
      for (const [name, value] of [
        ['HTTP_PROXY', before],
        ['http_proxy', beforeLower],
      ] as const) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });
    const { client } = await acme.signedIn();
    await client.close();
    const transport = nodeTransport();
    delete process.env['http_proxy'];
    process.env['HTTP_PROXY'] = 'http://user:p-CANARY-w@:not a port';
    const elsewhere = (await acme.clientOf({}, { transport }).session())!;
    const failure = await failureOf(elsewhere.renew());
    expect(failure).toMatchObject({ code: 'invalid_option' });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('CANARY');
    expect(await sessionRecord(acme.store)).toMatchObject([{}, { status: 'live', journal: null }]);
    expect(acme.spent()).toHaveLength(0);
    expect(await elsewhere.accessToken()).toBe('access-token-1');
  });
});

describe('a session without a refresh token', () => {
  it('cannot be renewed, says so, and goes on working', async () => {
    acme.grant = { refresh_token: undefined };
    const { session } = await acme.signedIn();
    const changes = changesOf(session);
    expect(await failureOf(session.renew())).toMatchObject({ code: 'session_expired' });
    expect(await session.accessToken()).toBe('access-token-1');
    expect(await failureOf(session.renew())).toMatchObject({ code: 'session_expired' });
    expect(changes.at(-1)).toMatchObject({ status: 'fresh', info: { standing: 'fresh' } });
    expect(changes.every(({ status }) => status === 'fresh' || status === 'restoring')).toBe(true);
    expect(acme.spent()).toHaveLength(0);
  });

  it('stays fresh in an actor that is told to renew it', async () => {
    acme.grant = { refresh_token: undefined };
    const { client } = await acme.signedIn();
    const actor = createActor(client.machine, { input: { session: 'default' } }).start();
    actor.send({ type: 'session.restore' });
    await waitFor(actor, (snapshot) => snapshot.matches({ authorized: 'fresh' }));
    actor.send({ type: 'session.renew' });
    expect(actor.getSnapshot().matches({ authorized: 'fresh' })).toBe(true);
    actor.stop();
  });
});

describe('a renewal that was announced but never sent', () => {
  /** A client whose actor went away while its announcement was being written. */
  async function announced() {
    const gate = gatedStore(isAnnounced);
    const { client, session } = await acme.signedIn({}, { store: gate.store });
    const actor = createActor(client.machine, { input: { session: 'default' } }).start();
    actor.subscribe((snapshot) => {
      if (snapshot.matches({ authorized: 'fresh' })) actor.send({ type: 'session.renew' });
    });
    actor.send({ type: 'session.restore' });
    await gate.arrived;
    actor.stop();
    gate.go();
    await eventually(async () => (await sessionRecord(acme.store))[1]['journal'] !== null);
    expect(acme.spent()).toHaveLength(0);
    return session;
  }

  it('does not block the next renewal of its process (H7)', async () => {
    const session = await announced();
    expect(await whileTimePasses(acme.clock, session.renew())).toMatchObject({ standing: 'fresh' });
    expect(acme.spent()).toEqual(['refresh-token-1']);
    expect(await session.accessToken()).toBe('access-token-2');
  });

  it('does not make a later refusal look like a lost answer (H7)', async () => {
    const session = await announced();
    acme.script.push(refused);
    expect(await whileTimePasses(acme.clock, failureOf(session.renew()))).toMatchObject({
      code: 'session_revoked',
    });
  });

  /** The provider turned the token away, and the store could not be told. */
  async function turnedAway() {
    const { session } = await acme.signedIn();
    acme.script.push((request, response) => {
      acme.store.down = (method, key) => method === 'write' && key.startsWith('session/');
      text('', 429, { 'retry-after': '1' })(request, response);
    });
    expect(await failureOf(session.renew())).toMatchObject({ retryable: true });
    acme.store.down = () => false;
    expect(await sessionRecord(acme.store)).toMatchObject([{}, { journal: { attempt: 1 } }]);
    return session;
  }

  it('does not block the next renewal if it could not be taken back (H7)', async () => {
    const session = await turnedAway();
    expect(await session.renew()).toMatchObject({ standing: 'fresh' });
    expect(acme.spent()).toEqual(['refresh-token-1', 'refresh-token-1']);
  });

  it('does not make a later refusal look lost if it could not be taken back (H7)', async () => {
    const session = await turnedAway();
    acme.script.push(refused);
    expect(await failureOf(session.renew())).toMatchObject({ code: 'session_revoked' });
  });
});

describe('a subscriber', () => {
  it('does not hear of the announcements of another process: its backoff goes on (G5)', async () => {
    const { session } = await acme.signedIn();
    const changes = changesOf(session);
    acme.script.push(text('', 503, { 'retry-after': '120' }));
    await failureOf(session.renew());
    expect(changes.at(-1)).toMatchObject({ status: 'stale' });
    const heard = changes.length;
    const [key, record] = await sessionRecord(acme.store);
    for (const journal of [{ renewalId: 'theirs', token: 'a', attempt: 1, startedAt: 0 }, null]) {
      await acme.store.plant(key, JSON.stringify({ ...record, journal }));
      for (let turn = 0; turn < 5; turn++) await nextTurn();
    }
    await acme.clock.advance(119_000);
    expect(changes).toHaveLength(heard);
    expect(acme.spent()).toHaveLength(1);
    await acme.clock.advance(1_000);
    await reached(session, 'fresh');
    expect(acme.spent()).toHaveLength(2);
  });

  it('keeps its session when the store cannot be read after a change', async () => {
    const { session } = await acme.signedIn();
    const changes = changesOf(session);
    await reached(session, 'fresh');
    changes.length = 0;
    const [key, record] = await sessionRecord(acme.store);
    let asked = 0;
    acme.store.down = (method) => {
      if (method === 'read') asked++;
      return method === 'read';
    };
    const { store } = acme;
    const entry = JSON.stringify({ ...record, tokens: { ...(record['tokens'] as object), obtainedAt: 1 } });
    const version = session.info()!.version;
    expect(await store.write(key, entry, { expected: version })).toMatchObject({ written: true });
    await eventually(() => asked > 0);
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    acme.store.down = () => false;
    expect(changes).toEqual([]);
    expect(await session.accessToken()).toBe('access-token-1');
  });
});

describe('tokens that are only in memory', () => {
  it('are saved at close if the store is back', async () => {
    const { client, session } = await acme.signedIn();
    acme.script.push((request, response) => {
      acme.store.down = (method, key) => method === 'write' && key.startsWith('session/');
      json({
        token_type: 'bearer',
        expires_in: 3600,
        access_token: 'only-here',
        refresh_token: 'only-here-too',
      })(request, response);
    });
    await session.renew().catch(() => undefined);
    expect(await session.accessToken()).toBe('only-here');
    expect(await acme.store.text()).not.toContain('only-here');
    acme.store.down = () => false;
    await client.close();
    expect(await sessionRecord(acme.store)).toMatchObject([
      {},
      { status: 'live', tokens: { accessToken: 'only-here', refreshToken: 'only-here-too' } },
    ]);
    const next = (await acme.clientOf().session())!;
    expect(await next.accessToken()).toBe('only-here');
  });

  it('of a sign-in are saved at close too', async () => {
    const client = acme.clientOf();
    const { state } = await client.begin();
    acme.store.down = (method) => method === 'write' && acme.sent('/token').length > 0;
    const session = await client.complete(callbackOf(state));
    expect(await session.accessToken()).toBe('access-token-1');
    expect(await acme.store.text()).not.toContain('access-token-1');
    acme.store.down = () => false;
    await client.close();
    expect(await (await acme.clientOf().session())!.accessToken()).toBe('access-token-1');
    expect(acme.sent('/token')).toHaveLength(1);
  });
});

it('an actor that the application made does not keep close() from ending', async () => {
  const { client } = await acme.signedIn();
  const actor = createActor(client.machine, { input: { session: 'default' } }).start();
  actor.send({ type: 'session.restore' });
  await waitFor(actor, (snapshot) => snapshot.matches({ authorized: 'fresh' }));
  await client.close();
  actor.stop();
});

it('many sessions that are held at once draw no warning from the runtime', async () => {
  const warnings: string[] = [];
  const warned = ({ name }: Error) => void warnings.push(name);
  process.on('warning', warned);
  onTestFinished(() => void process.off('warning', warned));
  const client = acme.clientOf();
  const tokens = { access_token: 'token', refresh_token: 'refresh', expires_in: 3600 };
  const names = Array.from({ length: 30 }, (_, at) => `session-${at}`);
  const sessions = await Promise.all(names.map((session) => client.adopt(tokens, { session })));
  const stops = sessions.map((session) => session.subscribe(() => {}));
  await nextTurn();
  for (const stop of stops) stop();
  expect(warnings).toEqual([]);
});

describe('a sign-in whose session could not be written', () => {
  async function unsaved(options: { expectedAccount?: string } = {}) {
    const client = acme.clientOf();
    const { state } = await client.begin(options);
    acme.store.down = (method, key) => method === 'write' && key.startsWith('session/');
    const session = await client.complete(callbackOf(state));
    expect(session.info()).toMatchObject({ standing: 'unsaved' });
    return session;
  }

  it('gives way to the one of another process, and goes on with that', async () => {
    const session = await unsaved();
    acme.store.down = () => false;
    const other = acme.clientOf();
    const { state } = await other.begin();
    const newer = await other.complete(callbackOf(state, 'code-2'));
    await acme.clock.advance(10_000);
    await eventually(() => session.info()?.standing === 'fresh');
    expect(await session.accessToken()).toBe(await newer.accessToken());
    expect(await (await acme.clientOf().session())?.accessToken()).toBe(await newer.accessToken());
  });

  it('still knows whose account it is once it is saved', async () => {
    acme.api.push(json({ id: 'alice', username: 'alice' }));
    const session = await unsaved({ expectedAccount: 'alice' });
    acme.store.down = () => false;
    await acme.clock.advance(10_000);
    await eventually(() => session.info()?.standing === 'fresh');
    expect(session.info()?.account).toMatchObject({ id: 'alice' });
  });
});
