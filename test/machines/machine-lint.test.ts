import { afterEach, describe, expect, it, vi } from 'vitest';
import { assign, createMachine, fromPromise, setup } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { charts } from './support/explore.js';
import { lint } from './support/lint.js';

it.each(charts)('the $name machine keeps the house rules', ({ machine, inputs }) => {
  expect(lint(machine, inputs)).toEqual([]);
});

const description = 'Stands here.';
const promise = fromPromise(() => Promise.resolve());
const service = { id: 'work', src: 'work', input: {}, onDone: {}, onError: {} } as const;
const working = setup({ actors: { work: promise } });
const { input: _input, ...withoutInput } = service;
const { id: _id, ...withoutId } = service;
const { onDone: _onDone, ...withoutDone } = service;
const { onError: _onError, ...withoutError } = service;

const planted: readonly (readonly [
  rule: string,
  machine: () => AnyStateMachine,
  verdicts: readonly string[],
])[] = [
  [
    'a state without a description',
    () => createMachine({ initial: 'here', states: { here: {} } }),
    ['here: is not described by one sentence'],
  ],
  [
    'a description of two sentences',
    () => createMachine({ initial: 'here', states: { here: { description: 'Stands. Waits.' } } }),
    ['here: is not described by one sentence'],
  ],
  [
    'a service without an id',
    () => working.createMachine({ invoke: withoutId }),
    ['the root: invokes work without an id'],
  ],
  [
    'a service without input',
    () => working.createMachine({ invoke: withoutInput }),
    ['the root: invokes work without input'],
  ],
  [
    'a service whose answer leads nowhere',
    () => working.createMachine({ invoke: withoutDone }),
    ['the root: invokes work without onDone'],
  ],
  [
    'a service whose failure ends the process',
    () => working.createMachine({ invoke: withoutError }),
    ['the root: invokes work without onError'],
  ],
  [
    'a service that cannot be provided',
    () => createMachine({ invoke: { ...service, src: promise } }),
    ['the root: invokes a source that has no name'],
  ],
  [
    'an inline action in a transition',
    () => createMachine({ on: { go: { actions: () => undefined } } }),
    ['the root: has an inline action'],
  ],
  [
    'an inline action at entry',
    () => createMachine({ initial: 'here', states: { here: { description, entry: () => undefined } } }),
    ['here: has an inline action'],
  ],
  [
    'a named action with a side effect',
    () => setup({ actions: { shout: () => undefined } }).createMachine({ entry: 'shout' }),
    ['setup: the action shout does something; only assign and emit may be'],
  ],
  [
    'a guard that no diagram can name',
    () => createMachine({ on: { go: { guard: () => true } } }),
    ['the root: has a guard without a name'],
  ],
  [
    'a delay that is misspelt',
    () => createMachine({ initial: 'here', states: { here: { description, after: { sonn: {} } } } }),
    ['here: waits with "after", which no restored snapshot keeps'],
  ],
  [
    'an initial state that is misspelt',
    () => createMachine({ initial: 'hre', states: { here: { description } } }),
    ['the root: has no initial state of the name hre', 'does not start', 'here: no arrow leads here'],
  ],
  [
    'a guard, a service and an action that nothing uses',
    () =>
      setup({
        actors: { work: promise },
        guards: { may: () => true },
        actions: { keep: assign({}) },
      }).createMachine({}),
    [
      'setup: nothing uses work of its actors',
      'setup: nothing uses keep of its actions',
      'setup: nothing uses may of its guards',
    ],
  ],
  [
    'a guard that setup does not know',
    () => createMachine({ on: { go: { guard: 'may' } } }),
    ['setup: has nothing of the name may'],
  ],
  [
    'a context that JSON loses',
    () => createMachine({ context: { since: new Date(0), cleared: undefined } }),
    ['context.since: is a Date', 'context.cleared: is a undefined'],
  ],
  [
    'a context that throws',
    () =>
      createMachine({
        context: () => {
          throw new Error('No context.');
        },
      }),
    ['does not start'],
  ],
  [
    'a state that no arrow leads to',
    () => createMachine({ initial: 'here', states: { here: { description }, island: { description } } }),
    ['island: no arrow leads here'],
  ],
];

describe('the house rules refuse', () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each(planted)('%s', (_, machine, verdicts) => {
    // XState warns of some of them itself, on the console.
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    expect(lint(machine(), [undefined])).toEqual(verdicts);
  });
});

it('the house rules accept a machine that keeps them', () => {
  const machine = working.createMachine({
    initial: 'here',
    states: { here: { description, entry: assign({}), invoke: service } },
  });
  expect(lint(machine, [undefined])).toEqual([]);
});
