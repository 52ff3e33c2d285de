import { describe, expect, it } from 'vitest';
import { neededChart } from '../../../src/adapters/inspector/page/model/chart-name.js';
import { LIVE, NEWEST, view } from '../../../src/adapters/inspector/page/model/view.js';
import {
  BROKEN,
  isIn,
  KNOWN,
  machineOf,
  stateIn,
} from '../../../src/adapters/inspector/page/model/states.js';
import { createStory } from '../../../src/adapters/inspector/page/model/story.js';
import { statesBelow } from '../../../src/diagram/machine.js';
import { authorizationMachine } from '../../../src/machines/authorization.machine.js';
import { writer } from './support/events.js';

const root = statesBelow(authorizationMachine.root);
const paths = root.map(({ path }) => path.join('.'));

describe('states that are named by hand', () => {
  it('are those of the machine', () => {
    expect([...BROKEN, ...KNOWN].filter((path) => !paths.includes(path))).toEqual([]);
  });

  it('leave none out that is new', () => {
    expect(
      paths.filter((path) => !path.includes('.') && !isIn(path, KNOWN) && !isIn(path, BROKEN)).toSorted(),
    ).toEqual(['abandoned', 'abandoning', 'adopting', 'idle', 'restoring']);
    expect(
      paths.filter((path) => /^authorized[.][^.]+$/.test(path) && !isIn(path, BROKEN)).toSorted(),
    ).toEqual(['assessing', 'due', 'fresh', 'renewing', 'rereading'].map((key) => `authorized.${key}`));
  });
});

describe('a child machine', () => {
  const invoked = ['exchange', 'renewal', 'signOut'] as const;

  it.each(invoked)('%s runs for as long as the machine says', (child) => {
    const invokers = root.filter(({ invoke }) => invoke.some(({ id }) => id === child));
    expect(invokers).toHaveLength(1);
    const at = invokers[0]!.path.join('.');
    for (const path of paths.filter((one) => stateIn('authorization', one)?.kind === 'atomic')) {
      const { events, starts, moves } = writer();
      starts('x', 'authorization', 'authorization', null, 'idle');
      starts('c', child, child, 'x', 'somewhere');
      moves('x', 'flow.retry', 'idle', at);
      expect(view(createStory(events), LIVE, NEWEST).scene.child).toBe(child);
      moves('x', 'flow.retry', at, path);
      const { scene } = view(createStory(events), LIVE, NEWEST);
      expect([path, scene.child]).toEqual([path, path === at ? child : null]);
      expect(neededChart(scene)).toBe(path === at ? `authorization+${child}` : 'authorization');
    }
  });
});

describe('the machine that states belong to', () => {
  it('is named where there is only one', () => {
    expect(machineOf(['exchanging', 'authorized.fresh'])).toBe('authorization');
    expect(machineOf(['publishing', 'authorized'])).toBe('exchange');
    // Of the renewal and the sign-out.
    expect(machineOf(['signedOut'])).toBeNull();
    expect(machineOf(['idle', 'claiming'])).toBeNull();
    expect(machineOf(['constructor'])).toBeNull();
  });
});
