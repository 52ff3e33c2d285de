import fc from 'fast-check';
import type { Scheduler } from 'fast-check';
import type { Session } from 'authchart';
import { drive } from './schedule.js';
import { callbackOf } from './world.js';
import type { Process, World } from './world.js';

type Act = 'complete' | 'complete another' | 'use' | 'renew' | 'sign out' | 'look';

/** What one process does, one thing after the other. If it dies on the way, its successor goes on. */
export interface Part {
  readonly acts: readonly Act[];
  readonly diesAtStep: number | null;
}

const acts: readonly Act[] = ['complete', 'complete another', 'use', 'use', 'renew', 'sign out', 'look'];
const someActs = fc.array(fc.constantFrom(...acts), { minLength: 1, maxLength: 5 });

/** Two processes, of which one may die. The other signs in first, or nothing else could happen. */
export const twoParts: fc.Arbitrary<readonly [Part, Part]> = fc.tuple(
  fc.record({ acts: someActs, diesAtStep: fc.option(fc.nat(50)) }),
  fc.record({ acts: someActs.map((rest): Act[] => ['complete', ...rest]), diesAtStep: fc.constant(null) }),
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
  for (const act of acts) {
    await living(process, doing(world, process, act, urls));
    if (process.life.alive) continue;
    world.kill(process);
    process = world.start();
  }
  return process;
}

/** Until it is done or its process is dead. Anything may be refused: what counts is what the world has seen. */
const living = ({ life }: Process, work: Promise<unknown>) =>
  Promise.race([work.catch(() => null), life.over]);

async function doing(
  world: World,
  process: Process,
  act: Act,
  [url, another]: readonly string[],
): Promise<void> {
  switch (act) {
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
