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
  /** Of the run that stands for it, at the end. */
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
  /** When the first of all this happened, as `elapsed` counts. */
  readonly origin: number;
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
    origin: Math.min(rows[0]?.elapsed ?? Infinity, messages[0]?.elapsed ?? Infinity),
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

/** The run that stands for its session: of those that still run, or else of all, the one that moved last. */
function runOf(runs: readonly Run[], position: number): Run | null {
  let found: Run | null = null;
  let best = { runs: false, moved: 0 };
  for (const run of runs) {
    const moved = run.rows.findLast((row) => row.machine !== null && row.position <= position)?.position ?? 0;
    const one = { runs: run.ended === null || run.ended > position, moved };
    if (moved > 0 && (one.runs === best.runs ? moved > best.moved : one.runs)) [found, best] = [run, one];
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
  const bySession = new Map<string, Run[]>();
  for (const run of runs) bySession.set(run.session, [...(bySession.get(run.session) ?? []), run]);
  return [...bySession]
    .toSorted(([, one], [, other]) => other.at(-1)!.began - one.at(-1)!.began)
    .map(([name, runs]) => {
      const run = runOf(runs, Infinity);
      return { name, state: run ? stateOf(run) : '', running: run?.ended === null };
    });
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
