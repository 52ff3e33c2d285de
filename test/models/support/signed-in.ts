import type { Session } from 'authchart';
import type { Process } from '../../properties/support/world.js';
import type { Stage, Task } from './stage.js';

export type Holder = readonly [Process, Session];

/** Processes that know one session, whose access token has run out. */
export async function signedIn(stage: Stage, count: number): Promise<Holder[]> {
  const { provider, clock } = stage.world;
  const { access, refresh } = provider.grant(clock.now(), { lifetime: 0 });
  const tokens = { access_token: access.value, refresh_token: refresh.value, expires_in: 0 };
  const processes = Array.from({ length: count }, () => stage.start());
  await processes[0]!.client.adopt(tokens);
  return Promise.all(
    processes.map(async (process): Promise<Holder> => [process, (await process.client.session())!]),
  );
}

interface SessionRecord {
  readonly status: string;
  readonly tokens?: { readonly accessToken: string; readonly refreshToken: string };
  readonly journal?: unknown;
  readonly failure?: { readonly code: string };
}

/** The only session record there is. */
export const sessionRecord = ({ world }: Stage) =>
  JSON.parse(world.store.textOf('session/')) as SessionRecord;

/** What becomes of a call when it is all over. Who was told that the store is down asks once more. */
export async function inTheEnd(
  { world }: Stage,
  { outcome }: Task<string>,
  again: () => Promise<string>,
): Promise<string> {
  if (outcome !== 'store_unavailable' || world.store.faults === 0) return outcome ?? 'nothing';
  const { value, failed } = await world.finish(again);
  return value ?? failed.code;
}
