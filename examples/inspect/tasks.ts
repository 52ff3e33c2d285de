import { AuthError } from 'authchart/node';

export interface Outcome {
  readonly failed: boolean;
  /** Of a failure its code. */
  readonly title: string;
  readonly text: string;
}

/** What the person asked for last, and what became of it. */
export interface Tasks {
  /** Whether something asked for is still under way. */
  running(): boolean;
  outcome(): Outcome | null;
  /** Something else begins. */
  forget(): void;
  /** Resolves when it is done; at once where it may wait for the person. */
  run(title: string, work: () => Promise<string>): Promise<void>;
}

export function createTasks(guided: boolean): Tasks {
  let running = 0;
  let outcome: Outcome | null = null;
  return {
    running: () => running > 0,
    outcome: () => outcome,
    forget: () => void (outcome = null),
    async run(title, work) {
      running++;
      outcome = null;
      const done = work()
        .then(
          (text) => void (outcome = { failed: false, title, text }),
          (error: unknown) => void (outcome = failureOf(error)),
        )
        .finally(() => running--);
      // In guided mode the person must get their page back to step on.
      if (!guided) await done;
    },
  };
}

function failureOf(error: unknown): Outcome {
  if (error instanceof AuthError) return { failed: true, title: error.code, text: error.message };
  return { failed: true, title: 'unexpected', text: 'Something went wrong that should not have.' };
}
