import { randomBytes } from 'node:crypto';
import type { Clock, Entry, Store } from '../../services/ports.js';
import { inTime, unreadable } from './faults.js';
import type { RedisClient } from './redis-client.js';
import { READ, REMOVE, run, UNREADABLE, WRITE, type Script } from './scripts.js';

export interface EntriesOptions {
  readonly client: RedisClient;
  readonly clock: Clock;
  redisKeyOf(key: string): string;
  /** Where a change is told; `null`: nobody is told. */
  channelOf(key: string): string | null;
}

/** Compare-and-set over Redis keys, one for each entry: whatever must not be torn apart is one script. */
export function entries({
  client,
  clock,
  redisKeyOf,
  channelOf,
}: EntriesOptions): Pick<Store, 'read' | 'write' | 'remove'> {
  return {
    read: async (key) => entryOf(await answer(READ, key, []), redisKeyOf(key)),

    async write(key, value, { expected, ttl }) {
      // Not counted but random: where somebody deletes a key or the whole database, counting begins anew.
      const version = randomBytes(16).toString('base64url');
      const words = [version, JSON.stringify(value), milliseconds(ttl), channelOf(key) ?? ''];
      const reply = await answer(WRITE, key, [...words, ...(expected === null ? [] : [expected])]);
      return reply === 1 ? { written: true, version } : { written: false };
    },

    async remove(key, { expected } = {}) {
      const words = [channelOf(key) ?? '', ...(expected === undefined ? [] : [expected])];
      return (await answer(REMOVE, key, words)) === 1;
    },
  };

  async function answer(script: Script, key: string, words: string[]): Promise<unknown> {
    const redisKey = redisKeyOf(key);
    const reply = await inTime(clock, (abortSignal) =>
      // Whatever types the application's own commands are mapped to.
      run(client.withCommandOptions({ abortSignal, typeMapping: {} }), script, redisKey, words),
    );
    if (reply === UNREADABLE) throw unreadable(redisKey, 'was not written by authchart');
    return reply;
  }
}

/** Redis takes whole milliseconds within 64 bits, the present time included. What is over at once may be 0. */
function milliseconds(ttl = Infinity): string {
  if (ttl === Infinity) return '';
  return String(Math.max(0, Math.min(Math.ceil(ttl), Number.MAX_SAFE_INTEGER)) || 0);
}

function entryOf(reply: unknown, redisKey: string): Entry | undefined {
  if (reply === null) return undefined;
  const [version, text] = reply as readonly [string, string];
  const value = parsed(text);
  if (typeof value !== 'string') throw unreadable(redisKey, 'is damaged');
  return { value, version };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
