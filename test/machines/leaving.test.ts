import { describe, expect, it } from 'vitest';
import type { EventObject } from 'xstate';
import { pathOf, placeOf, statesOf } from '../support/transitions.js';
import { createDesk } from './support/desk.js';
import { drive } from './support/drive.js';
import { charts, explore, running } from './support/explore.js';
import type { Chart, Visit } from './support/explore.js';
import { SESSION } from './support/samples.js';

/** A child machine holds what its first state holds. */
const heldBy = (src: string) =>
  ({ exchange: 'claimFlow', renewal: 'holdLock', signOut: 'forgetSession' })[src] ?? src;

interface Case {
  readonly name: string;
  readonly state: string;
  readonly src: string;
  readonly there: Visit;
  /** What leaves the state without coming from the service itself; where there is none, the actor is stopped. */
  readonly exit: EventObject | null;
}

const isIn = (place: string, state: string) => place === state || place.startsWith(`${state}.`);

function casesOf(chart: Chart): Case[] {
  const exits: { from: Visit; event: EventObject; place: string }[] = [];
  const visits = explore(chart, (from, event, { snapshot }) =>
    exits.push({ from, event, place: placeOf(snapshot) }),
  );
  return statesOf(chart.machine).flatMap((node) => {
    const state = pathOf(node);
    return node.invoke.map(({ id, src }) => {
      const isHere = ({ place, snapshot }: Visit) =>
        isIn(place, state) && running(snapshot).some((it) => it.id === id);
      const leaving = exits.find(
        ({ from, event, place }) => isHere(from) && !isIn(place, state) && !event.type.endsWith(`.${id}`),
      );
      const there = leaving?.from ?? visits.find(isHere);
      if (!there) throw new Error(`Nothing leads to ${state}.`);
      return { name: chart.name, state, src: String(src), there, exit: leaving?.event ?? null };
    });
  });
}

const cases = charts.flatMap(casesOf);

describe('leaving a state ends what it holds', () => {
  it.each(cases)('$src in $name, $state', ({ name, src, there, exit }) => {
    const desk = createDesk();
    const { actor } = drive(desk.machineOf(name), there.input, there.path);
    const { signal } = desk.at(heldBy(src));
    expect(signal.aborted).toBe(false);
    if (exit) actor.send(exit);
    else actor.stop();
    expect(signal.aborted).toBe(true);
    actor.stop();
  });
});

it('every invocation of every machine is among them', () => {
  const counted = charts.map(({ name, machine }) => [
    name,
    statesOf(machine).flatMap(({ invoke }) => invoke).length,
    cases.filter((it) => it.name === name).length,
  ]);
  expect(counted.filter(([, defined, tried]) => defined !== tried)).toEqual([]);
});

it('cancelling a sign-in ends the service in the midst of the child machine', async () => {
  const desk = createDesk();
  const accepted = {
    type: 'xstate.done.actor.recallFlow',
    output: {
      outcome: 'accepted',
      flow: 'flow',
      session: SESSION,
      grant: { fingerprint: 'f', secrets: null },
    },
  };
  const { actor } = drive(desk.authorization, { session: SESSION }, [
    { type: 'callback.received', callback: null } as EventObject,
    accepted,
  ]);
  await desk.at('claimFlow').answer({ outcome: 'won', claim: {} });
  const { signal } = desk.at('redeemCode');
  expect(signal.aborted).toBe(false);
  actor.send({ type: 'authorization.cancel' });
  expect(signal.aborted).toBe(true);
  actor.stop();
});

it('stopping the actor ends everything that runs', () => {
  const desk = createDesk();
  const { actor } = drive(desk.authorization, { session: SESSION }, [{ type: 'authorization.begin' }]);
  const held = ['holdDeadline', 'holdUserAgent'].map((service) => desk.at(service).signal);
  actor.stop();
  expect(held.map(({ aborted }) => aborted)).toEqual([true, true]);
});
