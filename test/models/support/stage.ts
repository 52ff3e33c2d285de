import { createHash } from 'node:crypto';
import { policy } from '../../../src/services/policy.js';
import { TransportFault } from '../../../src/services/transport-fault.js';
import type { Life, Step } from '../../properties/support/process.js';
import { createWorld } from '../../properties/support/world.js';
import type { Process, World } from '../../properties/support/world.js';
import type { Director, Move } from './explore.js';
import { createLock } from './lock.js';

export interface StageSettings extends Pick<
  NonNullable<Parameters<typeof createWorld>[0]>,
  'options' | 'tamper' | 'locks'
> {
  /** Milliseconds of a stall. */
  readonly stall?: number;
  /** How many processes faults may strike, counted from the first: one, where all do the same. */
  readonly unlucky?: number;
}

/** What a process was asked to do, and what came of it: its value, or the code of its error. */
export interface Task<Result> {
  readonly process: Process;
  outcome: Result | string | undefined;
}

interface Held {
  readonly life: Life;
  readonly label: string;
  /** Tells steps of one process apart. */
  readonly identity: string;
  readonly step: Step | null;
  go(): void;
  fail(error: Error): void;
}

type Option = Move & { act(): Promise<unknown> | void };

// Shorter than a process stands still at most, and than any grace.
const TICK = 5_000;
const STALL = 10_000;
// Just inside what a client waits for an answer.
const SLOW = 29_000;
const PATIENCE = 30 * 60_000;

