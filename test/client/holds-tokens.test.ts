import { consent, emulatorSecret } from 'authchart/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sealed } from '../../src/adapters/sealed/sealed-store.js';
import type { Store, WriteOptions } from '../../src/services/ports.js';
import { startX } from './support/x.js';
import type { XBench } from './support/x.js';

interface Written {
  readonly key: string;
  readonly value: string;
  readonly options: WriteOptions;
}

let bench: XBench;
beforeEach(async () => void (bench = await startX()));
afterEach(() => bench.close());

/** What reaches a store in the life of a session, from the first request to the sign-out. */
async function writesOf(wrap: (store: Store) => Store): Promise<readonly Written[]> {
  const written: Written[] = [];
  const spy: Store = {
    ...bench.store,
    async write(key, value, options) {
      written.push({ key, value, options });
      return bench.store.write(key, value, options);
    },
  };
  const client = bench.clientOf({}, { store: wrap(spy) });
  const { url } = await client.begin();
  const { callbackUrl } = await consent(url);
  const session = await client.complete(callbackUrl!);
  await session.renew();
  await session.signOut();
  return written;
}

it('marks each value that holds tokens, and no other', async () => {
  const written = await writesOf((store) => store);
  for (const { key, value, options } of written)
    expect([key, value, options.holdsTokens ?? false]).toEqual([key, value, emulatorSecret.test(value)]);
  const kinds = new Set(
    written.map(({ key, options }) => `${key.split('/')[0]} ${options.holdsTokens ?? false}`),
  );
  expect([...kinds].toSorted()).toEqual([
    'begun false',
    'flow false',
    'flow true',
    'flowLog false',
    'index false',
    'log false',
    'session false',
    'session true',
  ]);
});

it('marks them under a seal too', async () => {
  const plain = (await writesOf((store) => store)).map(({ options }) => options.holdsTokens ?? false);
  await bench.close();
  bench = await startX();
  const keys = [{ id: 'a', key: new Uint8Array(32) }];
  const under = await writesOf((store) => sealed(store, { keys }));
  expect(under.map(({ options }) => options.holdsTokens ?? false)).toEqual(plain);
});
