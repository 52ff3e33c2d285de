import { expect, it } from 'vitest';
import type { FlowEvent } from 'authchart/inspect';
import type { FeedItem } from '../../../src/adapters/inspector/page/feed.js';
import {
  guideViewOf,
  initialState,
  next,
  storyOf,
  viewOf,
  waitingGate,
} from '../../../src/adapters/inspector/page/model/page-state.js';
import type { PageEvent, PageState } from '../../../src/adapters/inspector/page/model/page-state.js';
import { createStory } from '../../../src/adapters/inspector/page/model/story.js';
import { writer } from './support/events.js';

const after = (state: PageState, ...events: readonly PageEvent[]) => events.reduce(next, state);
const told = (...items: readonly FeedItem[]) => items.map((item): PageEvent => ({ type: 'told', item }));
const gate = (number: number): FeedItem => ({
  type: 'gate.closed',
  gate: number,
  at: 0,
  actor: 'y',
  machine: 'x',
  event: 'done(restoreSession)',
});

function restoring() {
  const written = writer();
  written.starts('x', 'authorization', 'authorization', null, 'idle');
  written.moves('x', 'session.restore', 'idle', 'restoring.session');
  written.moves('x', 'done(restoreSession)', 'restoring.session', 'authorized.assessing', 'authorized.fresh');
  return written;
}

it('follows what is told, and stays where it was put', () => {
  const { events } = restoring();
  const live = after(initialState(), { type: 'connected' }, ...told(...events.slice(0, 2)));
  expect(viewOf(live).root?.state).toBe('restoring.session');
  const back = after(live, { type: 'stepped', step: 0 });
  expect(viewOf(back).root?.state).toBe('idle');
  const later = after(back, ...told(events[2]!));
  expect(viewOf(later)).toMatchObject({ step: 0, root: { state: 'idle' } });
  expect(viewOf(later).steps).toHaveLength(3);
  expect(viewOf(after(later, { type: 'caughtUp' })).root?.state).toBe('authorized.fresh');
});

it('is live again at the end, and goes nowhere beyond both ends', () => {
  const { events } = restoring();
  const state = after(initialState(), ...told(...events));
  expect(after(state, { type: 'stepped', step: 1 }).position.kind).toBe('at');
  for (const step of [2, 99]) expect(after(state, { type: 'stepped', step }).position.kind).toBe('live');
  expect(viewOf(after(state, { type: 'stepped', step: -7 })).step).toBe(0);
});

it('stays with a session while one looks back, though another begins', () => {
  const { events } = restoring();
  const back = after(initialState(), ...told(...events), { type: 'stepped', step: 1 });
  const bob = writer();
  bob.starts('b', 'authorization', 'authorization', null, 'idle');
  const [event] = bob.events;
  const other = { ...event, actor: { ...(event as { actor: object }).actor, session: 'bob' } } as FeedItem;
  const later = after(back, ...told(other));
  expect(viewOf(later)).toMatchObject({ session: 'ada', step: 1 });
  expect(viewOf(after(later, { type: 'caughtUp' })).session).toBe('bob');
});

it('knows which gates wait, oldest first, and forgets an answer with its gate', () => {
  const state = after(initialState(), ...told(gate(1), gate(2), gate(1)), {
    type: 'answered',
    answer: { kind: 'sent', gate: 2 },
  });
  expect(state.gates.map((item) => item.gate)).toEqual([2, 1]);
  const opened = after(state, ...told({ type: 'gate.opened', gate: 2 }));
  expect(opened).toMatchObject({ guided: true, answer: { kind: 'none' } });
  expect(opened.gates.map((item) => item.gate)).toEqual([1]);
});

const sent = (gate: number): PageEvent => ({ type: 'answered', answer: { kind: 'sent', gate } });

it('lets a step happen once, whatever else goes on meanwhile', () => {
  const both = after(initialState(), { type: 'connected' }, ...told(gate(1), gate(2)));
  expect(waitingGate(both)?.gate).toBe(1);
  const once = after(both, sent(1));
  expect(waitingGate(once)).toBeNull();
  // What another step is told of says nothing of this one.
  expect(waitingGate(after(once, ...told({ type: 'gate.opened', gate: 2 })))).toBeNull();
  const opened = after(once, ...told({ type: 'gate.opened', gate: 1 }));
  expect(waitingGate(opened)?.gate).toBe(2);
  expect(after(opened, { type: 'answered', answer: { kind: 'refused', gate: 1 } }).answer).toEqual({
    kind: 'none',
  });
  expect(waitingGate(after(both, { type: 'disconnected' }))).toBeNull();
});

