import type { Clock, Store } from '../../../src/services/ports.js';

/** One process, as far as its ports can tell: once it is dead nothing it awaited ever comes, and nothing it asks for happens. */
export interface Life {
  readonly alive: boolean;
  /** Resolves when it is dead. */
  readonly over: Promise<void>;
  /** Dies at its so-many-th step from now on; every port call has two, one before its effect and one before its answer. */
  dieIn(steps: number): void;
  end(): void;
  through<Result>(label: string, effect: () => Promise<Result>): Promise<Result>;
}

/** `pause` comes before every step and may let others go first. */
export function startLife(pause: (label: string) => unknown): Life {
  let alive = true;
  let left = Infinity;
  let die = () => {};
  const over = new Promise<void>((resolve) => (die = resolve));
  const end = () => {
    alive = false;
    die();
  };
  const never = () => new Promise<never>(() => {});

  async function step(label: string): Promise<boolean> {
    await pause(label);
    left -= 1;
    if (left < 0) end();
    return alive;
  }

  return {
    get alive() {
      return alive;
    },
    dieIn: (steps) => void (left = steps),
    over,
    end,
    async through(label, effect) {
      if (!(await step(label))) return never();
      const answer = effect();
      // The fate of the effect shows only once it is told.
      const told = await answer.then(
        () => step(`${label} answers`),
        () => step(`${label} fails`),
      );
      return told ? answer : never();
    },
  };
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

export function storeOf(life: Life, store: Store, { locks }: { readonly locks: boolean }): Store {
  const free = { lost: new AbortController().signal, release: async () => {} };
  return {
    read: (key) => life.through(`read ${kind(key)}`, () => store.read(key)),
    write: (key, value, options) =>
      life.through(`write ${kind(key)}`, () => store.write(key, value, options)),
    remove: (key, options) => life.through(`remove ${kind(key)}`, () => store.remove(key, options)),
    lock: (key, options) => (locks ? store.lock(key, options) : Promise.resolve(free)),
    ...(store.watch && { watch: (key, listener) => store.watch!(key, () => life.alive && listener()) }),
  };
}

const kind = (key: string) => key.slice(0, key.indexOf('/'));
