import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FlowEvent } from 'authchart/inspect';
import { charts } from '../../../src/diagram/charts.js';
import { timelineText } from '../../../src/adapters/inspector/page/model/lines.js';
import { marksOf } from '../../../src/adapters/inspector/page/model/marks.js';
import { runNumbers, whoseWords } from '../../../src/adapters/inspector/page/model/run-numbers.js';
import { createStory } from '../../../src/adapters/inspector/page/model/story.js';
import { LIVE, NEWEST, view } from '../../../src/adapters/inspector/page/model/view.js';
import type { View } from '../../../src/adapters/inspector/page/model/view.js';
import { recordFlow, refuse, signIn } from '../../support/recorded-flow.js';
import { anyEvent, writer } from './support/events.js';

const see = (events: readonly FlowEvent[], position?: number, session = 'ada'): View =>
  view(
    createStory(events),
    position === undefined ? LIVE : { kind: 'at', position, session },
    position === undefined ? NEWEST : { kind: 'session', name: session },
  );
const said = ({ rows }: View) =>
  rows.map(({ machine, what, services }) => {
    const where =
      what.kind === 'moved'
        ? `${what.from} > ${what.to}`
        : what.kind === 'began'
          ? `in ${what.state}`
          : what.kind;
    return `${machine} ${where}${services.map(({ name }) => ` +${name}`).join('')}`;
  });

describe('a sign-in with the emulator', () => {
  let events: readonly FlowEvent[];
  beforeAll(async () => {
    events = await recordFlow(async (flows) => {
      const session = await signIn(flows, 'ada');
      await session.renew();
      await session.signOut();
      await refuse(flows, 'bob');
    });
  });

  it('has a row for each transition, under it what it started, a child after the move that began it', () => {
    expect(said(see(events, 0))).toEqual([
      'authorization in idle',
      'authorization idle > awaitingAuthorization.opening +deadline +userAgent',
      'authorization awaitingAuthorization.opening > awaitingAuthorization.preparing +prepareAuthorization',
      'authorization awaitingAuthorization.preparing > awaitingAuthorization.presented.waiting +presentation',
      'authorization ended',
      'authorization in idle',
      'authorization idle > restoring.flow +recallFlow',
      'authorization restoring.flow > exchanging',
      'exchange in claiming +claimFlow',
      'exchange claiming > redeeming +redeemCode',
      'exchange redeeming > committing +commitReceipt',
      'exchange committing > publishing +publishSession',
      'exchange publishing > authorized',
      'authorization exchanging > authorized.fresh +watch +freshness',
      'authorization ended',
      'authorization in idle',
      'authorization idle > restoring.session +restoreSession',
      'authorization restoring.session > authorized.fresh +watch +freshness',
      'authorization authorized.fresh > authorized.renewing',
      'renewal in holding.queueing +holdLock',
      'renewal holding.queueing > holding.rereading +rereadSession',
      'renewal holding.rereading > holding.journaling +writeJournal',
      'renewal holding.journaling > holding.requesting +requestTokens',
      'renewal holding.requesting > holding.saving +saveTokens',
      'renewal holding.saving > renewed',
      'authorization authorized.renewing > authorized.fresh +freshness',
      'authorization ended',
      'authorization in idle',
      'authorization idle > signingOut',
      'signOut in forgetting +forgetSession',
      'signOut forgetting > burying +buryRecord',
      'signOut burying > revoking +revokeTokens',
      'signOut revoking > signedOut',
      'authorization signingOut > idle',
      'authorization ended',
    ]);
  });

  it('lists both sessions, the newest first, with where they are', () => {
    expect(see(events).sessions).toEqual([
      { name: 'bob', state: 'error.retryable', running: false },
      { name: 'ada', state: 'idle', running: false },
    ]);
  });

  it('finds the session of a callback that was refused by the flow that it answers', () => {
    const { session, failure, root, messages } = see(events);
    expect(session).toBe('bob');
    expect(root?.state).toBe('error.retryable');
    expect(failure).toMatchObject({ code: 'access_denied' });
    expect(messages.map(({ message }) => message.name)).toEqual([
      'authorization request',
      'authorization response',
    ]);
  });

  it('lights a child machine while it runs, and no longer', () => {
    const rows = see(events, 0).rows;
    const at = (text: RegExp) => rows[said(see(events, 0)).findIndex((line) => text.test(line))]!.position;
    const redeeming = see(events, at(/> redeeming/)).scene;
    expect(redeeming.child).toBe('exchange');
    const lit = marksOf(charts['authorization+exchange'], redeeming).states;
    expect(lit.get('exchange redeeming')).toBe('current');
    expect(lit.get('authorization exchanging')).toBe('current');
    expect(lit.get('exchange claiming')).toBe('visited3');
    expect(lit.get('authorization awaitingAuthorization.presented.waiting')).toBeUndefined();
    const afterwards = see(events, at(/> authorized.fresh/)).scene;
    expect(afterwards.child).toBeNull();
    expect(marksOf(charts.authorization, afterwards).states.get('authorization authorized.fresh')).toBe(
      'current',
    );
  });

  it('finds an edge for the way of the sign-in, and draws what the picture leaves out', () => {
    const rows = see(events, 0).rows;
    const fresh = rows.find(({ what }) => what.kind === 'moved' && what.to === 'authorized.fresh')!;
    const { edges, loose } = marksOf(charts.authorization, see(events, fresh.position).scene);
    const taken = [...edges.keys()].map((at) => charts.authorization.edges[at]!);
    expect(taken.map(({ source, target }) => `${source} > ${target}`)).toEqual(
      expect.arrayContaining(['exchanging > authorized', 'authorized.assessing > authorized.fresh']),
    );
    // What is drawn by hand is in no edge of the chart.
    for (const { hop } of loose)
      expect(charts.authorization.edges).not.toContainEqual(
        expect.objectContaining({
          source: hop.from,
          target: hop.to,
          reasons: expect.arrayContaining([expect.objectContaining({ event: hop.event })]),
        }),
      );
  });

  it('says the whole in 80 columns, masked', () => {
    const text = timelineText('ada', see(events, 0).rows);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toContain('claimFlow is done: claiming → redeeming');
    expect(text).toMatch(/POST \/2\/oauth2\/token → 200, /);
  });
});

