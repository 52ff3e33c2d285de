import { createStage } from './stage.js';
import type { Stage, StageSettings } from './stage.js';
import { digestOf } from './steps.js';

/** What may go wrong besides an unlucky order. */
export type Fault =
  | 'crash'
  /** The lock passes on before its time. */
  | 'lost lock'
  /** The store does what it is told, and its process hears that it failed. */
  | 'lost answer'
  /** The provider acts on a request, and the connection breaks before its answer. */
  | 'lost reply'
  /** The provider takes almost as long as it may. */
  | 'slow reply'
  /** Time passes while everybody stands still. */
  | 'stall';

/** How far a search goes. */
export interface Bounds {
  /** How often a process may be held up although it could go on. */
  readonly preemptions: number;
  /** What may go wrong, at every step, */
  readonly faults?: readonly Fault[];
  /** and how often in one schedule: once, if not given. */
  readonly together?: number;
  /** Without any of the reductions, to show that they lose nothing. */
  readonly unreduced?: boolean;
}

export interface Move {
  readonly label: string;
  readonly cost: 'free' | 'preemption' | Fault;
}

/** Decides what happens next. */
export interface Director {
  /** Whether an effect and the hearing of its answer are two choices even where nothing can come between them. */
  readonly separates: boolean;
  /** @param digest - of the whole state; what happens from equal states is equal */
  choose(moves: readonly Move[], digest: () => string): number;
}

export interface Report {
  /** Schedules that were run, to their end or until they came to a state that had been seen. */
  readonly schedules: number;
  /** Digests of the states in which a schedule ended. */
  readonly ends: ReadonlySet<string>;
}

interface Choice {
  readonly moves: readonly Move[];
  taken: number;
}

/** Preemptions and faults that are left. */
type Budget = readonly [number, number];

/** Everything that follows has been tried, or will be. */
class Seen extends Error {}

// So many more preemptions and faults, for a search that takes its time.
const deeper = Number(process.env['AUTHCHART_DEPTH'] ?? 0);

/**
 * Runs a scene once for each order of its steps, within bounds, as CHESS does (Musuvathi and Qadeer, PLDI 2007): depth
 * first, each schedule from the beginning, for the state of real code cannot be kept and taken up again.
 *
 * What is a choice: which process does its next step. A call to the store or the provider has two, its effect and the
 * hearing of its answer; being granted the lock, giving it back and hearing of its loss are one each. Between two
 * choices all promise jobs run to their end. Time passes in steps of five seconds, in which timers fire.
 *
 * What is exhausted: all schedules with at most so many preemptions, that is, points at which a process that can go on is
 * held up, and in each of them every listed fault at every step, so many together as the bounds say. A switch away from a
 * process that waits, for the lock or for a timer, costs nothing. Within one process the oldest step comes first; another
 * order counts as a preemption.
 *
 * What is not tried: time passes only where nobody can do anything, or by a fault. Timers of one moment fire in the order
 * in which they were set. A fault strikes who goes next. Stores tell nobody of changes, so processes poll.
 *
 * What is left out because it changes nothing. A schedule that reaches a state that was seen with no less left to go wrong:
 * processes are deterministic, for time and chance are ruled, so what one has heard since the start tells where it stands,
 * and all of them, with what lies in store, lock and provider, and the time, tell the state. Of a process that died
 * nothing matters. And a choice between an effect and the hearing of its answer, where neither another step of this
 * process nor time nor the lock could come between. That both lose no end is tested.
 */
export async function explore(
  name: string,
  bounds: Bounds,
  scene: (stage: Stage) => Promise<void>,
  settings: StageSettings = {},
): Promise<Report> {
  const { faults = [], unreduced = false } = bounds;
  const preemptions = bounds.preemptions + deeper;
  const together = faults.length === 0 ? 0 : (bounds.together ?? 1) + deeper;
  const path: Choice[] = [];
  const seen = new Map<string, Budget[]>();
  const ends = new Set<string>();
  let schedules = 0;
  let longest = 0;

  function direct(): Director {
    let depth = 0;
    let left: Budget = [preemptions, together];
    return {
      separates: unreduced || faults.includes('stall') || faults.includes('lost lock'),
      choose(all, digest) {
        const moves = all.filter(({ cost }) => isAffordable(cost, left));
        if (depth === path.length) {
          if (!isNews(digestOf(digest()), left) && !unreduced) throw new Seen();
          path.push({ moves, taken: 0 });
        }
        const { moves: before, taken } = path[depth++]!;
        const move = moves[taken];
        if (!move || before.length !== moves.length || before[taken]!.label !== move.label) {
          throw new Error('The scene does not repeat itself.');
        }
        left = pay(move.cost, left);
        return all.indexOf(move);
      },
    };
  }

  function isAffordable(cost: Move['cost'], [held, wrong]: Budget): boolean {
    if (cost === 'free') return true;
    return cost === 'preemption' ? held > 0 : faults.includes(cost) && wrong > 0;
  }

  /** Unless it was seen with no less left to go wrong. */
  function isNews(state: string, left: Budget): boolean {
    const before = seen.get(state) ?? [];
    if (before.some((other) => other[0] >= left[0] && other[1] >= left[1])) return false;
    seen.set(state, [...before, left]);
    return true;
  }

  async function run(): Promise<void> {
    const stage = createStage(direct(), settings);
    try {
      await scene(stage);
      ends.add(digestOf(stage.end()));
    } catch (error) {
      if (!(error instanceof Seen)) throw told(error);
    }
    const broken = stage.world.broken();
    if (broken.length > 0) throw told(new Error(broken.join('\n')));
  }

  /** With the schedule that led to it. */
  function told(error: unknown): Error {
    const steps = path
      .map(({ moves, taken }) => moves[taken]!)
      .map(({ label, cost }) => `${label} (${cost})`);
    const schedule = steps.map((step, index) => `  ${index + 1}. ${step}`).join('\n');
    const { message } = error as Error;
    return new Error(`${name}, schedule ${schedules}:\n${schedule}\n${message}`, { cause: error });
  }

  do {
    schedules += 1;
    await run();
    longest = Math.max(longest, path.length);
    while (path.length > 0 && path.at(-1)!.taken + 1 === path.at(-1)!.moves.length) path.pop();
    if (path.length > 0) path.at(-1)!.taken += 1;
  } while (path.length > 0);
  const orders = preemptions === Infinity ? 'all orders' : `${preemptions} preemptions`;
  const wrong = together > 0 ? `, ${together} of ${faults.join(', ')}` : '';
  console.log(
    `${name}: ${schedules} schedules of up to ${longest} steps, ${seen.size} states (${orders}${wrong})`,
  );
  return { schedules, ends };
}

function pay(cost: Move['cost'], [held, wrong]: Budget): Budget {
  if (cost === 'free') return [held, wrong];
  return cost === 'preemption' ? [held - 1, wrong] : [held, wrong - 1];
}
