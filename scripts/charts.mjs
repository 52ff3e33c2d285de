import ELK from 'elkjs/lib/elk.bundled.js';
import { isAside } from '../dist/diagram/aside.js';
import { elkGraph } from '../dist/diagram/elk-graph.js';
import { layoutOf } from '../dist/diagram/elk-layout.js';
import { chartOf } from '../dist/diagram/layout.js';
import { opened, outlineOf } from '../dist/diagram/outline.js';

const FOLDER = 'src/diagram/generated';
const HEAD = '// Written by `npm run docs` from src/machines.\n';

/** The outlines of the four machines, and every chart with its layout: also sign-in with each of the others opened in it. */
export async function layOut({ authorizationMachine, exchangeMachine, renewalMachine, signOutMachine }) {
  const authorization = outlineOf(authorizationMachine, isAside);
  const others = [exchangeMachine, renewalMachine, signOutMachine].map((machine) =>
    outlineOf(machine, isAside),
  );
  const drawn = [
    ['authorization', authorization],
    ...others.map((child) => [`authorization+${child.machine}`, opened(authorization, child)]),
    ...others.map((outline) => [outline.machine, outline]),
  ];
  const elk = new ELK();
  const layouts = {};
  for (const [name, outline] of drawn) layouts[name] = layoutOf(outline, await elk.layout(elkGraph(outline)));
  const charts = Object.fromEntries(drawn.map(([name, outline]) => [name, chartOf(outline, layouts[name])]));
  return { outlines: [authorization, ...others], layouts, charts };
}

/** The modules that hold them, by path. One line for each state and edge, so that a change can be read. */
export function modulesOf({ outlines, layouts }) {
  return {
    [`${FOLDER}/outlines.ts`]: outlinesModule(outlines),
    ...Object.fromEntries(
      Object.entries(layouts).map(([name, layout]) => [`${FOLDER}/${fileOf(name)}.ts`, layoutModule(layout)]),
    ),
  };
}

const fileOf = (name) => name.replace('+', '-');

function outlinesModule(outlines) {
  const exports = outlines.map(
    (outline) => `\nexport const ${outline.machine}: Outline = {\n${membersOf(outline)}\n};`,
  );
  return `${HEAD}import type { Outline } from '../chart.js';\n${exports.join('\n')}\n`;
}

function layoutModule(layout) {
  return `${HEAD}import type { Layout } from '../layout.js';\n\nexport const layout: Layout = {\n${membersOf(layout)}\n};\n`;
}

function membersOf(object) {
  return Object.entries(object)
    .map(([key, value]) => `  ${key}: ${rowsOf(value)},`)
    .join('\n');
}

/** Lists and records of objects in rows, everything else in one line. */
function rowsOf(value) {
  const rows = Array.isArray(value)
    ? value.filter((row) => typeof row === 'object').map((row) => `    ${JSON.stringify(row)},`)
    : Object.entries(Object(value)).map(
        ([key, row]) => `    ${JSON.stringify(key)}: ${JSON.stringify(row)},`,
      );
  if (typeof value === 'string' || rows.length === 0) return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return [open, ...rows, `  ${close}`].join('\n');
}
