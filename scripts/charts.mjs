import ELK from 'elkjs/lib/elk.bundled.js';
import { chartOf, elkGraph } from '../dist/diagram/elk-graph.js';
import { isAside } from '../dist/diagram/aside.js';
import { outlineOf } from '../dist/diagram/outline.js';

/** Every chart by its name: the four machines, and sign-in with each of the others opened in it. */
export async function layOut({ authorizationMachine, exchangeMachine, renewalMachine, signOutMachine }) {
  const others = [exchangeMachine, renewalMachine, signOutMachine];
  const outlines = {
    authorization: outlineOf(authorizationMachine, { isAside }),
    ...Object.fromEntries(
      others.map((child) => [
        `authorization+${child.id}`,
        outlineOf(authorizationMachine, { isAside, opened: [child] }),
      ]),
    ),
    ...Object.fromEntries(others.map((machine) => [machine.id, outlineOf(machine)])),
  };
  const charts = {};
  for (const [name, outline] of Object.entries(outlines)) charts[name] = await laidOut(outline);
  return charts;
}

/** ELK forgets nothing between two layouts, so each has an instance of its own: the same input, the same bytes. */
async function laidOut(outline) {
  return chartOf(outline, await new ELK().layout(elkGraph(outline)));
}

const FOLDER = 'src/diagram/generated';
const fileOf = (name) => name.replaceAll('+', '-');

/** The modules that hold the charts, by path. One line for each state and edge, so that a change can be read. */
export function modulesOf(charts) {
  return Object.fromEntries(
    Object.entries(charts).map(([name, chart]) => [`${FOLDER}/${fileOf(name)}.ts`, moduleOf(chart)]),
  );
}

function moduleOf(chart) {
  const members = Object.entries(chart).map(([key, value]) => {
    if (!Array.isArray(value)) return `  ${key}: ${JSON.stringify(value)},`;
    return [`  ${key}: [`, ...value.map((row) => `    ${JSON.stringify(row)},`), '  ],'].join('\n');
  });
  return [
    '// Written by `npm run docs` from src/machines, laid out by ELK.',
    "import type { Chart } from '../chart.js';",
    '',
    'export const chart: Chart = {',
    ...members,
    '};',
    '',
  ].join('\n');
}
