import { once } from 'node:events';
import { consent, publicApp, startEmulator } from 'authchart/testing';
import type { Emulator } from 'authchart/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fileStore } from '../../src/adapters/file/file-store.js';
import { systemClock } from '../services/support/protocol-ports.js';
import { storeDirectory } from '../support/store-directory.js';
import { build, run } from './support/programs.js';
import type { Shared } from './support/programs.js';

beforeAll(build, 120_000);

let emulator: Emulator;
beforeEach(async () => void (emulator = await startEmulator()));
afterEach(() => emulator.close());

const share = async (): Promise<Shared> => ({ emulator, directory: (await storeDirectory()).directory });

const begin = `say((await client.begin()).url);`;
const complete = `
  const session = await client.complete(words[0]);
  say(await session.accessToken());
`;
const callApi = `
  const session = await client.session();
  const response = await session.fetch(endpoints.usersMe);
  say([response.status, (await response.json()).data.username]);
`;

async function allowed(url: unknown): Promise<string> {
  const { callbackUrl } = await consent(String(url));
  return callbackUrl ?? '';
}

async function signedIn(shared: Shared): Promise<void> {
  const beginning = run(begin, shared);
  const callback = await allowed(await beginning.next());
  await run(complete, shared, [callback]).ended;
}

const spent = () =>
  emulator.requests.flatMap(({ form }) =>
    form.get('grant_type') === 'refresh_token' ? [form.get('refresh_token')] : [],
  );

describe('a sign-in over processes that share a file store', () => {
  it('begins in one and is completed in another', async () => {
    const shared = await share();
    const first = run(begin, shared);
    const callback = await allowed(await first.next());
    await first.ended;
    await run(complete, shared, [callback]).ended;
    const third = run(callApi, shared);
    expect(await third.next()).toEqual([200, emulator.users[0]?.username]);
    await third.ended;
    expect(emulator.counters.tokenHits).toBe(1);
  });

  it('is exchanged once when both get the callback at the same moment, and both are signed in (C4)', async () => {
    const shared = await share();
    const callback = await allowed(await run(begin, shared).next());
    const both = [0, 1].map(() => run(`say('ready'); await told(); ${complete}`, shared, [callback]));
    await Promise.all(both.map((program) => program.next()));
    for (const program of both) program.tell();
    const tokens = await Promise.all(both.map((program) => program.next()));
    await Promise.all(both.map(({ ended }) => ended));
    expect(new Set(tokens).size).toBe(1);
    expect(emulator.counters.tokenHits).toBe(1);
  });

  it('goes on in another process when the one that began is killed (Q8)', async () => {
    const shared = await share();
    const first = run(`${begin} await told();`, shared);
    const callback = await allowed(await first.next());
    first.process.kill('SIGKILL');
    await once(first.process, 'close');
    const second = run(complete, shared, [callback]);
    expect(await second.next()).toEqual(expect.any(String));
    await second.ended;
  });

  it('keeps no process that has done all of it and called the API from ending', async () => {
    const held = `
      await new Promise(setImmediate);
      const own = new Set(['PipeWrap', 'FSReqPromise', 'FSReqCallback', 'CloseReq', 'FileHandleCloseReq']);
      say(process.getActiveResourcesInfo().filter((resource) => !own.has(resource)));
    `;
    const program = run(
      `
        process.disconnect();
        const { url } = await client.begin();
        const { callbackUrl } = await consent(url);
        const session = await client.complete(callbackUrl);
        const response = await session.fetch(endpoints.usersMe);
        await response.text();
        ${held}
      `,
      await share(),
    );
    expect(await program.next()).toEqual([]);
    await program.ended;
    expect(emulator.counters).toMatchObject({ tokenHits: 1, apiHits: 1 });
  });
});

describe('a session over processes that share a file store', () => {
  it('survives restarts with the tokens that the last process got', async () => {
    const shared = await share();
    await signedIn(shared);
    for (let restart = 0; restart < 2; restart++) {
      await run(`await (await client.session()).renew();`, shared).ended;
    }
    const last = run(callApi, shared);
    expect(await last.next()).toEqual([200, emulator.users[0]?.username]);
    expect(new Set(spent()).size).toBe(2);
  });

  it('that is signed out in one is gone in the others', async () => {
    const shared = await share();
    await signedIn(shared);
    await run(`await (await client.session()).signOut();`, shared).ended;
    const other = run(`say(await client.session());`, shared);
    expect(await other.next()).toBeNull();
    expect(emulator.counters.revokeHits).toBe(2);
  });

  it('that is due when four of them ask at the same moment is renewed once (H4, H5)', async () => {
    const shared = await share();
    await signedIn(shared);
    for (let round = 1; round <= 2; round++) {
      await runOut(shared);
      const ask = `
        const session = await client.session();
        say('ready');
        await told();
        say(await session.accessToken());
      `;
      const four = Array.from({ length: 4 }, () => run(ask, shared));
      await Promise.all(four.map((program) => program.next()));
      for (const program of four) program.tell();
      const tokens = await Promise.all(four.map((program) => program.next()));
      await Promise.all(four.map(({ ended }) => ended));
      expect(new Set(tokens).size).toBe(1);
      expect(spent()).toHaveLength(round);
      expect(new Set(spent()).size).toBe(round);
    }
    const after = run(callApi, shared);
    expect(await after.next()).toEqual([200, emulator.users[0]?.username]);
  }, 40_000);
});

/** Sets the record's expiry to now, as if its time had passed. */
async function runOut({ directory }: Shared): Promise<void> {
  const store = fileStore({ directory, clock: systemClock });
  const key = `session/x/${publicApp.client_id}/default`;
  const entry = await store.read(key);
  const record = JSON.parse(entry?.value ?? '') as { tokens: { expiresAt: number } };
  record.tokens.expiresAt = systemClock.now();
  await store.write(key, JSON.stringify(record), { expected: entry?.version ?? null });
}
