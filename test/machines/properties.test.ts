import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyMachineSnapshot, EventObject } from 'xstate';
import type { Grant, SessionFacts } from '../../src/machines/vocabulary.js';
import { placeOf, step } from '../support/transitions.js';
import { charts, explore, running, spokenBy } from './support/explore.js';
import type { Chart } from './support/explore.js';
import { notPlain } from './support/lint.js';
import { CANARY } from './support/samples.js';

interface Taken {
  readonly before: AnyMachineSnapshot;
  readonly event: EventObject;
  readonly after: AnyMachineSnapshot;
  readonly emitted: readonly EventObject[];
}

/** Plays on at random. Three choices of four fall on what runs, where something does: so it gets far. */
function play(
  { machine, events: open }: Chart,
  from: AnyMachineSnapshot,
  choices: readonly number[],
): Taken[] {
  const run: Taken[] = [];
  let before = from;
  for (const choice of choices) {
    const spoken = before.status === 'active' ? running(before).flatMap(spokenBy) : [];
    const events = choice % 4 > 0 && spoken.length > 0 ? spoken : open;
    const event = events[Math.floor(choice / 4) % events.length];
    if (!event) continue;
    const { snapshot: after, emitted } = step(machine, before, event);
    run.push({ before, event, after, emitted });
    before = after;
  }
  return run;
}

const choices = fc.array(fc.nat(3999), { minLength: 1, maxLength: 40, size: 'max' });
const visited = new Map(charts.map((chart) => [chart, explore(chart)]));

/** From any state that can be reached, or from some of them, by any events. */
const always = (chart: Chart, holds: (run: readonly Taken[]) => void, from = /^/, numRuns = 150) => {
  const visits = (visited.get(chart) ?? []).filter(({ place }) => from.test(place));
  fc.assert(
    fc.property(fc.nat(visits.length - 1), choices, (visit, picks) =>
      holds(play(chart, visits[visit]!.snapshot, picks)),
    ),
    { numRuns },
  );
};

const [authorization] = charts as [Chart, ...Chart[]];

describe.each(charts)('whatever comes in whatever order, the $name machine', (chart) => {
  it('never throws and never ends in an error of its own', () => {
    always(chart, (run) => {
      for (const { after } of run) expect(after.status).not.toBe('error');
    });
  });

  it('holds nothing that JSON would lose, and no secret that JSON would show (invariant 7)', () => {
    always(chart, (run) => {
      for (const { after } of run) {
        expect(notPlain(after.context, 'context')).toEqual([]);
        const persisted = JSON.stringify({
          context: after.context,
          output: after.output,
          error: after.error,
        });
        expect(persisted).not.toContain(CANARY);
      }
    });
  });

  it('tells facts without secrets (invariant 7)', () => {
    let told = 0;
    always(chart, (run) => {
      for (const fact of run.flatMap(({ emitted }) => emitted)) {
        told++;
        expect(notPlain(fact, 'fact')).toEqual([]);
        expect(JSON.stringify(fact)).not.toMatch(/c4nary|\[redacted\]/);
      }
    });
    expect(told > 0).toBe(chart.name === 'authorization');
  });
});

describe('whatever comes in whatever order, a session', () => {
  /** The services that may say that there is a session, and how their answer brings it. */
  const sayer = /^xstate\.done\.actor\.(exchange|adoptTokens|restoreSession)$/;
  const factsIn = (event: EventObject): SessionFacts | null => {
    const { output } = event as EventObject & { output?: { facts?: SessionFacts } & Partial<SessionFacts> };
    return output?.facts ?? ((output ?? null) as SessionFacts | null);
  };
  const isSignedIn = (snapshot: AnyMachineSnapshot) => snapshot.hasTag('signedIn');

  it('is authorized only after an answer that brings it, and with the facts of that answer (invariant 4)', () => {
    let authorized = 0;
    always(authorization, (run) => {
      for (const { before, event, after } of run) {
        if (isSignedIn(before) || !isSignedIn(after)) continue;
        authorized++;
        expect(event.type).toMatch(sayer);
        expect(after.context.facts).toBe(factsIn(event));
      }
    });
    expect(authorized).toBeGreaterThan(0);
  });

  it('is exchanged only for a grant that was verified (invariant 1)', () => {
    let exchanged = 0;
    always(
      authorization,
      (run) => {
        for (const { before, event, after } of run) {
          if (placeOf(after) !== 'exchanging' || placeOf(before) === 'exchanging') continue;
          exchanged++;
          expect(event.type).toMatch(/^xstate\.done\.actor\.(verifyCallback|recallFlow)$/);
          const { output } = event as EventObject & { output: { outcome: string; grant: Grant } };
          expect(output.outcome).toBe('accepted');
          expect(after.context.grant).toBe(output.grant);
        }
      },
      /^(restoring|awaitingAuthorization)/,
      // One run in twenty comes so far.
      600,
    );
    expect(exchanged).toBeGreaterThan(0);
  });

  it('leaves nothing of its flow behind where it rests', () => {
    always(authorization, (run) => {
      for (const { after } of run) {
        if (!after.hasTag('atRest')) continue;
        expect(after.context).toMatchObject({
          flow: null,
          url: null,
          grant: null,
          adopted: null,
          callbacks: [],
        });
      }
    });
  });

  it('shows a failure wherever it stands in error or expired, and none while it is fresh', () => {
    always(authorization, (run) => {
      for (const { after } of run) {
        if (after.matches('error') || after.matches('expired')) expect(after.context.failure).not.toBeNull();
        if (after.matches({ authorized: 'fresh' })) expect(after.context.failure).toBeNull();
      }
    });
  });

  it('queues at most 200 callbacks', () => {
    const received = authorization.events.find(({ type }) => type === 'callback.received')!;
    always(authorization, (run) => {
      let snapshot = run.at(-1)!.after;
      for (let i = 0; i < 201; i++) snapshot = step(authorization.machine, snapshot, received).snapshot;
      expect(snapshot.context.callbacks.length).toBeLessThanOrEqual(200);
    });
  });

  it('signs out whatever came before, once what is running has answered', () => {
    always(authorization, (run) => {
      const { machine } = authorization;
      let snapshot = run.at(-1)!.after;
      const send = (event: EventObject) => (snapshot = step(machine, snapshot, event).snapshot);
      send({ type: 'session.signOut' });
      if (placeOf(snapshot) === 'abandoning') send({ type: 'xstate.done.actor.abandonFlow' });
      expect(placeOf(snapshot)).toBe('signingOut');
      send({ type: 'xstate.done.actor.signOut', output: { cleared: true, revocations: [] } } as EventObject);
      expect(placeOf(snapshot)).toBe('idle');
      expect(snapshot.context.facts).toBeNull();
    });
  });
});
