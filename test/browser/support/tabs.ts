import { AuthError } from 'authchart';
import type { BrowserContext, Page } from 'playwright-core';
import type { Lock, Store } from '../../../src/services/ports.js';
import type { Answer, Call, Kind, Lab, News } from './lab.js';

declare global {
  var lab: Lab;
}

/** A real tab, and the stores in it as if they were here. */
export interface Tab {
  readonly page: Page;
  open(kind: Kind, options?: { readonly clockAhead?: number }): Promise<Required<Store>>;
}

export async function openTab(context: BrowserContext, address: string): Promise<Tab> {
  const page = await context.newPage();
  const told = new Map<string, () => void>();
  await page.exposeFunction('tell', (news: News) => told.get('lost' in news ? news.lost : news.changed)?.());
  await page.goto(address);
  return {
    page,
    async open(kind, { clockAhead = 0 } = {}) {
      const store = crypto.randomUUID();
      await ask(page, { do: 'open', store, kind, clockAhead });
      return storeIn(page, store, told);
    },
  };
}

export async function ask(page: Page, call: Call): Promise<unknown> {
  const json = await page.evaluate((json) => lab.call(json), JSON.stringify(call));
  const answer = JSON.parse(json) as Answer;
  if ('failure' in answer) throw AuthError.from(answer.failure);
  return answer.value;
}

function storeIn(page: Page, store: string, told: Map<string, () => void>): Required<Store> {
  const later = (call: Call) => void ask(page, call).catch(() => undefined);
  return {
    read: async (key) => (await ask(page, { do: 'read', store, key })) as Awaited<ReturnType<Store['read']>>,
    write: async (key, value, options) =>
      (await ask(page, { do: 'write', store, key, value, options })) as Awaited<ReturnType<Store['write']>>,
    remove: async (key, options = {}) => (await ask(page, { do: 'remove', store, key, options })) as boolean,
    async lock(key, { signal, ttl }): Promise<Lock> {
      if (signal.aborted) throw new AuthError('cancelled');
      const id = crypto.randomUUID();
      const lost = new AbortController();
      told.set(id, () => lost.abort());
      const giveUp = () => later({ do: 'give up', id });
      const held = ask(page, { do: 'lock', store, key, id, ttl });
      signal.addEventListener('abort', giveUp, { once: true });
      await held.finally(() => signal.removeEventListener('abort', giveUp));
      return { lost: lost.signal, release: async () => void (await ask(page, { do: 'release', id })) };
    },
    watch(key, listener) {
      const id = crypto.randomUUID();
      told.set(
        id,
        () =>
          void Promise.resolve()
            .then(listener)
            .catch(() => undefined),
      );
      later({ do: 'watch', store, key, id });
      return () => {
        told.delete(id);
        later({ do: 'unwatch', id });
      };
    },
  };
}
