import { virtualClock } from 'authchart/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standingClock } from '../../../src/adapters/inspector/standing-clock.js';
import { runs } from '../../properties/support/runs.js';

const START = 1_800_000_000_000;

function clocks() {
  const real = virtualClock(START);
  const clock = standingClock(real);
  const readings = () => [clock.now() - START, clock.elapsed()];
  return { real, clock, readings };
}

describe('a clock that can stand', () => {
  it('goes as the clock behind it does, until it is held', async () => {
    const { real, clock, readings } = clocks();
    await real.advance(10);
    const goOn = clock.hold();
    await real.advance(100);
    expect(readings()).toEqual([10, 10]);
    goOn();
    expect(readings()).toEqual([10, 10]);
    await real.advance(5);
    expect(readings()).toEqual([15, 15]);
  });

  it('stands until the last of several holds ends, and each ends once', async () => {
    const { real, clock, readings } = clocks();
    const [one, other] = [clock.hold(), clock.hold()];
    await real.advance(10);
    one();
    one();
    await real.advance(10);
    expect(readings()).toEqual([0, 0]);
    other();
    await real.advance(1);
    expect(readings()).toEqual([1, 1]);
    one();
    other();
    expect(readings()).toEqual([1, 1]);
  });

  it('is never behind or ahead of itself when the wall clock is set while it stands', async () => {
    const { real, clock, readings } = clocks();
    const goOn = clock.hold();
    real.jump(-3_600_000);
    await real.advance(10);
    expect(readings()).toEqual([0, 0]);
    goOn();
    expect(readings()).toEqual([0, 0]);
    real.jump(7);
    expect(readings()).toEqual([7, 0]);
  });

  it('puts off what was set on it, before and while it stands', async () => {
    const { real, clock } = clocks();
    const fired: string[] = [];
    clock.setTimeout(() => fired.push(`before ${clock.elapsed()} ${real.elapsed()}`), 20);
    await real.advance(15);
    const goOn = clock.hold();
    clock.setTimeout(() => fired.push(`meanwhile ${clock.elapsed()} ${real.elapsed()}`), 10);
    const id = clock.setTimeout(() => fired.push('cleared'), 1);
    await real.advance(1_000);
    expect(fired).toEqual([]);
    clock.clearTimeout(id);
    goOn();
    await real.advance(1_000);
    expect(fired).toEqual(['before 20 1020', 'meanwhile 25 1025']);
  });

  it('forgets a timer that is cleared while it goes', async () => {
    const { real, clock } = clocks();
    const fired: string[] = [];
    clock.clearTimeout(clock.setTimeout(() => fired.push('cleared'), 5));
    clock.clearTimeout('unknown');
    clock.hold()();
    await real.advance(10);
    expect(fired).toEqual([]);
  });

  it('shows nobody who reads it that it ever stood', async () => {
    const command = fc.oneof(
      fc.record({ does: fc.constant('pass' as const), by: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ does: fc.constant('hold' as const), by: fc.constant(0) }),
      fc.record({ does: fc.constant('release' as const), by: fc.nat(5) }),
      fc.record({ does: fc.constant('set' as const), by: fc.integer({ min: 0, max: 80 }) }),
      fc.record({ does: fc.constant('clear' as const), by: fc.nat(5) }),
    );
    const property = fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
      const { real, clock, readings } = clocks();
      // What an ordinary clock would say to one who sleeps while this one stands.
      const plain = virtualClock(START);
      const [fired, expected]: [string[], string[]] = [[], []];
      const holds: (() => void)[] = [];
      const timers: (readonly [unknown, unknown])[] = [];
      for (const [index, { does, by }] of commands.entries()) {
        if (does === 'hold') holds.push(clock.hold());
        else if (does === 'release') holds.splice(by % Math.max(1, holds.length), 1)[0]?.();
        else if (does === 'set')
          timers.push([
            clock.setTimeout(() => fired.push(`${index} at ${readings()}`), by),
            plain.setTimeout(
              () => expected.push(`${index} at ${[plain.now() - START, plain.elapsed()]}`),
              by,
            ),
          ]);
        else if (does === 'clear') {
          const [own, other] = timers.splice(by % Math.max(1, timers.length), 1)[0] ?? [];
          clock.clearTimeout(own);
          plain.clearTimeout(other);
        } else {
          await real.advance(by);
          if (holds.length === 0) await plain.advance(by);
        }
        expect(readings()).toEqual([plain.now() - START, plain.elapsed()]);
      }
      for (const release of holds) release();
      await real.advance(100);
      await plain.advance(100);
      expect(fired).toEqual(expected);
      expect(readings()).toEqual([plain.now() - START, plain.elapsed()]);
    });
    await fc.assert(property, runs(300));
  });
});
