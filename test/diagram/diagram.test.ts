import { authorizationMachine, exchangeMachine, renewalMachine, signOutMachine } from 'authchart';
import { diagram } from 'authchart/inspect';
import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { charts } from '../../src/diagram/charts.js';
import { mermaid } from '../../src/diagram/mermaid.js';
import { svgOf } from '../../src/diagram/svg.js';

const refusedWith = (detail: string) =>
  expect.objectContaining({
    name: 'AuthError',
    code: 'invalid_option',
    message: expect.stringContaining(detail),
  });

const thrown = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

const changed = (change: object): AnyStateMachine =>
  createMachine({ ...(exchangeMachine.config as object), ...change }) as unknown as AnyStateMachine;

describe('diagram()', () => {
  it.each([authorizationMachine, exchangeMachine, renewalMachine, signOutMachine])('draws $id', (machine) => {
    expect(diagram(machine, 'svg')).toBe(svgOf(charts[machine.id as 'signOut'], { standalone: true }));
    expect(diagram(machine, 'mermaid')).toBe(mermaid(machine));
  });

  it('draws a machine with parts of somebody else', () => {
    const own = signOutMachine.provide({ guards: { revokes: () => false } });
    expect(diagram(own, 'svg')).toBe(diagram(signOutMachine, 'svg'));
  });

  it('gives any machine as Mermaid, and no picture', () => {
    const machine = createMachine({
      id: 'toggle',
      initial: 'off',
      states: { off: { on: { flip: 'on' } }, on: {} },
    });
    expect(diagram(machine, 'mermaid')).toContain('off --> on : flip');
    expect(thrown(() => diagram(machine, 'svg'))).toEqual(refusedWith("use 'mermaid'"));
  });

  const states = exchangeMachine.config.states as Record<string, object>;
  it.each<[string, object]>([
    ['a state more', { states: { ...states, waiting: {} } }],
    ['another description', { states: { ...states, failed: { description: 'Over.', type: 'final' } } }],
    [
      'another way',
      { states: { ...states, committed: { ...states['committed'], always: { target: 'publishing' } } } },
    ],
    ['another beginning', { initial: 'redeeming' }],
  ])('refuses to pass one off for ours: %s', (_, change) => {
    expect(diagram(changed({}), 'svg')).toContain('</svg>');
    expect(thrown(() => diagram(changed(change), 'svg'))).toEqual(refusedWith("use 'mermaid'"));
  });

  it('refuses a machine that has only the name of ours, or of something every object has', () => {
    for (const id of ['authorization', 'constructor', '__proto__', 'default'])
      expect(thrown(() => diagram(createMachine({ id }), 'svg'))).toEqual(refusedWith("use 'mermaid'"));
  });

  it('refuses what is no machine, and no format', () => {
    for (const value of [null, undefined, {}, 'authorization', { root: null }])
      expect(thrown(() => diagram(value as never, 'mermaid'))).toEqual(
        refusedWith('takes an XState v5 machine'),
      );
    expect(thrown(() => diagram(exchangeMachine, 'png' as never))).toEqual(refusedWith("'mermaid' or 'svg'"));
  });
});
