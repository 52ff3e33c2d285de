import type { Gate } from '../../client/inspection/gate.js';
import type { GateClosed, GateOpened } from './page/feed.js';
import type { StandingClock } from './standing-clock.js';

/** The steps of a client that is walked through. */
export interface Steps {
  readonly gate: Gate;
  /** Lets one transition through; false if none of that number waits. */
  next(gate: number): boolean;
  /** Lets through what waits, and everything that follows. */
  end(): void;
}

/** Holds back each transition until somebody lets it through, or its state was left. Time stands still meanwhile. */
export function createSteps(clock: StandingClock, tell: (item: GateClosed | GateOpened) => void): Steps {
  const waiting = new Map<number, () => void>();
  let count = 0;
  let walking = true;

  function end(): void {
    walking = false;
    for (const open of waiting.values()) open();
  }

  return {
    end,
    gate: {
      end,
      pass(moment, signal) {
        if (!walking || signal.aborted) return Promise.resolve();
        const gate = ++count;
        const goOn = clock.hold();
        return new Promise((resolve) => {
          const open = () => {
            waiting.delete(gate);
            signal.removeEventListener('abort', open);
            goOn();
            tell({ type: 'gate.opened', gate });
            resolve();
          };
          waiting.set(gate, open);
          signal.addEventListener('abort', open);
          const { actor, machine, event } = moment;
          tell({ type: 'gate.closed', gate, at: clock.now(), actor, machine, event });
        });
      },
    },
    next(gate) {
      const open = waiting.get(gate);
      open?.();
      return open !== undefined;
    },
  };
}
