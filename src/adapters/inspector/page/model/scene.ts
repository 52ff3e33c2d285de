import type { Chart, ChartEdge } from '../../../../diagram/chart.js';
import type { MachineName } from '../../../../client/inspection/flow-event.js';
import { lineage, runsIn } from './states.js';
import type { Run } from './story.js';

/** A step from one state to the next; `event` is empty where it was taken at once. */
export interface Hop {
  readonly machine: MachineName;
  readonly from: string;
  readonly to: string;
  readonly event: string;
}

export interface MachineNow {
  readonly machine: MachineName;
  readonly actor: string;
  readonly state: string;
  readonly running: boolean;
}

/** What a run looks like at one moment. */
export interface Scene {
  /** The root first, then of each child machine the one that ran last. */
  readonly machines: readonly MachineNow[];
  /** Oldest first; the last is where it came from. */
  readonly hops: readonly Hop[];
  /** The child machine that runs. */
  readonly child: MachineName | null;
}

// Whoever has been signed in for a month has been everywhere: what is old says nothing any more.
const REMEMBERED = 32;

export const EMPTY_SCENE: Scene = { machines: [], hops: [], child: null };

export function sceneOf(run: Run, position: number): Scene {
  const machines = new Map<MachineName, MachineNow>();
  let hops: Hop[] = [];
  for (const { position: when, machine, actor, what } of run.rows) {
    if (when > position) break;
    if (machine === null) continue;
    if (what.kind === 'began') {
      // Another run of the same child leaves the marks of the one before behind.
      hops = hops.filter((hop) => hop.machine !== machine);
      machines.set(machine, { machine, actor, state: what.state, running: true });
    } else if (what.kind === 'moved') {
      let from = what.from;
      what.through.forEach((to, at) => {
        hops.push({ machine, from, to, event: at === 0 ? what.event : '' });
        from = to;
      });
      machines.set(machine, { machine, actor, state: what.to, running: true });
    } else if (what.kind === 'ended') end(machines, machine);
    // A child lives exactly as long as the state that invokes it.
    if (actor === run.root && what.kind === 'moved' && what.through.length > 0)
      for (const child of machines.values())
        if (child.actor !== run.root && !runsIn(machine, what.to, child.machine))
          end(machines, child.machine);
  }
  const list = [...machines.values()];
  const child = list.find(({ actor, running }) => running && actor !== run.root)?.machine ?? null;
  return { machines: list, hops: hops.slice(-REMEMBERED), child };
}

function end(machines: Map<MachineName, MachineNow>, machine: MachineName): void {
  const now = machines.get(machine);
  if (now) machines.set(machine, { ...now, running: false });
}

/** Where an event may lead, and on which conditions. */
export interface WayOut {
  readonly target: string;
  readonly guards: readonly string[];
}

/** From a state of the chart's own machine: several, where guards decide; none: it stays. */
export function waysOut(chart: Chart, state: string, event: string): readonly WayOut[] {
  for (const source of lineage(state)) {
    const ways = [...chart.edges, ...chart.aside]
      .filter((edge) => edge.machine === chart.machine && edge.source === source)
      .flatMap(({ target, reasons }) =>
        reasons.filter((reason) => reason.event === event).map(({ guards }) => ({ target, guards })),
      );
    if (ways.length > 0) return ways;
  }
  return [];
}

/** The edge that a hop took, where the picture has one. */
export function edgeOf(chart: Chart, { machine, from, to, event }: Hop): ChartEdge | null {
  const [sources, targets] = [lineage(from), lineage(to)];
  const fitting = chart.edges.filter(
    (edge) =>
      edge.machine === machine &&
      sources.includes(edge.source) &&
      targets.includes(edge.target) &&
      edge.reasons.some((reason) => reason.event === event),
  );
  // The innermost state that answers to an event takes it.
  return fitting.toSorted((one, other) => other.source.length - one.source.length)[0] ?? null;
}
