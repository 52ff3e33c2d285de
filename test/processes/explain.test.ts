import { startEmulator } from 'authchart/testing';
import type { Emulator } from 'authchart/testing';
import type { Explanation } from 'authchart';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { storeDirectory } from '../support/store-directory.js';
import { build, run } from './support/programs.js';

beforeAll(build, 120_000);

let emulator: Emulator;
beforeEach(async () => void (emulator = await startEmulator()));
afterEach(() => emulator.close());

it('processes that share a file store tell each other what became of a session', async () => {
  const shared = { emulator, directory: (await storeDirectory()).directory };
  const first = run(
    `
      const { url, state } = await client.begin();
      const { callbackUrl } = await consent(url);
      await client.complete(callbackUrl);
      say(state);
      await client.close();
      say(process.pid);
    `,
    shared,
  );
  const state = String(await first.next());
  const firstPid = Number(await first.next());
  await first.ended;

  // Four at once: what each has done is there afterwards.
  const renewing = `
    const session = await client.session();
    say(process.pid);
    await told();
    await session.renew();
    await client.close();
  `;
  const four = Array.from({ length: 4 }, () => run(renewing, shared));
  const pids = await Promise.all(four.map((program) => program.next()));
  for (const program of four) program.tell();
  await Promise.all(four.map(({ ended }) => ended));

  const last = run(
    `
      const session = await client.session();
      await session.signOut();
      say(process.pid);
      await client.close();
    `,
    shared,
  );
  const lastPid = Number(await last.next());
  await last.ended;

  const asking = run(
    `say(await client.authorization().session.explain()); say(await client.explain(words[0]));`,
    shared,
    [state],
  );
  const session = (await asking.next()) as Explanation;
  const signIn = (await asking.next()) as Explanation;
  await asking.ended;

  expect(session.standing).toBe('signedOut');
  const who = session.events.map(({ by, what }) => `${what} ${/^process (\d+)-[0-9a-f]{4}$/.exec(by)?.[1]}`);
  expect(who.slice(0, 2)).toEqual([`begun ${firstPid}`, `signedIn ${firstPid}`]);
  expect(who.at(-1)).toBe(`signedOut ${lastPid}`);
  const renewed = who.filter((words) => words.startsWith('renewed'));
  expect(renewed.length).toBeGreaterThan(0);
  expect(renewed.length).toBe(
    emulator.requests.filter(({ form }) => form.get('grant_type') === 'refresh_token').length,
  );
  for (const words of renewed) expect(pids.map((pid) => `renewed ${String(pid)}`)).toContain(words);
  expect(signIn.events.map(({ what }) => what)).toEqual(['begun', 'signedIn']);
  expect(JSON.stringify([session, signIn])).not.toContain(state);
  for (const line of [...session.text.split('\n'), ...signIn.text.split('\n')]) {
    expect(line.length).toBeLessThanOrEqual(80);
  }
}, 60_000);
