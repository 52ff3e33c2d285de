import type { FeedItem, GateClosed } from '../feed.js';
import type { ChartName } from './chart-name.js';
import { createStory } from './story.js';
import type { Story } from './story.js';
import { LIVE, NEWEST, view } from './view.js';
import type { Position, Selection, View } from './view.js';

/** `lost`: it is tried again. `ended`: nobody answers there any more who knows this program. */
export type Connection = 'connecting' | 'live' | 'lost' | 'ended';

/** A person's "next", on its way. */
export type Answer =
  | { readonly kind: 'none' }
  | { readonly kind: 'sent'; readonly gate: number }
  | { readonly kind: 'refused'; readonly gate: number };

/** A file that is looked at instead of the program. */
export type File =
  | { readonly kind: 'none' }
  | { readonly kind: 'opened'; readonly name: string; readonly story: Story }
  | { readonly kind: 'refused'; readonly name: string; readonly reason: string };

export interface PageState {
  readonly connection: Connection;
  /** What the program has told. */
  readonly live: Story;
  /** How many events it told that this page was too late for. */
  readonly dropped: number;
  readonly file: File;
  readonly selection: Selection;
  readonly position: Position;
  /** `null`: the one that is needed now. */
  readonly chart: ChartName | null;
  /** Oldest first. */
  readonly gates: readonly GateClosed[];
  /** Somebody has seen a gate: each step waits. */
  readonly guided: boolean;
  readonly answer: Answer;
}

export type PageEvent =
  | { readonly type: 'connected' }
  | { readonly type: 'disconnected' }
  | { readonly type: 'ended' }
  | { readonly type: 'dropped'; readonly count: number }
  | { readonly type: 'told'; readonly item: FeedItem }
  | { readonly type: 'selected'; readonly selection: Selection }
  /** To a step of the view; the last one is the end. */
  | { readonly type: 'stepped'; readonly step: number }
  | { readonly type: 'caughtUp' }
  | { readonly type: 'chartChosen'; readonly chart: ChartName | null }
  | { readonly type: 'file'; readonly file: File }
  | { readonly type: 'answered'; readonly answer: Answer };

export const initialState = (): PageState => ({
  connection: 'connecting',
  live: createStory(),
  dropped: 0,
  file: { kind: 'none' },
  selection: NEWEST,
  position: LIVE,
  chart: null,
  gates: [],
  guided: false,
  answer: { kind: 'none' },
});

export const storyOf = ({ file, live }: PageState): Story => (file.kind === 'opened' ? file.story : live);

export const viewOf = (state: PageState): View => view(storyOf(state), state.position, state.selection);

/** The step that a person may let happen now; `null`: none, or it is on its way already. */
export function waitingGate({ guided, connection, file, gates, answer }: PageState): GateClosed | null {
  const gate = guided && connection === 'live' && file.kind === 'none' ? gates[0] : undefined;
  if (!gate || (answer.kind === 'sent' && answer.gate === gate.gate)) return null;
  return gate;
}

/** What waits is of now and of one run, whatever is looked at meanwhile. */
export function guideViewOf({ live, gates, selection }: PageState): View {
  const machine = gates[0]?.machine;
  const run = live.runs.findLast(
    ({ root, rows }) => root === machine || rows.some(({ actor }) => actor === machine),
  );
  return run && machine ? view({ runs: [run] }, LIVE, NEWEST) : view(live, LIVE, selection);
}

/** The next state of the page. A story grows in place, for it only ever grows. */
export function next(state: PageState, event: PageEvent): PageState {
  switch (event.type) {
    case 'connected':
      return { ...state, connection: 'live' };
    case 'disconnected':
      // Gates wait on, and are not told again.
      return { ...state, connection: 'lost' };
    case 'ended':
      return { ...state, connection: 'ended' };
    case 'dropped':
      return { ...state, dropped: state.dropped + event.count };
    case 'told':
      return told(state, event.item);
    case 'selected':
      return { ...state, selection: event.selection, position: LIVE };
    case 'stepped':
      return stepped(state, event.step);
    case 'caughtUp':
      return { ...state, position: LIVE };
    case 'chartChosen':
      return { ...state, chart: event.chart };
    case 'file':
      // What is refused changes nothing of what is seen.
      return event.file.kind === 'refused'
        ? { ...state, file: state.file.kind === 'opened' ? state.file : event.file }
        : { ...state, file: event.file, selection: NEWEST, position: LIVE };
    case 'answered':
      return answered(state, event.answer);
  }
}

function told(state: PageState, item: FeedItem): PageState {
  if (item.type === 'gate.closed') {
    const others = state.gates.filter(({ gate }) => gate !== item.gate);
    return { ...state, guided: true, gates: [...others, item] };
  }
  if (item.type === 'gate.opened') {
    const gates = state.gates.filter(({ gate }) => gate !== item.gate);
    const isAnswered = state.answer.kind !== 'none' && state.answer.gate === item.gate;
    return { ...state, gates, answer: isAnswered ? { kind: 'none' } : state.answer };
  }
  state.live.add(item);
  return { ...state };
}

function answered(state: PageState, answer: Answer): PageState {
  // The program has told meanwhile that it goes on.
  if (answer.kind !== 'none' && !state.gates.some(({ gate }) => gate === answer.gate)) return state;
  if (answer.kind !== 'sent') return { ...state, answer };
  // Whoever lets something happen is to see it happen.
  const { session } = guideViewOf(state);
  const { selection } = state;
  const isElsewhere = selection.kind === 'session' && selection.name !== session;
  return { ...state, answer, position: LIVE, selection: isElsewhere ? NEWEST : selection };
}

function stepped(state: PageState, step: number): PageState {
  const { steps, session } = viewOf(state);
  const position = steps[Math.max(0, step)];
  if (position === undefined || session === null) return state;
  // Whoever goes to the end follows on from there.
  if (step >= steps.length - 1) return { ...state, position: LIVE };
  return { ...state, position: { kind: 'at', position, session } };
}
