import type { Clock, Store } from '../../../src/services/ports.js';

/** Every port call has two steps: one before its effect, and one before its process hears the answer. */
export interface Step {
  readonly life: Life;
  /** Counts the calls of this process. */
  readonly nth: number;
  readonly call: string;
  readonly part: 'effect' | 'answer';
  /** Of an answer: what it will be, a value or an error. */
  readonly outcome: unknown;
}

/** One process, as far as its ports can tell: once it is dead nothing it awaited ever comes, and nothing it asks for happens. */
export interface Life {
  readonly name: string;
  readonly alive: boolean;
  /** Resolves when it is dead. */
  readonly over: Promise<void>;
  /** Dies at its so-many-th step from now on. */
  dieIn(steps: number): void;
  end(): void;
  through<Result>(call: string, effect: () => Promise<Result>): Promise<Result>;
}

/** `pause` comes before every step and may let others go first; if it rejects, so does the call. */
export function startLife(name: string, pause: (step: Step) => unknown): Life {
  let alive = true;
  let left = Infinity;
  let calls = 0;
  let die = () => {};
  const over = new Promise<void>((resolve) => (die = resolve));
  const end = () => {
    alive = false;
    die();
  };
  const never = () => new Promise<never>(() => {});

  async function step(of: Omit<Step, 'life'>): Promise<boolean> {
    await pause({ ...of, life });
    // A process dies at a step of the protocol: what is written down beside it would only put that off.
    if (!/ (log|flowLog)$/.test(of.call)) left -= 1;
    if (left < 0) end();
    return alive;
  }

  const life: Life = {
    name,
    get alive() {
      return alive;
    },
    dieIn: (steps) => void (left = steps),
    over,
    end,
    async through(call, effect) {
      const nth = ++calls;
      if (!(await step({ nth, call, part: 'effect', outcome: undefined }))) return never();
      const answer = effect();
      // The fate of the effect shows only once it is told.
      const hear = (outcome: unknown) => step({ nth, call, part: 'answer', outcome });
      const told = await answer.then(hear, hear);
      return told ? answer : never();
    },
  };
  return life;
}

/** The clock as one process sees it: its wall clock may be wrong, and its timers die with it. */
export function clockOf(life: Life, clock: Clock): Clock & { jump(milliseconds: number): void } {
  let skew = 0;
  return {
    now: () => clock.now() + skew,
    elapsed: () => clock.elapsed(),
    setTimeout: (listener, milliseconds) => clock.setTimeout(() => life.alive && listener(), milliseconds),
    clearTimeout: (id) => clock.clearTimeout(id),
    jump: (milliseconds) => void (skew += milliseconds),
  };
}

export type Locks = (life: Life, store: Store) => Store['lock'];

/** One lock for all, as a store has it. */
export const sharedLocks: Locks = (_, store) => (key, options) => store.lock(key, options);

/** Everybody holds the lock, at once and for ever. */
export const noLocks: Locks = () => async () => ({
  lost: new AbortController().signal,
  release: async () => {},
});

export function storeOf(life: Life, store: Store, locks: Locks): Store {
  return {
    read: (key) => life.through(`read ${kind(key)}`, () => store.read(key)),
    write: (key, value, options) =>
      life.through(`write ${kind(key)}`, () => store.write(key, value, options)),
    remove: (key, options) => life.through(`remove ${kind(key)}`, () => store.remove(key, options)),
    lock: locks(life, store),
    ...(store.watch && { watch: (key, listener) => store.watch!(key, () => life.alive && listener()) }),
  };
}

const kind = (key: string) => key.slice(0, key.indexOf('/'));
