import type { InspectionEvent } from 'xstate';
import { words } from './words.js';

const WIDTH = 80;
const STATE = 18;
// What lasts until somebody acts: its duration would say nothing, and meanwhile others may write.
const RESTING = new Set(['waiting', 'fresh', 'due', 'expired', 'retryable', 'permanent', 'idle']);

interface Line {
  readonly group: string;
  readonly state: string;
  readonly text: string;
}

// Child machines are told as what they are part of.
const GROUPS: Readonly<Record<string, string>> = {
  exchange: 'exchanging',
  renewal: 'authorized.renewing',
  signOut: 'signingOut',
};

/** Writes a line for each state as it is entered, and how long it took as it is left, unless it is at rest. */
export class Timeline {
  readonly #write: (text: string) => void;
  #group = '';
  #entered: { readonly line: Line; readonly width: number; readonly at: number } | null = null;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  readonly inspect = (event: InspectionEvent): void => {
    const line = lineOf(event);
    if (!line || (line.group === this.#entered?.line.group && line.state === this.#entered.line.state))
      return;
    this.#leave();
    // A state without children says all in the line of its group.
    if (line.state !== '' && line.group !== this.#group) this.#write(`  ${line.group}\n`);
    this.#group = line.group;
    const name = line.state === '' ? `  ${line.group}` : `    ${line.state}`;
    const text = `${name.padEnd(STATE + 4)}${line.text}`;
    this.#entered = { line, width: text.length, at: performance.now() };
    this.#write(isResting(line) ? `${text}\n` : text);
  };

  /** A heading; closes what went before. */
  section(title: string, aside = ''): void {
    this.#leave();
    this.#group = '';
    this.#write(`\n${title}${aside.padStart(WIDTH - title.length)}\n${'─'.repeat(WIDTH)}\n`);
  }

  /** A line beside the chart's own. */
  note(left: string, right: string): void {
    this.#leave();
    this.#write(`  ${left.padEnd(STATE + 2)}${right}\n`);
  }

  end(): void {
    this.#leave();
  }

  #leave(): void {
    if (!this.#entered) return;
    const { line, width, at } = this.#entered;
    this.#entered = null;
    if (!isResting(line)) this.#write(`${duration(performance.now() - at).padStart(WIDTH - width)}\n`);
  }
}

const isResting = ({ group, state }: Line): boolean => RESTING.has(state || group);

/** What to tell of an event; `undefined` if nothing. */
function lineOf(event: InspectionEvent): Line | undefined {
  // Microsteps tell of every state that is passed through, snapshots of the first one.
  if (event.type !== '@xstate.microstep' && event.type !== '@xstate.snapshot') return undefined;
  const { machine, value } = event.snapshot as { machine?: { id: string }; value?: object | string };
  if (!machine || value === undefined) return undefined;
  const path = pathOf(value);
  const group = GROUPS[machine.id] ?? path[0] ?? '';
  const nested = machine.id !== 'authorization' || path.length > 1;
  const state = nested ? (path.at(-1) ?? '') : '';
  // Every actor begins in idle; only coming back to it is news.
  if (group === 'idle' && event.type === '@xstate.snapshot') return undefined;
  const text = words[group]?.[state];
  return text === undefined ? undefined : { group, state, text };
}

function pathOf(value: object | string): string[] {
  if (typeof value === 'string') return [value];
  return Object.entries(value).flatMap(([name, child]) => [name, ...pathOf(child as object | string)]);
}

export function duration(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