describe('several runs of one session', () => {
  const signedIn = (root: string, written: ReturnType<typeof writer>) => {
    written.starts(root, 'authorization', 'authorization', null, 'idle');
    written.moves(root, 'done(exchange)', 'exchanging', 'authorized.assessing', 'authorized.fresh');
  };

  it('stand for it in the list as they do in the state: who still runs, and of those who moved last', () => {
    const written = writer();
    const states = () => {
      const seen = see(written.events);
      return [seen.sessions[0], seen.root?.actor];
    };
    signedIn('x', written);
    signedIn('y', written);
    written.moves('x', 'session.signOut', 'authorized.fresh', 'idle');
    expect(states()).toEqual([{ name: 'ada', state: 'idle', running: true }, 'x']);
    written.stops('x', 'stopped');
    expect(states()).toEqual([{ name: 'ada', state: 'authorized.fresh', running: true }, 'y']);
    written.stops('y', 'stopped');
    expect(states()).toEqual([{ name: 'ada', state: 'authorized.fresh', running: false }, 'y']);
  });

  it('are numbered in the timeline, and in its text', () => {
    const written = writer();
    signedIn('x', written);
    const one = see(written.events).rows;
    expect(one.map((row) => whoseWords(row, runNumbers(one)))).toEqual(['authorization', 'authorization']);
    signedIn('y', written);
    written.moves('x', 'session.signOut', 'authorized.fresh', 'idle');
    written.passes(null, { name: 'API request' });
    const { rows } = see(written.events);
    const words = rows.map((row) => whoseWords(row, runNumbers(rows)));
    expect(words.map((text) => text.replace('authorization ', ''))).toEqual([
      '1',
      '1',
      '2',
      '2',
      '1',
      'application',
    ]);
    expect(timelineText('ada', rows)).toMatch(/ authorization 1 .* authorization 2 .* authorization 1 /s);
  });

  it('begin at nought', () => {
    const written = writer();
    signedIn('x', written);
    const later = written.events.map((event) => ({ ...event, elapsed: event.elapsed + 49_213 }));
    expect(see(later).origin).toBe(49_214);
    expect(timelineText('ada', see(later).rows)).toMatch(/^ +0\.000  authorization .*\n +0\.001/m);
  });
});

describe('what the picture leaves out', () => {
  it('is drawn from box to box', () => {
    const { events, starts, moves } = writer();
    starts('x', 'authorization', 'authorization', null, 'idle');
    moves('x', 'failed(redeemCode)', 'idle', 'error.retryable');
    expect(marksOf(charts.authorization, see(events).scene).loose).toMatchObject([
      { hop: { from: 'idle', to: 'error.retryable' }, mark: 'visited3' },
    ]);
  });
});

describe('marks', () => {
  it('fade with age, and tell where a run has ended from where one is', () => {
    const { events, starts, moves, stops } = writer();
    starts('x', 'authorization', 'authorization', null, 'idle');
    moves('x', 'session.restore', 'idle', 'restoring.session');
    moves('x', 'done(restoreSession)', 'restoring.session', 'authorized.assessing', 'authorized.fresh');
    const marked = () => [...marksOf(charts.authorization, see(events).scene).states];
    expect(marked()).toEqual(
      expect.arrayContaining([
        ['authorization idle', 'visited2'],
        ['authorization restoring.session', 'visited2'],
        ['authorization authorized.assessing', 'visited3'],
        ['authorization authorized', 'around'],
        ['authorization authorized.fresh', 'current'],
      ]),
    );
    stops('x', 'stopped');
    expect(marked()).toContainEqual(['authorization authorized.fresh', 'ended']);
  });

  it('take an edge only for the event that it stands for', () => {
    const { events, starts, moves } = writer();
    starts('x', 'authorization', 'authorization', null, 'idle');
    moves('x', 'session.renew', 'idle', 'awaitingAuthorization.opening');
    const { edges, loose } = marksOf(charts.authorization, see(events).scene);
    expect([edges.size, loose.length]).toEqual([0, 1]);
  });
});

