import fc from 'fast-check';
import type { Scheduler } from 'fast-check';
import type { Session } from 'authchart';
import { drive } from './schedule.js';
import { callbackOf } from './world.js';
import type { Process, World } from './world.js';

export type Deed = 'complete' | 'complete another' | 'use' | 'renew' | 'sign out' | 'look';

export interface Act {
  readonly deed: Deed;
  /** Whether what comes next waits for its end. */
  readonly waits: boolean;
}

/** What one process does, one thing after the other. If it dies on the way, its successor goes on. */
export interface Part {
  readonly acts: readonly Act[];
  readonly diesAtStep: number | null;
}

const deeds: readonly Deed[] = [
  'complete',
  'complete another',
  'use',
  'use',
  'renew',
  'renew',
  'sign out',
  'look',
];
const act = fc.record({ deed: fc.constantFrom(...deeds), waits: fc.boolean() });
const someActs = fc.array(act, { minLength: 1, maxLength: 5 });
const signIn: Act = { deed: 'complete', waits: true };

/** Two processes, of which one may die. The other signs in first, or nothing else could happen. */
export const twoParts: fc.Arbitrary<readonly [Part, Part]> = fc.tuple(
  fc.record({ acts: someActs, diesAtStep: fc.option(fc.nat(50)) }),
  fc.record({ acts: someActs.map((rest) => [signIn, ...rest]), diesAtStep: fc.constant(null) }),
);

/** So many callbacks that have come back from the provider. */
export async function callbacks(scheduler: Scheduler, world: World, count: number): Promise<string[]> {
  const { client } = world.start();
  const urls: string[] = [];
  for (let index = 0; index < count; index++) {
    const beginning = client.begin();
    await drive(scheduler, world, beginning, 0);
    const { value: code, state } = world.provider.consent((await beginning).url);
    world.provider.deliver(state, code);
    urls.push(callbackOf({ code, state }));
  }
  return urls;
}

/** All parts at once, in the scheduler's order. Afterwards everybody who lives uses the session once more. */
export async function play(
  scheduler: Scheduler,
  world: World,
  parts: readonly Part[],
  urls: readonly string[],
): Promise<Process[]> {
  const performing = Promise.all(parts.map((part) => perform(world, part, urls)));
  await drive(scheduler, world, performing);
  const processes = await performing;
  await world.clock.advance(5_000);
  await drive(
    scheduler,
    world,
    Promise.all(processes.map((process) => living(process, use(world, process)))),
    0,
  );
  return processes;
}

async function perform(world: World, { acts, diesAtStep }: Part, urls: readonly string[]): Promise<Process> {
  let process = world.start();
  if (diesAtStep !== null) process.life.dieIn(diesAtStep);
  let under: Promise<unknown>[] = [];
  for (const { deed, waits } of acts) {
    const work = living(process, doing(world, process, deed, urls));
    under.push(work);
    if (waits) await work;
    if (process.life.alive) continue;
    world.kill(process);
    [process, under] = [world.start(), []];
  }
  await Promise.all(under);
  return process;
}

/** Until it is done or its process is dead. Anything may be refused: what counts is what the world has seen. */
const living = ({ life }: Process, work: Promise<unknown>) =>
  Promise.race([work.catch(() => null), life.over]);

async function doing(
  world: World,
  process: Process,
  deed: Deed,
  [url, another]: readonly string[],
): Promise<void> {
  switch (deed) {
    case 'complete':
      return keep(world, process, await process.client.complete(url!));
    case 'complete another':
      return keep(world, process, await process.client.complete(another!));
    case 'look':
      return keep(world, process, await process.client.session());
    case 'use':
      return use(world, process);
    case 'renew':
      await process.session?.renew();
      return use(world, process);
    case 'sign out': {
      // What was signed in meanwhile is another matter.
      const grants = world.grantsInStore();
      const report = await process.session?.signOut();
      if (report) world.signedOut(process, report.cleared, grants);
    }
  }
}

function keep(world: World, process: Process, session: Session | null): void {
  process.session = session ?? process.session;
  if (session) world.signedIn();
}

async function use(world: World, process: Process): Promise<void> {
  keep(world, process, process.session ?? (await process.client.session()));
  const token = await process.session?.accessToken();
  if (token !== undefined) world.handedOut(process, token);
}
