import { describe, expect, it } from 'vitest';
import { setup, transition } from 'xstate';
import type { EventObject } from 'xstate';
import { definitionsOf, leavesOf, placeOf } from '../support/transitions.js';
import { charts, explore } from './support/explore.js';
import type { Chart, Visit } from './support/explore.js';

// XState's own, pure, way is slower: a sample must do.
const SAMPLE = 20;

/** Walks a chart and tells what it never did. */
function shortcomings(chart: Chart) {
  const untaken = definitionsOf(chart.machine);
  const unreached = new Set(leavesOf(chart.machine));
  const broken = new Set<string>();
  const steps: { from: Visit; event: EventObject; place: string }[] = [];
  const visits = explore(chart, (from, event, { taken, snapshot }) => {
    for (const definition of taken) {
      unreached.delete(untaken.get(definition)?.state ?? '');
      untaken.delete(definition);
    }
    steps.push({ from, event, place: placeOf(snapshot) });
    if (snapshot.status === 'error') broken.add(`${from.place} on ${event.type}`);
  });
  for (const { place } of visits) unreached.delete(place);
  const missing = [...untaken.values()].map(
    ({ state, event, alternative }) => `${state} on ${event}, alternative ${alternative + 1}`,
  );
  return { missing, unreached: [...unreached], broken: [...broken], steps };
}

describe.each(charts)('the $name machine', (chart) => {
  const { missing, unreached, broken, steps } = shortcomings(chart);

  it('takes every transition it defines', () => {
    expect(missing).toEqual([]);
  });

  it('comes to or through every state', () => {
    expect(unreached).toEqual([]);
  });

  it('goes where the transition() of XState goes', () => {
    const astray = steps
      .filter((_, index) => index % SAMPLE === 0)
      .filter(
        ({ from, event, place }) => placeOf(transition(chart.machine, from.snapshot, event)[0]) !== place,
      );
    expect(astray).toEqual([]);
  });

  it('breaks on no event that can come', () => {
    expect(broken).toEqual([]);
  });
});

it('coverage names the transition that nothing takes and the state that nothing reaches', () => {
  const machine = setup({ guards: { never: () => false } }).createMachine({
    initial: 'here',
    states: {
      here: { on: { 'flow.go': [{ guard: 'never', target: 'there' }, { target: 'here' }] } },
      there: {},
    },
  });
  const chart = { name: 'planted', machine, inputs: [undefined], events: [{ type: 'flow.go' }] };
  expect(shortcomings(chart)).toMatchObject({
    missing: ['here on flow.go, alternative 1'],
    unreached: ['there'],
    broken: [],
  });
});
