import { describe, expect, it } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import type { Chart, ChartBox, ChartPoint } from '../../src/diagram/chart.js';
import { parentOf } from '../../src/diagram/outline.js';
import { eventName } from '../../src/client/inspection/words.js';
import { definitionsOf, pathOf, statesOf } from '../support/transitions.js';
import { contains, drawn, overlap, pairs } from './drawn.js';

/** What leads from one state to another: `claiming done(claimFlow) redeeming`. */
function waysOf(machine: AnyStateMachine): string[] {
  const ways = [...definitionsOf(machine)].flatMap(([taken, { state, event }]) => {
    const [target] = (taken as { target?: readonly { path: string[] }[] }).target ?? [];
    const to = target?.path.join('.');
    const name = event === 'always' ? '' : eventName(event);
    return to === undefined || to === state ? [] : [`${machine.id} ${state} ${name} ${to}`];
  });
  return [...new Set(ways)].toSorted();
}

const waysIn = (edges: Chart['edges'] | Chart['aside']) =>
  edges
    .flatMap(({ machine, source, target, reasons }) =>
      reasons.map(({ event }) => `${machine} ${source} ${event} ${target}`),
    )
    .toSorted();

const nameOf = ({ machine, path }: Chart['states'][number]) => `${machine} ${path}`;

describe.each(drawn)('the chart $name', ({ chart, machines }) => {
  const leaves = chart.states.filter(({ kind }) => kind !== 'compound');
  const labels = chart.edges.flatMap(({ label }) => label ?? []);
  const endOf = (machine: string, path: string) =>
    chart.states.find((state) => state.machine === machine && state.path === path)!;

  it('has every state of its machines, parents first', () => {
    const expected = machines.flatMap((machine) =>
      statesOf(machine).map((state) => `${machine.id} ${pathOf(state)}`),
    );
    expect(chart.states.map(nameOf).toSorted()).toEqual(expected.toSorted());
    for (const state of chart.states) {
      const parent = parentOf(chart.states, state);
      if (parent) expect(chart.states.indexOf(parent)).toBeLessThan(chart.states.indexOf(state));
      else expect([state.machine, state.path]).toEqual([chart.machine, state.key]);
    }
  });

  it('says of a state what the machine says', () => {
    for (const state of machines.flatMap((machine) => statesOf(machine))) {
      const { machine, definition } = state;
      const told = endOf(machine.id, pathOf(state));
      expect(told).toMatchObject({
        key: state.key,
        description: definition.description,
        rfc: (state.meta as { rfc?: string } | undefined)?.rfc ?? null,
        tags: state.tags,
        initial: state.parent!.initial.target[0] === state,
        invokes: state.invoke.map(({ id }) => id),
      });
      const hasStates = Object.keys(state.states).length > 0;
      const isOpened = machines.some((child) => state.invoke.some(({ id }) => id === child.id));
      expect(told.kind).toBe(
        state.type === 'final' ? 'final' : hasStates || isOpened ? 'compound' : 'atomic',
      );
    }
  });

  it('has every transition once, drawn or left aside, and one edge for each two states', () => {
    const all = machines.flatMap(waysOf).toSorted();
    expect([...waysIn(chart.edges), ...waysIn(chart.aside)].toSorted()).toEqual(all);
    const ends = chart.edges.map(({ machine, source, target }) => `${machine} ${source} ${target}`);
    expect(new Set(ends).size).toBe(ends.length);
  });

  it('has places for all within its borders, and children inside their parents', () => {
    const whole: ChartBox = { x: 0, y: 0, width: chart.width, height: chart.height };
    for (const box of [...chart.states, ...labels, ...chart.entries]) expect(contains(whole, box)).toBe(true);
    const strays = chart.states.filter((state) => {
      const parent = parentOf(chart.states, state);
      return parent && !contains(parent, state);
    });
    expect(strays.map(nameOf)).toEqual([]);
  });

  it('lays no label and no state over another', () => {
    expect(pairs(labels).filter(([one, other]) => overlap(one, other))).toEqual([]);
    const hidden = labels.filter((label) => leaves.some((state) => overlap(label, state)));
    expect(hidden).toEqual([]);
    expect(pairs(leaves).filter(([one, other]) => overlap(one, other))).toEqual([]);
    const dots = chart.entries.filter((dot) => [...leaves, ...labels].some((box) => overlap(dot, box)));
    expect(dots).toEqual([]);
  });

  it('leads every edge from border to border, straight up, down or across, and through no state', () => {
    for (const { machine, source, target, points } of chart.edges) {
      expect(isOnBorder(points[0]!, endOf(machine, source))).toBe(true);
      expect(isOnBorder(points.at(-1)!, endOf(machine, target))).toBe(true);
    }
    for (const { machine, target, points, ...dot } of chart.entries) {
      expect(isOnBorder(points[0]!, dot)).toBe(true);
      expect(isOnBorder(points.at(-1)!, endOf(machine, target))).toBe(true);
    }
    for (const { points } of [...chart.edges, ...chart.entries]) {
      for (const [index, to] of points.slice(1).entries()) {
        const from = points[index]!;
        expect(from.x === to.x || from.y === to.y).toBe(true);
        expect(leaves.filter((state) => crosses(from, to, state)).map(nameOf)).toEqual([]);
      }
    }
  });

  it('has every label on its own line', () => {
    for (const { points, label } of chart.edges) {
      if (!label) continue;
      expect(points.slice(1).some((to, index) => crosses(points[index]!, to, label))).toBe(true);
    }
  });
});

it('a place in the charts holds the words that stand in it', () => {
  const narrow = drawn.flatMap(({ chart }) =>
    chart.edges.flatMap(({ label }) =>
      label &&
      (label.width < 5 * Math.max(...label.lines.map((line) => line.length)) ||
        label.height < 14 * label.lines.length)
        ? [label.lines]
        : [],
    ),
  );
  expect(narrow).toEqual([]);
});

function isOnBorder({ x, y }: ChartPoint, box: ChartBox): boolean {
  const [right, bottom] = [box.x + box.width, box.y + box.height];
  const isWithin = box.x <= x && x <= right && box.y <= y && y <= bottom;
  return isWithin && (x === box.x || x === right || y === box.y || y === bottom);
}

/** Goes through the inside, not only along the border. */
function crosses(from: ChartPoint, to: ChartPoint, box: ChartBox): boolean {
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  return left < box.x + box.width && box.x < right && top < box.y + box.height && box.y < bottom;
}
