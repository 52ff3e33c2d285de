import { createWorld } from '../../properties/support/world.js';
import type { Process, World } from '../../properties/support/world.js';
import type { Life, Step } from '../../properties/support/process.js';
import type { Director } from './explore.js';
import { createLock } from './lock.js';
import { createMoves } from './moves.js';
import { createSteps } from './steps.js';

type WorldSettings = NonNullable<Parameters<typeof createWorld>[0]>;

export interface StageSettings extends Pick<WorldSettings, 'tamper' | 'locks'> {
  /** Milliseconds of a stall; less than a process may stand still, if not given. */
  readonly stall?: number;
  /** How many processes faults may strike, counted from the first: one, where all do the same. */
  readonly unlucky?: number;
}

/** What a process was asked to do, and what came of it: its value, or the code of its error. */
export interface Task<Result> {
  readonly process: Process;
  outcome: Result | string | undefined;
}

const STALL = 10_000;
const PATIENCE = 30 * 60_000;

/** A world in which a director decides on every step. */
export function createStage(
  director: Director,
  { stall = STALL, unlucky = Infinity, ...settings }: StageSettings,
) {
  const steps = createSteps();
  const tasks: Task<unknown>[] = [];
  const lives = new Set<Life>();
  let directed = false;

  const world: World = createWorld({
    watch: false,
    inspect: false,
    // Its calls would be further steps, of which no order matters to the protocol.
    options: { flightRecorder: false },
    pause: (step) => (directed ? hold(step.life, `${step.call}, ${step.part}`, step).told : undefined),
    locks: (life, store) => (key, options) => (settings.locks ?? lock.locks)(life, store)(key, options),
    ...(settings.tamper && { tamper: settings.tamper }),
  });
  const lock = createLock(world.clock, hold);
  const { separates } = director;
  const { moves, running } = createMoves({ world, steps, lock, lives, stall, unlucky, separates });

  function hold(life: Life, label: string, step: Step | null = null) {
    if (directed && life.alive) return steps.hold(life, label, step);
    return { told: Promise.resolve(), withdraw: () => {} };
  }

  const digest = () =>
    JSON.stringify([
      world.clock.elapsed(),
      running()?.name,
      [...lives].filter(({ alive }) => alive).map(steps.digest),
      lock.digest(),
      world.store.digest(),
      world.provider.digest(),
    ]);

  const isAtRest = () =>
    steps.all().length === 0 &&
    tasks.every(({ process, outcome }) => outcome !== undefined || !process.life.alive);

  return {
    world,

    start(): Process {
      const process = world.start();
      lives.add(process.life);
      return process;
    },

    /** Asks a process to do something as soon as the play begins. */
    ask<Result>(process: Process, work: () => Promise<Result>): Task<Result> {
      const task: Task<Result> = { process, outcome: undefined };
      const isBusy = tasks.some((other) => other.process === process);
      tasks.push(task);
      directed = true;
      const begun = isBusy ? hold(process.life, 'is asked for more').told.then(work) : work();
      begun.then(
        (value) => (task.outcome = value),
        (error: { readonly code: string }) => (task.outcome = error.code),
      );
      return task;
    },

    /** Lets everything happen that was asked for, in the order that the director chooses. */
    async play(): Promise<void> {
      await quiet();
      while (!isAtRest()) {
        const all = moves();
        await all[director.choose(all, digest)]!.act();
        await quiet();
        if (world.clock.elapsed() > PATIENCE) throw new Error('What was to end did not end.');
      }
      directed = false;
    },

    /** What came of it all. */
    end: () =>
      JSON.stringify([
        tasks.map(({ process, outcome }) => (process.life.alive ? outcome : 'dead')),
        world.store.digest(),
        world.provider.digest(),
      ]),
  };
}

export type Stage = ReturnType<typeof createStage>;

/** A turn of the event loop: all promise jobs have run. */
const quiet = () => new Promise<void>((resolve) => setImmediate(resolve));
