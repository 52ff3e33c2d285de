import { sealed } from 'authchart';
import type { Clock, Store } from 'authchart';
import { consent, publicApp } from 'authchart/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startX } from '../client/support/x.js';

/** Where a store keeps its records, and what somebody finds who gets hold of the whole of it. */
export interface PlaceAtRest {
  readonly store: Store;
  /** All there is, as text: names, keys and values, and whatever is left of what was there before. */
  dump(): Promise<string>;
}

type OpenPlace = (clock: Clock) => PlaceAtRest | Promise<PlaceAtRest>;

const SESSION = 'canary-of-a-session-name';
const COOKIE = 'canary-of-a-cookie';
const USER = { id: '1790000000000000042', username: 'canary_username', name: 'Canary' };

/** Nothing of a session is readable where it is kept, at any moment of its life, once its store is sealed. */
export function unreadableAtRest(name: string, openPlace: OpenPlace): void {
  describe(`what a client keeps in ${name}`, () => {
    it.each([
      ['as it is', (store: Store) => store],
      ['in an encoding', encoded],
    ])('is readable %s, and would be found', async (_, protect) => {
      const { secrets, found } = await liveThrough(openPlace, protect);
      expect(found).toEqual(expect.arrayContaining([...secrets, USER.id, USER.username]));
    });

    it('is unreadable once it is sealed: tokens, verifier, account, session name, client id', async () => {
      const keys = [{ id: 'test', key: crypto.getRandomValues(new Uint8Array(32)) }];
      const { texts, secrets, found } = await liveThrough(openPlace, (store) => sealed(store, { keys }));
      expect(texts).toEqual(
        expect.arrayContaining([...secrets, USER.id, USER.username, SESSION, publicApp.client_id]),
      );
      expect(found).toEqual([]);
    });
  });
}

/** Signs in, renews and signs out; looks at the place after each write. */
async function liveThrough(openPlace: OpenPlace, protect: (store: Store) => Store) {
  const bench = await startX({ users: [USER] });
  onTestFinished(() => bench.close());
  const place = await openPlace(bench.clock);
  const dumps: string[] = [];
  const heard = overheard(protect(place.store), async () => void dumps.push(await place.dump()));
  const client = bench.clientOf({}, { store: heard.store });

  const { url, state } = await client.begin({
    session: SESSION,
    boundTo: COOKIE,
    expectedAccount: USER.id,
  });
  const session = await client.complete((await consent(url)).callbackUrl!, { boundTo: COOKIE });
  await session.renew();
  expect(await session.signOut()).toMatchObject({ cleared: true });
  // What is only told is written after the answer.
  await client.close();

  // The verifier and two pairs of tokens.
  expect(heard.secrets.size).toBe(5);
  expect(dumps.length).toBeGreaterThan(8);
  const everything = dumps.map(inEveryForm).join('\n');
  const texts = [...heard.texts, SESSION, COOKIE, state, publicApp.client_id];
  return { texts, secrets: [...heard.secrets], found: texts.filter((text) => everything.includes(text)) };
}

/** The store, and what was given to it: keys, their parts, and every text in a record. */
function overheard(store: Store, written: () => Promise<void>) {
  const texts = new Set<string>();
  const secrets = new Set<string>();
  const note = (name: string, text: unknown) => {
    // Anything shorter turns up in random text by chance.
    if (typeof text === 'string' && text.length >= 8) texts.add(text);
    if (typeof text === 'string' && /^(verifier|accessToken|refreshToken)$/.test(name)) secrets.add(text);
    return text;
  };
  const listening: Store = {
    read: (key) => store.read(key),
    remove: (key, options) => store.remove(key, options),
    lock: (key, options) => store.lock(key, options),
    async write(key, value, options) {
      for (const text of [key, ...key.split('/')]) note('key', text);
      JSON.parse(value, note);
      const result = await store.write(key, value, options);
      await written();
      return result;
    },
  };
  return { store: listening, texts, secrets };
}

/** No protection, though it looks like one. */
const encoded = (store: Store): Store => ({
  async read(key) {
    const entry = await store.read(key);
    return entry && { ...entry, value: Buffer.from(entry.value, 'base64url').toString() };
  },
  write: (key, value, options) => store.write(key, Buffer.from(value).toString('base64url'), options),
  remove: (key, options) => store.remove(key, options),
  lock: (key, options) => store.lock(key, options),
});

/** The dump as it is, and what runs of base64 in it stand for: encoding is no encryption. */
function inEveryForm(dump: string): string {
  const runs = dump.match(/[\w+/-]{16,}/g) ?? [];
  const decoded = runs.flatMap((run) =>
    [0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), 'base64').toString('latin1')),
  );
  return [dump, ...decoded].join('\n');
}
