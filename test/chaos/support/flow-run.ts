import { setTimeout as delay } from 'node:timers/promises';
import { consent, startEmulator } from 'authchart/testing';
import type { Emulator, EmulatorUser } from 'authchart/testing';
import type { FlowOutcome } from '../worker/flow-messages.js';
import type { WorkerSettings } from '../worker/settings.js';
import { worldClock } from '../worker/world.js';
import type { World } from '../worker/world.js';
import { FlowProcess } from './flow-process.js';
import { nextCaller } from './next-caller.js';
import type { Random } from './random.js';
import type { SharedStore } from './shared-store.js';

/** Processes of each kind: those that begin never complete, and the other way round. */
const PROCESSES = 4;
/** Flows under way at a time. */
const AT_ONCE = 24;

/** One sign-in, and what became of each delivery of its callback. */
export interface Flow {
  readonly session: string;
  readonly outcomes: readonly FlowOutcome[];
  /** Of a callback that came from another user agent. */
  readonly stranger: FlowOutcome;
}

export interface FlowsRun {
  readonly flows: readonly Flow[];
  readonly requests: Emulator['tokenRequests'];
  readonly kills: number;
}

interface FlowsOptions {
  readonly shared: SharedStore;
  readonly count: number;
  readonly random: Random;
  /** Kills, one after the other, of whoever has just sent a code. */
  readonly kills: number;
  /** Of the world's time: a claim whose process is dead is waited out for a whole grace. */
  readonly speed: number;
}

const userOf = (index: number): EmulatorUser => ({
  id: String(1_790_000_000_000_000_000n + BigInt(index)),
  username: `user_${index}`,
  name: `User ${index}`,
});

/** Begins sign-ins in one process and delivers each callback three times at once, to three others. */
export async function runFlows({ shared, count, random, kills, speed }: FlowsOptions): Promise<FlowsRun> {
  const world: World = { epoch: Date.now(), speed };
  const users = Array.from({ length: count }, (_, index) => userOf(index));
  const emulator = await startEmulator({ now: worldClock(world).now, codeTtl: 3_600, users });
  const settings = (name: string): WorkerSettings => ({
    name,
    world,
    store: shared.settings,
    endpoints: emulator.endpoints,
    sabotage: 'nothing',
  });
  const start = (kind: string) =>
    Array.from({ length: PROCESSES }, (_, i) => new FlowProcess(settings(`${kind}-${i}`)));
  const [beginners, completers] = [start('beginner'), start('completer')];
  let [killed, done] = [0, 0];

  /** Until somebody has lived long enough to answer. */
  async function deliver(to: number, callbackUrl: string, boundTo: string): Promise<FlowOutcome> {
    for (let next = to; ; next++) {
      const outcome = await completers[next % PROCESSES]!.perform({ task: 'complete', callbackUrl, boundTo });
      if (outcome) return outcome;
    }
  }

  async function run(index: number): Promise<Flow> {
    const [session, boundTo] = [`session-${index}`, `cookie-${index}`];
    const begun = await beginners[index % PROCESSES]!.perform({ task: 'begin', session, boundTo });
    if (begun?.outcome !== 'begun') throw new Error(`It did not begin: ${JSON.stringify(begun)}`);
    const { callbackUrl } = await consent(begun.url, { user: users[index]!.id });
    const processes = random.shuffled(completers.map((_, position) => position));
    const [stranger, outcomes] = await Promise.all([
      deliver(processes[3]!, callbackUrl!, `cookie-${index + 1}`),
      Promise.all(processes.slice(0, 3).map((position) => deliver(position, callbackUrl!, boundTo))),
    ]);
    done++;
    return { session, outcomes, stranger };
  }

  async function killSome(): Promise<void> {
    while (killed < kills && done < count) {
      await delay(random.between(50, 300));
      const sender = await nextCaller(emulator, () => done === count);
      await delay(random.between(0, 4));
      const victim = completers.findIndex(({ name }) => name === sender);
      if (victim === -1) continue;
      const next = new FlowProcess(settings(`completer-${PROCESSES + killed++}`));
      await completers.splice(victim, 1, next)[0]?.kill();
    }
  }

  try {
    const flows: Flow[] = [];
    let next = 0;
    const lane = async () => {
      while (next < count) flows.push(await run(next++));
    };
    await Promise.all([killSome(), ...Array.from({ length: Math.min(AT_ONCE, count) }, lane)]);
    return { flows, requests: emulator.tokenRequests, kills: killed };
  } finally {
    await Promise.all([...beginners, ...completers].map((each) => each.kill()));
    await emulator.close();
  }
}
