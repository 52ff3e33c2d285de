import type { Held } from '../../services/synchronous-store.js';
import { faultOf, foreign, missing } from './faults.js';
import { WEB_STORE_PREFIX, escaped, unescaped } from './names.js';

/** Entries in the `sessionStorage` of this tab. Every function throws `store_unavailable` where it cannot be used. */
export const tabEntries = {
  get(key: string): Held | undefined {
    const text = within((storage) => storage.getItem(nameOf(key)));
    return text === null ? undefined : decode(text);
  },
  set(key: string, held: Held): void {
    within((storage) => storage.setItem(nameOf(key), encode(held)));
  },
  delete(key: string): void {
    within((storage) => storage.removeItem(nameOf(key)));
  },
  /** Of the entries that can be read. None where the storage cannot be used: looking for them must not fail. */
  *keys(): Generator<string> {
    for (const key of keysNow()) if (isReadable(key)) yield key;
  },
};

function within<Result>(act: (storage: Storage) => Result): Result {
  try {
    // Where site data are blocked, already the look at it throws.
    const storage = globalThis.sessionStorage as Storage | undefined;
    if (!storage) throw missing('sessionStorage');
    return act(storage);
  } catch (thrown) {
    throw faultOf(thrown, 'sessionStorage');
  }
}

const nameOf = (key: string) => WEB_STORE_PREFIX + escaped(key);

const encode = ({ version, expiresAt, value }: Held) =>
  JSON.stringify([version, Number.isFinite(expiresAt) ? expiresAt : null, value]);

/** Any script of the origin can write here: what does not look like ours is refused before it is used or replaced. */
function decode(text: string): Held {
  const [version, expiresAt, value] = parts(text);
  const isTime = expiresAt === null || typeof expiresAt === 'number';
  if (typeof version !== 'string' || typeof value !== 'string' || !isTime) throw foreign('sessionStorage');
  return { version, value, expiresAt: expiresAt ?? Infinity };
}

function parts(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function keysNow(): readonly string[] {
  try {
    return within((storage) => Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? ''))
      .filter((name) => name.startsWith(WEB_STORE_PREFIX))
      .map((name) => unescaped(name.slice(WEB_STORE_PREFIX.length)))
      .filter((key) => key !== undefined);
  } catch {
    return [];
  }
}

function isReadable(key: string): boolean {
  try {
    return tabEntries.get(key) !== undefined;
  } catch {
    return false;
  }
}
