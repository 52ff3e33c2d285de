import { createClient, type RedisClientOptions } from 'redis';
import { onTestFinished } from 'vitest';

export type Options = Omit<RedisClientOptions, 'RESP'> & { readonly RESP?: 2 | 3 };

/** A connected client, for the length of a test. */
export async function redisClient(url: string, options: Options = {}) {
  const client = createClient({ ...(options as RedisClientOptions), url });
  client.on('error', () => undefined);
  onTestFinished(() => {
    if (client.isOpen) client.destroy();
  });
  await client.connect();
  return client;
}

export type Client = Awaited<ReturnType<typeof redisClient>>;

/** All keys that begin so, sorted. */
export async function keysOf(client: Client, prefix: string): Promise<string[]> {
  const keys = new Set<string>();
  for await (const found of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1_000 }))
    for (const key of found) keys.add(key);
  return [...keys].toSorted();
}
