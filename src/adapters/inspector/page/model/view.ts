import type { FlowFacts, FlowFailure } from '../../../../client/inspection/flow-event.js';
import { EMPTY_SCENE, sceneOf } from './scene.js';
import type { MachineNow, Scene } from './scene.js';
import { BROKEN, isIn } from './states.js';
import type { Row, Run, Story, Told } from './story.js';

/** `live`: the end, wherever that is. Else so many events have happened, seen in one session. */
export type Position =
  { readonly kind: 'live' } | { readonly kind: 'at'; readonly position: number; readonly session: string };

export type Selection = { readonly kind: 'newest' } | { readonly kind: 'session'; readonly name: string };

export const LIVE: Position = { kind: 'live' };
export const NEWEST: Selection = { kind: 'newest' };

export interface SessionEntry {
  readonly name: string;
  readonly runs: number;
  /** Of its newest run, at the end. */
  readonly state: string;
  readonly running: boolean;
}

export interface View {
  /** The newest first. */
  readonly sessions: readonly SessionEntry[];
  readonly session: string | null;
  /** All of the session, also what comes after the moment looked at. */
  readonly rows: readonly Row[];
  readonly messages: readonly Told[];
  /** Positions at which something is to be seen, ascending. */
  readonly steps: readonly number[];
  /** Index into `steps`; -1: before the first. */
  readonly step: number;
  readonly position: number;
  /** The row of the moment: the last that has happened. */
  readonly row: Row | null;
  readonly message: Told | null;
  readonly run: Run | null;
  readonly scene: Scene;
  readonly root: MachineNow | null;
  readonly facts: FlowFacts | null;
  /** One that still stands. */
  readonly failure: FlowFailure | null;
}

/** What there is to see of a story at one moment of it. */
export function view(story: Pick<Story, 'runs'>, at: Position, selection: Selection): View {
  const sessions = sessionsOf(story.runs);
  const wanted =
    selection.kind === 'session'
      ? selection.name
      : at.kind === 'at'
        ? at.session
        : (sessions[0]?.name ?? null);
  const session = sessions.some(({ name }) => name === wanted) ? wanted : null;
  const runs = story.runs.filter((run) => run.session === session);
  const rows = inOrder(runs.map((run) => run.rows));
  const messages = inOrder(runs.map((run) => run.messages));
  const steps = [...new Set([...rows, ...messages].map(({ position }) => position))].toSorted(
    (a, b) => a - b,
  );
  const position = at.kind === 'live' ? (steps.at(-1) ?? 0) : at.position;
  const row = lastUpTo(rows, position);
  const message = lastUpTo(messages, position);
  const run = runOf(runs, position);
  const scene = run ? sceneOf(run, position) : EMPTY_SCENE;
  const root = scene.machines.find(({ actor }) => actor === run?.root) ?? null;
  const past = (run?.rows ?? []).filter((one) => one.position <= position);
  return {
    sessions,
    session,
    rows,
    messages,
    steps,
    step: steps.findLastIndex((one) => one <= position),
    position,
    row,
    message,
    run,
    scene,
    root,
    facts: past.findLast((one) => one.actor === run?.root && one.what.kind === 'moved')?.facts ?? null,
    failure: standing(past, root),
  };
}

/** The run that something happened to last. */
function runOf(runs: readonly Run[], position: number): Run | null {
  let found: Run | null = null;
  let latest = 0;
  for (const run of runs) {
    const last = lastUpTo(run.rows, position)?.position ?? 0;
    if (last > latest) [found, latest] = [run, last];
  }
  return found;
}

/** A failure stands where it has just happened, and as long as the state is that of a failure. */
function standing(past: readonly Row[], root: MachineNow | null): FlowFailure | null {
  const last = past.findLast(({ failure }) => failure !== null);
  if (!last) return null;
  return last === past.at(-1) || (root && isIn(root.state, BROKEN)) ? last.failure : null;
}

function sessionsOf(runs: readonly Run[]): SessionEntry[] {
  const found = new Map<string, { runs: number; newest: Run }>();
  for (const run of runs) {
    const entry = found.get(run.session);
    found.set(run.session, { runs: (entry?.runs ?? 0) + 1, newest: run });
  }
  return [...found]
    .toSorted(([, one], [, other]) => other.newest.began - one.newest.began)
    .map(([name, entry]) => ({
      name,
      runs: entry.runs,
      state: stateOf(entry.newest),
      running: entry.newest.ended === null,
    }));
}

function stateOf({ rows, root }: Run): string {
  const what = rows.findLast(
    (one) => one.actor === root && (one.what.kind === 'moved' || one.what.kind === 'began'),
  )?.what;
  return what?.kind === 'moved' ? what.to : what?.kind === 'began' ? what.state : '';
}

const inOrder = <One extends { readonly position: number }>(lists: readonly (readonly One[])[]): One[] =>
  lists.length === 1 ? [...lists[0]!] : lists.flat().toSorted((a, b) => a.position - b.position);

function lastUpTo<One extends { readonly position: number }>(
  list: readonly One[],
  position: number,
): One | null {
  return list.findLast((one) => one.position <= position) ?? null;
}
