import type { MachineName } from '../../../../client/inspection/flow-event.js';
import type { ChartState } from '../../../../diagram/chart.js';
import { charts } from '../../../../diagram/charts.js';

const MACHINES = ['authorization', 'exchange', 'renewal', 'signOut'] as const;

const states: ReadonlyMap<string, ChartState> = new Map(
  MACHINES.flatMap((machine) =>
    charts[machine].states.map((state) => [`${machine} ${state.path}`, state] as const),
  ),
);

/** What the chart of a machine says of a state; `null`: it has none of that name. */
export const stateIn = (machine: string, path: string): ChartState | null =>
  states.get(`${machine} ${path}`) ?? null;

/** `a.b.c`, `a.b`, `a`. */
export function lineage(path: string): string[] {
  const keys = path.split('.');
  return keys.map((_, at) => keys.slice(0, keys.length - at).join('.'));
}

/** Whether a service or machine runs while a machine is in a state. */
export const runsIn = (machine: string, path: string, invoked: string): boolean =>
  lineage(path).some((state) => stateIn(machine, state)?.invokes.includes(invoked));

/** The one machine that has all of these states; `null`: none has, or several. */
export function machineOf(paths: readonly string[]): MachineName | null {
  const [found, ...more] = MACHINES.filter((machine) => paths.every((path) => stateIn(machine, path)));
  return found && more.length === 0 ? found : null;
}

/** Of the root: those in which a failure stands. */
export const BROKEN = ['error', 'expired', 'authorized.stale', 'authorized.unsaved'] as const;

/** Of the root: those in which there may be a session, of which something is known. */
export const KNOWN = ['authorized', 'awaitingAuthorization', 'exchanging', 'signingOut'] as const;

export const isIn = (path: string, outer: readonly string[]): boolean =>
  lineage(path).some((state) => outer.includes(state));
