import { createHash } from 'node:crypto';
import type { Life, Step } from '../../properties/support/process.js';

/** A step that waits for its turn. */
export interface Held {
  readonly life: Life;
  readonly label: string;
  /** Tells steps of one process apart, and answers of one step. */
  readonly identity: string;
  /** The step of a port call; `null`: the lock's. */
  readonly step: Step | null;
  go(): void;
  fail(error: Error): void;
}

export const digestOf = (text: string) => createHash('sha1').update(text).digest('base64');

/** The steps that wait, oldest first, and what each process has heard, which tells where it stands. */
export function createSteps() {
  let held: Held[] = [];
  const heard = new Map<Life, string>();

  const remove = (own: Held) => void (held = held.filter((other) => other !== own));

  function hear(life: Life, what: string): void {
    heard.set(life, digestOf(`${heard.get(life) ?? ''} ${what}`));
  }

  return {
    all: (): readonly Held[] => held,

    hold(life: Life, label: string, step: Step | null) {
      let withdraw = () => {};
      const told = new Promise<void>((resolve, reject) => {
        const identity = `${step?.nth ?? ''} ${label} ${outcomeOf(step)}`;
        const own: Held = {
          life,
          label: `${life.name}: ${label}`,
          identity,
          step,
          go: resolve,
          fail: reject,
        };
        held.push(own);
        withdraw = () => remove(own);
      });
      return { told, withdraw };
    },

    hear,

    /** @param answer - what its process will hear of it */
    run(own: Held, answer = ''): void {
      remove(own);
      hear(own.life, `${own.identity} ${answer}`);
      own.go();
    },

    fail(own: Held, error: Error): void {
      remove(own);
      hear(own.life, `${own.identity} fails`);
      own.fail(error);
    },

    drop: (life: Life) => void (held = held.filter((other) => other.life !== life)),

    digest: (life: Life) => [
      life.name,
      heard.get(life),
      held.filter((own) => own.life === life).map(({ identity }) => identity),
    ],
  };
}

export type Steps = ReturnType<typeof createSteps>;

function outcomeOf(step: Step | null): string {
  if (!step) return '';
  const { outcome } = step;
  return outcome instanceof Error ? String(outcome) : (JSON.stringify(outcome) ?? '');
}
