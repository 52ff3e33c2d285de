import { describe, expect, it } from 'vitest';
import { definitionsOf, leavesOf, step } from '../support/transitions.js';
import type { Definition } from '../support/transitions.js';
import { charts, explore } from './support/explore.js';

const say = ({ state, event, alternative }: Definition) =>
  `${state} on ${event}, alternative ${alternative + 1}`;

describe.each(charts)('the $name machine', (chart) => {
  const definitions = definitionsOf(chart.machine);
  const passed = new Set<string>();
  const taken = new Set<object>();
  const broken: string[] = [];
  const t = performance.now();
  const visits = explore(chart, (from, event, to) => {
    for (const definition of to.taken) taken.add(definition);
    if (to.snapshot.status === 'error') broken.push(`${from.place} on ${event.type}`);
  });
  console.log(chart.name, visits.length, performance.now() - t);

  it('takes every transition it defines', () => {
    const missing = [...definitions]
      .filter(([key]) => !taken.has(key))
      .map(([, definition]) => say(definition));
    expect(missing).toEqual([]);
  });
});
