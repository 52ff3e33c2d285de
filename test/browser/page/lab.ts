import { AuthError } from 'authchart';
import { sharedStore } from '../../../src/adapters/browser/shared-store.js';
import { webStore } from '../../../src/adapters/browser/web-store.js';
import { platformClock } from '../../../src/adapters/platform/platform.js';
import type { Lock, Store } from '../../../src/services/ports.js';
import type { Answer, Call, Lab, News } from '../support/lab.js';
import { block } from './block.js';
import { climb } from './climb.js';
import { occupy, rows } from './storage.js';

declare global {
  var lab: Lab;
  /** Given by the test. */
  function tell(news: News): void;
}

const stores = new Map<string, Store>();
const waits = new Map<string, AbortController>();
const locks = new Map<string, Lock>();
const watches = new Map<string, () => void>();

async function perform(call: Call): Promise<unknown> {
  switch (call.do) {
    case 'open': {
      const clock = { ...platformClock, now: () => platformClock.now() + call.clockAhead };
      const { kind } = call;
      stores.set(
        call.store,
        kind.is === 'web' ? webStore({ clock }) : sharedStore({ clock, name: kind.name }),
      );
      return undefined;
    }
    case 'read':
      return stores.get(call.store)!.read(call.key);
    case 'write':
      return stores.get(call.store)!.write(call.key, call.value, call.options);
    case 'remove':
      return stores.get(call.store)!.remove(call.key, call.options);
    case 'lock': {
      const wait = new AbortController();
      waits.set(call.id, wait);
      const lock = await stores.get(call.store)!.lock(call.key, { signal: wait.signal, ttl: call.ttl });
      locks.set(call.id, lock);
      const lost = () => tell({ lost: call.id });
      if (lock.lost.aborted) lost();
      else lock.lost.addEventListener('abort', lost);
      return undefined;
    }
    case 'give up':
      return waits.get(call.id)?.abort();
    case 'release':
      return locks.get(call.id)!.release();
    case 'watch': {
      const { id } = call;
      watches.set(
        id,
        stores.get(call.store)!.watch!(call.key, () => tell({ changed: id })),
      );
      return undefined;
    }
    case 'unwatch':
      return watches.get(call.id)?.();
  }
}

async function answer(json: string): Promise<Answer> {
  try {
    return { value: await perform(JSON.parse(json) as Call) };
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return { failure: error.failure };
  }
}

let allow = () => {};
let vacate = () => {};

globalThis.lab = {
  call: async (json) => JSON.stringify(await answer(json)),
  block: () => void (allow = block()),
  allow: () => allow(),
  occupy: async (name) => void (vacate = await occupy(name)),
  vacate: () => vacate(),
  climb,
  tabEntries: () => ({ ...sessionStorage }),
  rows,
};
