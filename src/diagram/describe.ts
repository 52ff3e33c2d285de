import type { ChartReason, Outline, OutlineEdge, OutlineState } from './chart.js';
import { parentOf } from './outline.js';

/** What can be read of a chart instead of looking at it. */
export interface StateDescription {
  readonly state: OutlineState;
  /** How many states it is in. */
  readonly depth: number;
  /** `authorized.fresh, initial state: The access token works; nothing is to do.` */
  readonly sentence: string;
  /** `on done(claimFlow) [won] → redeeming`; with those that the picture leaves out. */
  readonly transitions: readonly string[];
}

/** A chart as a list of its states, for those who do not see it: parents before their children, each with all its ways out. */
export function describeStates(chart: Outline): readonly StateDescription[] {
  const { states, edges, aside } = chart;
  return states.map((state) => ({
    state,
    depth: depthOf(states, state),
    sentence: sentenceOf(state),
    transitions: [...edges, ...aside]
      .filter(({ machine, source }) => machine === state.machine && source === state.path)
      .flatMap(transitionTexts),
  }));
}

/** The same as text, a line for each state and transition. */
export function describeChart(chart: Outline): string {
  return describeStates(chart)
    .flatMap(({ depth, sentence, transitions }) => {
      const indent = '  '.repeat(depth);
      return [`${indent}${sentence}`, ...transitions.map((text) => `${indent}  ${text}`)];
    })
    .join('\n');
}

function depthOf(states: readonly OutlineState[], state: OutlineState): number {
  const parent = parentOf(states, state);
  return parent ? 1 + depthOf(states, parent) : 0;
}

function sentenceOf({ machine, path, kind, initial, description, invokes }: OutlineState): string {
  const marks = [
    initial && 'initial state',
    kind === 'final' && `final state of ${machine}`,
    invokes.length > 0 && `runs ${invokes.join(' and ')}`,
  ].filter((mark) => mark !== false);
  return `${[path, ...marks].join(', ')}${description === null ? '' : `: ${description}`}`;
}

function transitionTexts({ reasons, target }: OutlineEdge): string[] {
  return reasons.map((reason) => `${reasonText(reason)} → ${target}`);
}

/** `on done(claimFlow) [won]`; `at once [isDue]`. */
export function reasonText({ event, guards }: ChartReason): string {
  return [event === '' ? 'at once' : `on ${event}`, guards.length > 0 && `[${guards.join(', ')}]`]
    .filter(Boolean)
    .join(' ');
}
