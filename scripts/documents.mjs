import { format, resolveConfig } from 'prettier';
import { mermaid } from '../dist/diagram/mermaid.js';
import { svgOf } from '../dist/diagram/svg.js';
import { layOut, modulesOf } from './charts.mjs';

/** Sent by the chart's own services, never by an application. */
const INTERNAL = /^(?:deadline|userAgent|xstate)\./;

/** Every generated file, or file with generated parts, by its path. `sources` is what `dist` exports. */
export async function documents({ catalogue, ...machines }, readme) {
  const { authorizationMachine } = machines;
  const drawn = await layOut(machines);
  return {
    ...modulesOf(drawn),
    ...pictures(drawn),
    'docs/errors.md': await formatted('docs/errors.md', errorsPage(catalogue)),
    'docs/chart.md': await formatted('docs/chart.md', chartPage(machines)),
    ...(readme !== undefined && {
      'README.md': await formatted(
        'README.md',
        filled(readme, {
          states: statesTable(authorizationMachine),
          events: eventsTable(authorizationMachine),
          errors: errorsTable(catalogue),
        }),
      ),
    }),
  };
}

/** A file for each machine, fit for pages of any colour. */
function pictures({ outlines, charts }) {
  return Object.fromEntries(
    outlines.map(({ machine }) => [
      `docs/pictures/${machine}.svg`,
      svgOf(charts[machine], { standalone: true }),
    ]),
  );
}

const TITLES = {
  authorizationMachine: 'A sign-in and its session',
  exchangeMachine: 'Exchange: from a verified callback to a session',
  renewalMachine: 'Renewal: one refresh token, spent once',
  signOutMachine: 'Sign-out',
};

/** `docs/chart.md`: every machine as a picture, and with every transition. */
export function chartPage(machines) {
  const sections = Object.entries(TITLES).map(([name, title]) =>
    [
      `## ${title}`,
      `![${title}, as a chart: every state, and the ways between them](pictures/${machines[name].id}.svg)`,
      'Every transition:',
      `\`\`\`mermaid\n${mermaid(machines[name])}\n\`\`\``,
      statesTable(machines[name], Infinity),
    ].join('\n\n'),
  );
  return [
    '<!-- Written by `npm run docs` from src/machines. -->',
    '# The machines',
    'A dot leads to where a machine, or a state with states inside, begins; a double border is an end. Under the name of a state stand ' +
      'the services and machines that run while it is the state: `done` and `failed` are their answers. Blue is busy, amber waits for a person, green is signed in, ' +
      'a thick border is at rest. The pictures leave out what ' +
      'would hide the way of a sign-in: failures of services, commands that work nearly everywhere, what ends a session from ' +
      'elsewhere, and a lock that is lost. The text below each has all of it.',
    ...sections,
  ].join('\n\n');
}

/** `docs/errors.md`: one section per code. */
export function errorsPage(catalogue) {
  const sections = Object.entries(catalogue).map(
    ([code, { phase, retryable, meaning, advice }]) =>
      `## \`${code}\`\n\n${meaning}\n\n**What to do:** ${advice}\n\n` +
      `Phase \`${phase}\`, ${retryable ? 'retryable' : 'not retryable'}.`,
  );
  return [
    '<!-- Written by `npm run docs`. The words come from src/services/error-catalogue.ts. -->',
    '# Errors',
    'Everything authchart throws is an `AuthError` with one of the codes below; the union is closed. Its `message` says ' +
      'what happened and what to do, often more exactly than the sentences here, and holds no URL, code, token or secret.',
    '`retryable` tells whether trying again, with nothing changed, can succeed; a sign-in is tried again by a new one. `phase` is where a code usually ' +
      'arises: one that several steps share carries the phase of the step that failed.',
    ...sections,
  ].join('\n\n');
}

/** Code, phase, and the first thing to do. */
export function errorsTable(catalogue) {
  const rows = Object.entries(catalogue).map(([code, { phase, advice }]) => [
    `[\`${code}\`](docs/errors.md#${code})`,
    phase,
    shortened(advice),
  ]);
  return table(['code', 'phase', 'what to do'], rows);
}

/** The first sentence that says what to do, not what was done ("Nothing was sent."). */
function shortened(advice) {
  const sentences = advice.split(/(?<=\.) (?=[A-Z])/);
  return sentences.find((sentence) => !/^[^,:]+ (?:was|were) \w+\.$/.test(sentence)) ?? advice;
}

/** The upper levels of a machine. A tag holds in every state below the one that has it. */
export function statesTable(machine, levels = 2) {
  const rows = nodesOf(machine.root)
    .filter(({ path }) => path.length > 0 && path.length <= levels)
    .map((node) => [`\`${node.path.join('.')}\``, node.description, tagsOf(node).join(', ')]);
  return table(['state', 'what it means', 'tags'], rows);
}

function tagsOf(node) {
  return node.parent ? [...tagsOf(node.parent), ...node.tags] : [];
}

/** Every event an application may send, and the states that react. */
export function eventsTable(machine) {
  const reacting = new Map();
  for (const node of nodesOf(machine.root)) {
    for (const event of Object.keys(node.on)) {
      if (INTERNAL.test(event)) continue;
      reacting.set(event, [...(reacting.get(event) ?? []), `\`${node.path.join('.')}\``]);
    }
  }
  const rows = [...reacting].map(([event, states]) => [`\`${event}\``, states.join(', ')]);
  return table(['event', 'states that react'], rows);
}

const nodesOf = (node) => Object.values(node.states).flatMap((child) => [child, ...nodesOf(child)]);

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
export function filled(text, parts) {
  return Object.entries(parts).reduce((before, [name, part]) => {
    const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [before.indexOf(open), before.indexOf(close)];
    if (from < 0 || to < from) throw new Error(`The markers ${open} and ${close} are missing.`);
    return `${before.slice(0, from + open.length)}\n\n${part}\n\n${before.slice(to)}`;
  }, text);
}

const formatted = async (file, text) =>
  format(text, { ...(await resolveConfig(file)), parser: 'markdown', filepath: file });
