import { createTestClient, consent, publicApp, startEmulator, xAt } from 'authchart/testing';
import type { ReusePolicy } from 'authchart/testing';
import type { Sabotage } from '../worker/settings.js';
import { inWorldTime, worldClock } from '../worker/world.js';
import type { World } from '../worker/world.js';
import { isInWindow } from './accounting.js';
import { Disturbances } from './disturbances.js';
import type { ChaosLog, Interval } from './log.js';
import { nextCaller } from './next-caller.js';
import { Random } from './random.js';
import type { SharedStore } from './shared-store.js';
import { Workers } from './workers.js';
import type { WorkerReport } from './workers.js';

export interface ChaosOptions {
  readonly shared: SharedStore;
  readonly reuse: ReusePolicy;
  readonly rotations: number;
  readonly sabotage: Sabotage;
  readonly seed: number;
}

/** Fast enough not to wait for minutes, slow enough that eight processes on two cores can use a token before it runs out. */
const SPEED = 10;
const WORKERS = 8;
/** Seconds of the world. */
export const ACCESS_TOKEN_TTL = 1;
/** What workers say of a session that only a human can bring back. */
const GONE: readonly (string | null)[] = ['renewal_lost', 'session_revoked', 'no_session'];

/** Lets workers share one session and disturbs them, until the server has rotated so many refresh tokens. */
export async function runChaos(options: ChaosOptions): Promise<ChaosLog> {
  const { shared, reuse, sabotage } = options;
  const world: World = { epoch: Date.now(), speed: SPEED };
  const clock = worldClock(world);
  const emulator = await startEmulator({ now: clock.now, accessTokenTtl: ACCESS_TOKEN_TTL, reuse });
  const client = createTestClient({
    provider: xAt(emulator.endpoints),
    clientId: publicApp.client_id,
    redirectUri: publicApp.redirect_uris[0]!,
    scopes: ['users.read', 'tweet.read', 'offline.access'],
    runtime: { clock, store: inWorldTime(shared.store, world) },
  });
  const reports: WorkerReport[] = [];
  const signIns: Interval[] = [];
  let listeners: Array<(report: WorkerReport) => void> = [];
  let signingIn = Promise.resolve();

  /** The human, who comes back when told, and signs in again. */
  async function signIn(): Promise<void> {
    const from = clock.now();
    const { url } = await client.begin();
    const { callbackUrl } = await consent(url);
    await client.complete(callbackUrl ?? '');
    signIns.push({ from, to: clock.now() });
  }

  function hear(report: WorkerReport): void {
    reports.push(report);
    for (const listener of listeners) listener(report);
    if (report.event !== 'called' || !GONE.includes(report.code)) return;
    // Of several who complain of the same loss one is enough.
    signingIn = signingIn.then(() => (report.from > signIns.at(-1)!.to ? signIn() : undefined));
  }

  const nextAnnouncement = () =>
    new Promise<string>((resolve) => {
      listeners.push(({ event, worker }) => {
        if (event !== 'announced') return;
        listeners = [];
        resolve(worker);
      });
    });

  const settings = { world, store: shared.settings, endpoints: emulator.endpoints, sabotage };
  const workers = new Workers(settings, clock.now, hear);
  try {
    await signIn();
    for (let i = 0; i < WORKERS; i++) workers.start();
    const disturbances = new Disturbances({
      clock,
      random: new Random(options.seed),
      workers,
      shared,
      rotations() {
        workers.assertWell();
        return emulator.tokenRequests.filter(({ outcome }) => outcome === 'rotated').length;
      },
      nextAnnouncement,
      nextReceipt: () => nextCaller(emulator, () => workers.complaints.length > 0),
      isWindowMet() {
        workers.assertWell();
        return sabotage !== 'nothing' || workers.kills.some((kill) => isInWindow(reports, kill));
      },
    });
    await disturbances.go(options.rotations);
    await workers.finish();
    await signingIn;
    const { kills, stops } = workers;
    const { storeStops } = disturbances;
    return { kills, stops, storeStops, reports, signIns, requests: emulator.tokenRequests };
  } finally {
    workers.abandon();
    await client.close();
    await emulator.close();
  }
}
