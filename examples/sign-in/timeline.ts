import type { InspectionEvent } from 'xstate';
import { words } from './words.js';

const WIDTH = 80;
const STATE = 42;

/** Says what state a machine is in, as `parent.child`; `undefined` for actors that are no machines. */
function stateOf(event: InspectionEvent): { readonly actor: string; readonly path: string } | undefined {
  if (event.type !== '@xstate.microstep') return undefined;
  const { machine, value } = event.snapshot as { machine?: { id: string }; value?: object | string };
  if (!machine || value === undefined) return undefined;
  return { actor: machine.id, path: pathOf(value) };
}

function pathOf(value: object | string): string {
  if (typeof value === 'string') return value;
  const [[name, child] = ['', ''] as const] = Object.entries(value);
  return child === undefined || child === '' ? name : `${name}.${pathOf(child as object | string)}`;
}

/** Writes a line for each state as it is entered, and how long it took as it is left. */
export class Timeline {
  readonly #write: (text: string) => void;
  #entered: { readonly state: string; readonly at: number } | null = null;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  readonly inspect = (event: InspectionEvent): void => {
    const found = stateOf(event);
    if (!found) return;
    const state = nameOf(found.actor === 'authorization' ? found.path : `${found.actor}: ${found.path}`);
    if (state === undefined || state === this.#entered?.state) return;
    this.#leave();
    this.#entered = { state, at: performance.now() };
    this.#write(`  ${state.padEnd(STATE)}${words[state] ?? ''}`.padEnd(WIDTH - 8));
  };

  /** A heading; closes what went before. */
  section(title: string, aside = ''): void {
    this.#leave();
    const gap = ' '.repeat(Math.max(1, WIDTH - title.length - aside.length));
    this.#write(`\n${title}${gap}${aside}\n${'─'.repeat(WIDTH)}\n`);
  }

  /** A line beside the chart's own. */
  note(left: string, right = ''): void {
    this.#leave();
    this.#write(`  ${left.padEnd(STATE)}${right}\n`);
  }

  end(): void {
    this.#leave();
  }

  // The last state of a section lasts until somebody acts: its duration would say nothing.
  #leave(): void {
    if (!this.#entered) return;
    const { state, at } = this.#entered;
    this.#entered = null;
    this.#write(RESTING.has(state) ? '\n' : `${duration(performance.now() - at).padStart(8)}\n`);
  }
}

const RESTING = new Set(['authorized.fresh', 'authorized.due', 'idle', 'expired', 'error']);

/** The longest name that has words: `restoring.session` is told as `restoring`. */
function nameOf(path: string): string | undefined {
  for (let name = path; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    if (name in words) return name;
  }
  return undefined;
}

export function duration(milliseconds: number): string {
  return milliseconds < 9_950 ? `${Math.round(milliseconds)} ms` : `${Math.round(milliseconds / 1_000)} s`;
}
