import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';
import { definitionsOf, leavesOf } from '../support/transitions.js';
import { charts, explore } from './support/explore.js';
import type { Chart } from './support/explore.js';

/** Walks a chart and tells what it never did. */
function shortcomings(chart: Chart) {
  const untaken = definitionsOf(chart.machine);
  const unreached = new Set(leavesOf(chart.machine));
  const broken = new Set<string>();
  const visits = explore(chart, (from, event, { taken, snapshot }) => {
    for (const definition of taken) {
      unreached.delete(untaken.get(definition)?.state ?? '');
      untaken.delete(definition);
    }
    if (snapshot.status === 'error') broken.add(`${from.place} on ${event.type}`);
  });
  for (const { place } of visits) unreached.delete(place);
  const missing = [...untaken.values()].map(
    ({ state, event, alternative }) => `${state} on ${event}, alternative ${alternative + 1}`,
  );
  return { missing, unreached: [...unreached], broken: [...broken] };
}

describe.each(charts)('the $name machine', (chart) => {
  const { missing, unreached, broken } = shortcomings(chart);

  it('takes every transition it defines', () => {
    expect(missing).toEqual([]);
  });

  it('comes to or through every state', () => {
    expect(unreached).toEqual([]);
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
  expect(shortcomings(chart)).toEqual({
    missing: ['here on flow.go, alternative 1'],
    unreached: ['there'],
    broken: [],
  });
});
