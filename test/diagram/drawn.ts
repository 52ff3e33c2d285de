import { authorizationMachine, exchangeMachine, renewalMachine, signOutMachine } from 'authchart';
import type { AnyStateMachine } from 'xstate';
import type { ChartBox } from '../../src/diagram/chart.js';
import { charts } from '../../src/diagram/charts.js';
import type { ChartName } from '../../src/diagram/charts.js';

/** Every chart with the machines that are in it. */
export const drawn = (
  [
    ['authorization', authorizationMachine],
    ['authorization+exchange', authorizationMachine, exchangeMachine],
    ['authorization+renewal', authorizationMachine, renewalMachine],
    ['authorization+signOut', authorizationMachine, signOutMachine],
    ['exchange', exchangeMachine],
    ['renewal', renewalMachine],
    ['signOut', signOutMachine],
  ] as readonly [ChartName, ...AnyStateMachine[]][]
).map(([name, ...machines]) => ({ name, chart: charts[name], machines }));

export const overlap = (one: ChartBox, other: ChartBox) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

export const contains = (outer: ChartBox, inner: ChartBox) =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

/** Of one list, each two once. */
export const pairs = <Item>(items: readonly Item[]): (readonly [Item, Item])[] =>
  items.flatMap((one, index) => items.slice(index + 1).map((other) => [one, other] as const));
