import type { Client } from 'authchart';
import { consent } from 'authchart/testing';

/** A session that somebody follows, so that its machine runs on. */
export async function followedSession(client: Client) {
  const { url } = await client.begin();
  const session = await client.complete((await consent(url)).callbackUrl!);
  const statuses: string[] = [];
  session.subscribe(({ status }) => statuses.push(status));
  return { session, statuses };
}
