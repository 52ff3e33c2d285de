import { policy } from '../../../src/services/policy.js';
import { TransportFault } from '../../../src/services/transport-fault.js';
import type { Life } from '../../properties/support/process.js';
import type { World } from '../../properties/support/world.js';
import type { Move } from './explore.js';
import type { createLock } from './lock.js';
import type { Held, Steps } from './steps.js';

export interface Option extends Move {
  act(): Promise<unknown> | void;
}

/** Something a process can do. */
interface Next extends Option {
  readonly life: Life;
  readonly isAnswer: boolean;
  /** What may come of it instead. */
  readonly failures: readonly Option[];
}

interface Surroundings {
  readonly world: World;
  readonly steps: Steps;
  readonly lock: ReturnType<typeof createLock>;
  readonly lives: ReadonlySet<Life>;
  /** Milliseconds of a stall. */
  readonly stall: number;
  readonly unlucky: number;
  readonly separates: boolean;
}

const TICK = 5_000;
// Just inside what a client waits for an answer.
const SLOW = 29_000;

/** What can happen next, what costs nothing first. */
export function createMoves({ world, steps, lock, lives, stall, unlucky, separates }: Surroundings) {
  let running: Life | null = null;

  function moves(): readonly Option[] {
    const all = [...steps.all().map(stepOf), ...lock.grants().map(grantOf)];
    const own = all.filter(({ life }) => life === running);
    const isOldest = (move: Next) => all.find(({ life }) => life === move.life) === move;
    const next = (own.length > 0 ? own : all).filter(isOldest);
    if (next.length === 0) return [passing('time passes', 'free', TICK)];
    const later = isAlone(own) ? [] : all.filter((move) => !next.includes(move));
    const struck = next.filter(({ life }) => isUnlucky(life));
    const holder = lock.holder();
    return [
      ...next,
      ...later.map((move) => ({ ...move, cost: 'preemption' as const })),
      ...struck.map(({ life }) => crashOf(life)),
      ...struck.flatMap(({ failures }) => failures),
      ...(holder?.alive && isUnlucky(holder) ? [loss] : []),
      ...(struck.length > 0 ? [passing('everybody stands still', 'stall', stall)] : []),
    ];
  }

  const isUnlucky = (life: Life) => [...lives].slice(0, unlucky).includes(life);

  /**
   * Whether nothing can come between an effect and the hearing of its answer that would make a difference to anybody: no
   * other step of this process, no lock, no time. Then both are one choice.
   */
  function isAlone([only, ...others]: readonly Next[]): boolean {
    return !separates && others.length === 0 && only?.isAnswer === true && !lock.awaits(only.life);
  }

  function stepOf(own: Held): Next {
    const { life, label, step } = own;
    const act = () => {
      running = life;
      // What will be answered hangs on what the provider knows now.
      steps.run(own, isRequest(own) && step?.part === 'effect' ? world.provider.digest() : '');
    };
    const isAnswer = step?.part === 'answer';
    return { life, label, cost: 'free', isAnswer, act, failures: isAnswer ? failuresOf(own) : [] };
  }

  function failuresOf(own: Held): Option[] {
    const lose = (error: Error) => {
      running = own.life;
      steps.fail(own, error);
    };
    const lost = { label: `${own.label}, is lost` };
    if (isRequest(own)) {
      const act = () => lose(new TransportFault('reset', true));
      return [{ ...lost, cost: 'lost reply', act }, passing(`${own.label}, is late`, 'slow reply', SLOW)];
    }
    const act = () => {
      world.store.faults += 1;
      lose(new Error('The answer was lost.'));
    };
    return [{ ...lost, cost: 'lost answer', act }];
  }

  function grantOf({ life, take }: { readonly life: Life; take(): void }): Next {
    const act = () => {
      running = life;
      steps.hear(life, 'has the lock');
      take();
    };
    const label = `${life.name}: is granted the lock`;
    return { life, label, cost: 'free', isAnswer: false, act, failures: [] };
  }

  function crashOf(life: Life): Option {
    const act = () => {
      life.end();
      steps.drop(life);
      running = null;
    };
    return { label: `${life.name} dies`, cost: 'crash', act };
  }

  const loss: Option = {
    label: 'the lock passes on',
    cost: 'lost lock',
    async act() {
      // What is lost sooner than that after it was granted is not heard of before.
      await pass(policy.poll);
      lock.expire();
    },
  };

  const passing = (label: string, cost: Move['cost'], span: number): Option => ({
    label,
    cost,
    act: () => pass(span),
  });

  async function pass(span: number): Promise<void> {
    for (const life of lives) steps.hear(life, `time ${span}`);
    await world.clock.advance(span);
  }

  return { moves, running: () => running };
}

const isRequest = ({ step }: Held) => step?.call.startsWith('fetch') === true;