/** A world in which a director decides on every step. */
export function createStage(director: Director, settings: StageSettings) {
  const { stall = STALL, unlucky = Infinity } = settings;
  const held: Held[] = [];
  const tasks: Task<unknown>[] = [];
  const lives = new Set<Life>();
  const heard = new Map<Life, string>();
  let directed = false;
  let running: Life | null = null;

  const world: World = createWorld({
    watch: false,
    inspect: false,
    pause: (step) => (directed ? hold(step.life, `${step.call}, ${step.part}`, step).told : undefined),
    locks: (life, store) => (key, options) => (settings.locks ?? lock.locks)(life, store)(key, options),
    ...(settings.tamper && { tamper: settings.tamper }),
    ...(settings.options && { options: settings.options }),
  });
  const lock = createLock(world.clock, (life, what) => hold(life, what, null));

  function hold(life: Life, label: string, step: Step | null) {
    if (!directed || !life.alive) return { told: Promise.resolve(), withdraw: () => {} };
    let withdraw = () => {};
    const told = new Promise<void>((resolve, reject) => {
      const identity = `${step?.nth ?? ''} ${label} ${outcomeText(step)}`;
      const own: Held = { life, label: `${life.name}: ${label}`, identity, step, go: resolve, fail: reject };
      held.push(own);
      withdraw = () => remove(own);
    });
    return { told, withdraw };
  }

  function remove(step: Held): void {
    const index = held.indexOf(step);
    if (index >= 0) held.splice(index, 1);
  }

  /** What a process has heard since the start tells where it stands. */
  function hear(life: Life, what: string): void {
    heard.set(life, digestOf(`${heard.get(life) ?? ''} ${what}`));
  }

  function options(): Option[] {
    const steps = [...held.map(stepOption), ...lock.grants().map(grantOption)];
    const own = steps.filter(({ life }) => life === running);
    const oldest = (step: (typeof steps)[number]) => steps.find(({ life }) => life === step.life) === step;
    const next = (own.length > 0 ? own : steps).filter(oldest);
    const later = isAlone(own) ? [] : steps.filter((step) => !next.includes(step));
    if (next.length === 0) return [timeOption('time passes', 'free', TICK)];
    const struck = next.filter(({ life }) => isUnlucky(life));
    const holder = lock.holder();
    return [
      ...next,
      ...later.map((step) => ({ ...step, cost: 'preemption' as const })),
      ...struck.map(({ life }) => crashOption(life)),
      ...struck.flatMap(({ fails }) => fails),
      ...(holder?.alive && isUnlucky(holder) ? [lossOption()] : []),
      ...(struck.length > 0 ? [timeOption('everybody stands still', 'stall', stall)] : []),
    ];
  }

  function isUnlucky(life: Life): boolean {
    return [...lives].slice(0, unlucky).includes(life);
  }

  /**
   * Whether nothing can come between an effect and the hearing of its answer that would make a difference to anybody: no
   * other step of this process, no lock, no time. Then both are one choice.
   */
  function isAlone(own: readonly { readonly life: Life; readonly part: string }[]): boolean {
    const [only, ...others] = own;
    return only?.part === 'answer' && others.length === 0 && !director.separates && !lock.awaits(only.life);
  }

  function stepOption(own: Held) {
    const { life, label, step } = own;
    const act = () => {
      remove(own);
      running = life;
      const answer = step?.call.startsWith('fetch') ? world.provider.digest() : '';
      hear(life, `${own.identity} ${answer}`);
      own.go();
    };
    const part = step?.part ?? 'effect';
    return { life, label, part, cost: 'free' as const, act, fails: part === 'answer' ? failures(own) : [] };
  }

  function failures(own: Held): Option[] {
    const lose = (error: Error) => () => {
      remove(own);
      running = own.life;
      hear(own.life, `${own.identity} lost`);
      own.fail(error);
    };
    if (!own.step?.call.startsWith('fetch')) {
      const down = () => {
        world.store.faults += 1;
        lose(new Error('The answer was lost.'))();
      };
      return [{ label: `${own.label}, is lost`, cost: 'lost answer', act: down }];
    }
    return [
      { label: `${own.label}, is lost`, cost: 'lost reply', act: lose(new TransportFault('reset', true)) },
      timeOption(`${own.label}, is late`, 'slow reply', SLOW),
    ];
  }

  function grantOption({ life, take }: { readonly life: Life; take(): void }) {
    const act = () => {
      running = life;
      hear(life, 'has the lock');
      take();
    };
    const label = `${life.name}: is granted the lock`;
    return { life, label, part: 'effect', cost: 'free' as const, act, fails: [] };
  }

  function crashOption(life: Life): Option {
    return { label: `${life.name} dies`, cost: 'crash', act: () => kill(life) };
  }

  function lossOption(): Option {
    const act = async () => {
      // What is lost in less than that after it was granted, is not heard of before.
      await pass(policy.poll);
      lock.expire();
    };
    return { label: 'the lock passes on', cost: 'lost lock', act };
  }

  function timeOption(label: string, cost: Move['cost'], span: number): Option {
    return { label, cost, act: () => pass(span) };
  }

  async function pass(span: number): Promise<void> {
    for (const life of lives) hear(life, `time ${span}`);
    await world.clock.advance(span);
  }

  function kill(life: Life): void {
    life.end();
    for (const step of held.filter((each) => each.life === life)) remove(step);
    if (running === life) running = null;
  }

  function digest(): string {
    const processes = [...lives]
      .filter(({ alive }) => alive)
      .map((life) => [life.name, heard.get(life), held.filter((step) => step.life === life).map(identityOf)]);
    return JSON.stringify([
      world.clock.elapsed(),
      running?.name,
      processes,
      lock.digest(),
      world.store.digest(),
      world.provider.digest(),
    ]);
  }

  const isAtRest = () =>
    held.length === 0 && tasks.every(({ process, outcome }) => outcome !== undefined || !process.life.alive);

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
      const busy = tasks.some((other) => other.process === process);
      tasks.push(task);
      directed = true;
      const begun = busy ? hold(process.life, 'is asked for more', null).told.then(work) : work();
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
        const all = options();
        const chosen = all[director.choose(all, digest)]!;
        await chosen.act();
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

const identityOf = ({ identity }: Held) => identity;

function outcomeText(step: Step | null): string {
  if (!step) return '';
  const { outcome } = step;
  return outcome instanceof Error ? String(outcome) : (JSON.stringify(outcome) ?? '');
}

const digestOf = (text: string) => createHash('sha1').update(text).digest('base64');

/** A turn of the event loop: all promise jobs have run. */
const quiet = () => new Promise<void>((resolve) => setImmediate(resolve));