describe('a call of the application', () => {
  it('stands in the timeline of its session', () => {
    const { events, starts, passes } = writer();
    starts('x', 'authorization', 'authorization', null, 'idle');
    passes(null, { name: 'API request' });
    expect(see(events).rows.map(({ what }) => what.kind)).toEqual(['began', 'called']);
  });
});

describe('a stream that begins in the middle', () => {
  it('shows a root by its states, and leaves out children whose root nobody has told', () => {
    const { events, starts, moves, stops, passes } = writer();
    moves('c', 'done(claimFlow)', 'claiming', 'redeeming');
    starts('s', null, 'redeemCode', 'c', null);
    passes('s', { exchange: '1' });
    starts('d', 'renewal', 'renewal', 'r', 'holding.queueing');
    moves('d', 'lock.acquired', 'holding.queueing', 'holding.rereading');
    stops('c');
    expect(createStory(events).runs).toEqual([]);
    moves('r', 'done(exchange)', 'exchanging', 'authorized.assessing', 'authorized.fresh');
    moves('c', 'done(redeemCode)', 'redeeming', 'committing');
    passes('s', { exchange: '2' });
    const { runs } = createStory(events);
    expect(runs.map((run) => run.root)).toEqual(['r']);
    expect(said(see(events))).toEqual(['authorization exchanging > authorized.fresh']);
    // Nobody but the application has no service.
    expect(see(events).messages.map(({ message }) => message.exchange)).toEqual(['2']);
  });
});

describe('a failure', () => {
  it('stands for as long as the state is one of a failure', () => {
    const { events, starts, moves } = writer();
    starts('x', 'authorization', 'authorization', null, 'idle');
    moves('x', 'failed(restoreSession)', 'idle', 'error.retryable');
    const code = 'store_unavailable' as const;
    const failure = {
      code,
      phase: 'store' as const,
      retryable: true,
      retryAt: null,
      status: null,
      error: null,
    };
    events[1] = { ...events[1]!, failure } as FlowEvent;
    moves('x', 'authorization.open', 'error.retryable', 'error.retryable');
    moves('x', 'session.restore', 'error.retryable', 'restoring.session');
    expect([1, 2, 3, 4].map((position) => see(events, position).failure?.code ?? null)).toEqual([
      null,
      code,
      code,
      null,
    ]);
  });
});

describe('any events in any order', () => {
  const events = fc.array(anyEvent, { maxLength: 60 });
  const selection = fc.constantFrom(
    NEWEST,
    { kind: 'session', name: 'ada' } as const,
    { kind: 'session', name: 'nobody' } as const,
  );

  it('break nothing, at any moment', () => {
    fc.assert(
      fc.property(events, fc.nat(70), selection, (events, position, selection) => {
        const story = createStory(events);
        for (const at of [LIVE, { kind: 'at', position, session: 'ada' } as const]) {
          const seen = view(story, at, selection);
          for (const chart of Object.values(charts)) marksOf(chart, seen.scene);
          timelineText(seen.session ?? '', seen.rows);
          expect(seen.steps).toEqual(seen.steps.toSorted((a, b) => a - b));
          expect(seen.step).toBeLessThan(seen.steps.length);
        }
      }),
    );
  });

  it('look the same when one has gone back as they looked then', () => {
    fc.assert(
      fc.property(events, fc.nat(60), (events, position) => {
        const whole = createStory(events);
        const then = createStory(events.slice(0, position));
        for (const run of then.runs) {
          const now = whole.runs[then.runs.indexOf(run)]!;
          if (now.session !== run.session) return;
        }
        for (const name of ['ada', 'bob', '']) {
          const selection = { kind: 'session', name } as const;
          const [back, before] = [whole, then].map((story) =>
            view(story, { kind: 'at', position, session: name }, selection),
          );
          expect(back!.scene).toEqual(before!.scene);
          expect(back!.row?.position).toBe(before!.row?.position);
          expect(back!.failure).toEqual(before!.failure);
        }
      }),
    );
  });

  it('make one story, told at once or one by one', () => {
    fc.assert(
      fc.property(events, (events) => {
        const story = createStory();
        for (const event of events) {
          story.add(event);
          view(story, LIVE, NEWEST);
        }
        expect(view(story, LIVE, NEWEST)).toEqual(view(createStory(events), LIVE, NEWEST));
      }),
    );
  });
});