it('is of now, and of the session of the step, when somebody lets a step happen', () => {
  const { events } = restoring();
  const bob = { kind: 'session', name: 'bob' } as const;
  const live = after(initialState(), { type: 'connected' }, ...told(...events, gate(1)));
  const back = after(live, { type: 'stepped', step: 0 });
  expect(viewOf(back).step).toBe(0);
  expect(viewOf(after(back, sent(1))).root?.state).toBe('authorized.fresh');
  expect(viewOf(after(back, { type: 'selected', selection: bob }, sent(1))).session).toBe('ada');
  const ada = { kind: 'session', name: 'ada' } as const;
  expect(after(back, { type: 'selected', selection: ada }, sent(1)).selection).toEqual(ada);
});

it('keeps what was seen when the program has ended', () => {
  const state = after(initialState(), ...told(...restoring().events), { type: 'ended' });
  expect(state).toMatchObject({ connection: 'ended' });
  expect(viewOf(state).root?.state).toBe('authorized.fresh');
});

it('keeps the gates through an outage, for the program does not tell them again', () => {
  const lost = after(initialState(), { type: 'connected' }, ...told(gate(1), gate(2)), {
    type: 'disconnected',
  });
  expect(lost.connection).toBe('lost');
  const again = after(lost, { type: 'connected' }, ...told({ type: 'gate.opened', gate: 1 }));
  expect(again).toMatchObject({ connection: 'live', guided: true });
  expect(again.gates.map((item) => item.gate)).toEqual([2]);
});

it('counts what was dropped before it came, each time', () => {
  const state = after(initialState(), { type: 'dropped', count: 12 }, { type: 'dropped', count: 3 });
  expect(state.dropped).toBe(15);
});

it('explains a step by where its machine is now, whatever is looked at', () => {
  const written = restoring();
  const { events } = written;
  // Another run of the same session, and one of another, to which more has happened since.
  written.starts('w', 'authorization', 'authorization', null, 'idle');
  written.moves('w', 'session.signOut', 'idle', 'signingOut');
  written.starts('b', 'authorization', 'authorization', null, 'idle');
  const begun = events.at(-1) as FlowEvent & { actor: object };
  events[events.length - 1] = { ...begun, actor: { ...begun.actor, session: 'bob' } } as FlowEvent;
  const live = after(initialState(), { type: 'connected' }, ...told(...events, gate(1)));
  const bob = { kind: 'session', name: 'bob' } as const;
  for (const state of [
    live,
    after(live, { type: 'selected', selection: bob }),
    after(
      live,
      { type: 'selected', selection: { kind: 'session', name: 'ada' } },
      { type: 'stepped', step: 0 },
    ),
  ])
    expect(guideViewOf(state)).toMatchObject({
      session: 'ada',
      root: { actor: 'x', state: 'authorized.fresh' },
      row: { actor: 'x', what: { to: 'authorized.fresh' } },
    });
});

it('is live in the guide also where nothing waits', () => {
  const { events } = restoring();
  const back = after(initialState(), ...told(...events), { type: 'stepped', step: 0 });
  expect(viewOf(back).root?.state).toBe('idle');
  expect(guideViewOf(back).root?.state).toBe('authorized.fresh');
});

it('shows a file instead of the program, and the program again', () => {
  const { events } = restoring();
  const file = { kind: 'opened', name: 'a.json', story: createStory(events.slice(0, 1)) } as const;
  const opened = after(initialState(), { type: 'file', file }, ...told(...events));
  expect(viewOf(opened).root?.state).toBe('idle');
  const refused = { kind: 'refused', name: 'b.json', reason: 'It is not JSON.' } as const;
  expect(storyOf(after(opened, { type: 'file', file: refused }))).toBe(file.story);
  const closed = after(opened, { type: 'file', file: { kind: 'none' } });
  expect(viewOf(closed).root?.state).toBe('authorized.fresh');
});
