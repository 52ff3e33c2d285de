import { describe, expect, it } from 'vitest';
import { leavesOf } from '../support/transitions.js';
import { publicEvents } from './support/answers.js';
import { charts, explore } from './support/explore.js';

const [authorization] = charts;
if (!authorization) throw new Error('The authorization chart is missing.');

const columns = [...new Set(publicEvents.map(({ type }) => type))];
type PublicType = (typeof columns)[number];

/** By state: what the chart does with each event there. A guard may take one event in one context and not in another. */
const heeded = new Map<string, Map<string, boolean>>();
explore(authorization, ({ place }, { type }, { taken }) => {
  if (!(columns as string[]).includes(type)) return;
  const row = heeded.get(place) ?? new Map<string, boolean>();
  heeded.set(place, row.set(type, (row.get(type) ?? false) || taken.length > 0));
});
const heeds = (state: string, type: PublicType) => heeded.get(state)?.get(type) === true;
const states = leavesOf(authorization.machine).filter((state) => heeded.has(state));

function table(): string {
  const rows = [
    ['state', ...columns],
    ...states.map((state) => [`\`${state}\``, ...columns.map((type) => (heeds(state, type) ? 'yes' : '·'))]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const [head, ...body] = rows.map(line);
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

const page = () => `# Events each state ignores

What \`authorizationMachine\` does with the events that anybody may send: \`yes\`, it takes the event there; \`·\`, it ignores it.
States that are only passed through are left out, and so are the events of the machine's own services
(\`userAgent.*\`, \`deadline.*\`).

This page is made by \`test/machines/ignored-events.test.ts\`, which fails when it no longer fits the chart.
To write it anew: \`npx vitest run test/machines/ignored-events.test.ts -u\`, then read the difference.

${table()}
`;

it('the page of ignored events fits the chart; after a deliberate change run vitest with -u and read the difference', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/ignored-events.md');
});

describe('from every state a user can cancel, start again or sign out (invariant 10)', () => {
  const onTheWayOut = ['signingOut'];

  it.each(states.filter((state) => !onTheWayOut.includes(state)))('%s', (state) => {
    const exits = (['authorization.cancel', 'authorization.begin', 'session.signOut'] as const).filter(
      (type) => heeds(state, type),
    );
    expect(exits).not.toEqual([]);
  });

  it('every state but signingOut takes a sign-out', () => {
    expect(states.filter((state) => !heeds(state, 'session.signOut'))).toEqual(onTheWayOut);
  });

  it('whatever works for a flow can be cancelled', () => {
    const flow = states.filter((state) => /^(restoring|adopting|awaiting|abandoning|exchanging)/.test(state));
    expect(flow.filter((state) => !heeds(state, 'authorization.cancel'))).toEqual([]);
  });

  it('only what is in the middle of adopting or signing out takes no new beginning', () => {
    expect(states.filter((state) => !heeds(state, 'authorization.begin'))).toEqual([
      'adopting',
      'signingOut',
    ]);
  });
});
