import { expect, it } from 'vitest';
import { eventSentence, services, stepOf, steps } from '../../../src/adapters/inspector/page/explain.js';
import { entryOf, messages } from '../../../src/adapters/inspector/page/glossary.js';
import { clockTime, duration, elapsed } from '../../../src/adapters/inspector/page/model/format.js';
import { timelineText } from '../../../src/adapters/inspector/page/model/lines.js';
import { createStory } from '../../../src/adapters/inspector/page/model/story.js';
import { charts } from '../../../src/diagram/charts.js';
import { statesBelow } from '../../../src/diagram/machine.js';
import { authorizationMachine } from '../../../src/machines/authorization.machine.js';
import { exchangeMachine } from '../../../src/machines/exchange.machine.js';
import { renewalMachine } from '../../../src/machines/renewal.machine.js';
import { signOutMachine } from '../../../src/machines/sign-out.machine.js';
import { recordFlow, refuse, signIn } from '../../support/recorded-flow.js';
import { writer } from './support/events.js';

const machines = [charts.authorization, charts.exchange, charts.renewal, charts.signOut];
const states = machines.flatMap((chart) => chart.states.map(({ path }) => `${chart.machine} ${path}`));

it('explains every state, and none that is not there', () => {
  const unexplained = machines.flatMap((chart) =>
    chart.states.filter(({ path }) => stepOf(chart.machine, path) === null).map(({ path }) => path),
  );
  expect(unexplained).toEqual([]);
  expect(Object.keys(steps).filter((name) => !states.includes(name))).toEqual([]);
});

it('has words for every id that a machine invokes by, and for every event of the charts', () => {
  const invoked = [authorizationMachine, exchangeMachine, renewalMachine, signOutMachine].flatMap(
    ({ root }) => [root, ...statesBelow(root)].flatMap(({ invoke }) => invoke.map(({ id }) => id)),
  );
  expect(invoked).toEqual(expect.arrayContaining(['deadline', 'recallFlow', 'claimFlow', 'holdLock']));
  expect(Object.keys(services).toSorted()).toEqual([...new Set(invoked)].toSorted());
  const events = machines.flatMap((chart) =>
    [...chart.edges, ...chart.aside].flatMap(({ reasons }) => reasons.map(({ event }) => event)),
  );
  // A sentence, not the name of the event.
  for (const event of events)
    if (event !== '')
      expect(eventSentence(event)).toMatch(
        / (?:is|are|has|begins|clicks|comes|asks|brings|signs|wrote|starts) ?/,
      );
});

it('explains every message, part and service that a sign-in has', async () => {
  const events = await recordFlow(async (flows) => {
    const session = await signIn(flows);
    await session.fetch(flows.emulator.endpoints.usersMe);
    await session.renew();
    await session.signOut();
    await refuse(flows);
  });
  const passed = events.flatMap((event) => (event.type === 'message.passed' ? [event.message] : []));
  const names = new Set(passed.flatMap(({ parts }) => parts.map(({ name }) => name)));
  expect([...names].filter((name) => entryOf(name) === null)).toEqual([]);
  expect(passed.filter(({ name }) => !Object.hasOwn(messages, name))).toEqual([]);
  expect(names).toContain('code_verifier');
  const started = events.flatMap((event) => (event.type === 'actor.started' ? [event.actor] : []));
  const named = new Set(started.flatMap(({ machine, name }) => (machine === null ? [name] : [])));
  expect([...named].filter((name) => !Object.hasOwn(services, name))).toEqual([]);
  expect(named).toContain('recallFlow');
});

it('knows no entry by a name of the language', () => {
  expect(entryOf('constructor')).toBeNull();
  expect(stepOf('__proto__', 'toString')).toBeNull();
  expect(eventSentence('constructor')).toBe('constructor');
});

it.each([
  [0.04, '0.0 ms'],
  [9.94, '9.9 ms'],
  [9.96, '10 ms'],
  [999.4, '999 ms'],
  [1_240, '1.2 s'],
  [59_960, '1 min 00 s'],
  [185_000, '3 min 05 s'],
  [7_200_000, '2 h 00 min'],
])('says %d milliseconds as %s', (time, words) => expect(duration(time)).toBe(words));

it('says moments aligned, and none for a time that is none', () => {
  expect(elapsed(4)).toBe('0.004');
  expect(elapsed(185_120)).toBe('3:05.120');
  expect(clockTime(1e300)).toBe('');
});

it('makes no terminal obey, and keeps to 80 columns whatever it is told', () => {
  const { events, starts, moves } = writer();
  starts('x', 'authorization', 'authorization', null, 'idle');
  moves('x', `\u001b[2J${'ab '.repeat(80)}`, 'idle', `\u202e${'x'.repeat(250)}`);
  const text = timelineText('\u001b]0;ada', createStory(events).runs[0]!.rows);
  for (const char of ['\u001b', '\u202e']) expect(text).not.toContain(char);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(text).toContain('xxx');
});

it.each([1, 4, 53, 54, 60, 280])('comes to an end of a name that begins with %d spaces', (spaces) => {
  const { events, starts, moves, passes } = writer();
  const name = `${' '.repeat(spaces)}${'x'.repeat(10)} y`;
  starts('x', 'authorization', 'authorization', null, 'idle');
  starts('s', null, name, 'x', null);
  // A recording may hold any.
  const message = { name: name as 'API request', status: 200 };
  passes('s', message);
  passes(null, message);
  moves('x', name, 'idle', 'restoring.session');
  const text = timelineText('ada', createStory(events).runs[0]!.rows);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(text.match(/x{10} y/g)).toHaveLength(4);
});
