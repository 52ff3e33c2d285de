import { isAside } from './aside.js';
import type { Chart, Outline } from './chart.js';
import { charts } from './charts.js';
import * as outlines from './generated/outlines.js';
import type { MachineLike } from './machine.js';
import { outlineOf } from './outline.js';

/** The chart of a machine that was laid out when this version was built; `null`: of no machine of this shape. */
export function drawnChart(machine: MachineLike): Chart | null {
  const known: Readonly<Record<string, Outline>> = outlines;
  const outline = Object.hasOwn(known, machine.id) ? known[machine.id] : undefined;
  if (!outline || JSON.stringify(outline) !== JSON.stringify(outlineOf(machine, isAside))) return null;
  return charts[machine.id as keyof typeof outlines];
}
