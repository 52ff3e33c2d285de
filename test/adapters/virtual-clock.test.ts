import { describe, expect, it, vi } from 'vitest';
import { virtualClock } from '../../src/adapters/virtual/virtual-clock.js';

describe('the virtual clock', () => {
  it('stands still until it is told to go on', async () => {
    const clock = virtualClock(1000);
    const fired = vi.fn<() => void>();
    clock.setTimeout(fired, 10);
    await clock.advance(9);
    expect([clock.now(), clock.elapsed(), fired.mock.calls.length]).toEqual([1009, 9, 0]);
    await clock.advance(1);
    expect([clock.now(), clock.elapsed(), fired.mock.calls.length]).toEqual([1010, 10, 1]);
  });

  it('fires in the order of time, and of equal times in the order of setting, each at its own time', async () => {
    const clock = virtualClock();
    const fired: Array<[string, number]> = [];
    const set = (name: string, milliseconds: number) =>
      clock.setTimeout(() => fired.push([name, clock.elapsed()]), milliseconds);
    set('late', 30);
    set('early', 10);
    set('equal', 30);
    set('past', -5);
    await clock.advance(30);
    expect(fired).toEqual([
      ['past', 0],
      ['early', 10],
      ['late', 30],
      ['equal', 30],
    ]);
  });

  it('fires within one advance what timers set in turn', async () => {
    const clock = virtualClock();
    const fired: number[] = [];
    const tick = () => {
      fired.push(clock.elapsed());
      clock.setTimeout(tick, 20);
    };
    clock.setTimeout(tick, 20);
    await clock.advance(70);
    expect(fired).toEqual([20, 40, 60]);
    expect(clock.elapsed()).toBe(70);
  });

  it('lets promise jobs run between two timers, however long their chain', async () => {
    const clock = virtualClock();
    const seen: number[] = [];
    clock.setTimeout(async () => {
      for (let i = 0; i < 1000; i++) await Promise.resolve();
      seen.push(clock.elapsed());
      clock.setTimeout(() => seen.push(clock.elapsed()), 5);
    }, 10);
    clock.setTimeout(() => seen.push(clock.elapsed()), 20);
    await clock.advance(20);
    expect(seen).toEqual([10, 15, 20]);
  });

  it('lets the jobs that wait already run before time passes', async () => {
    const clock = virtualClock();
    const fired = vi.fn<() => void>();
    void Promise.resolve().then(() => clock.setTimeout(fired, 10));
    await clock.advance(10);
    expect(fired).toHaveBeenCalledOnce();
  });

  it('does not fire what was cleared, even by a timer of the same moment', async () => {
    const clock = virtualClock();
    const fired = vi.fn<() => void>();
    clock.setTimeout(() => clock.clearTimeout(second), 10);
    const second = clock.setTimeout(fired, 10);
    await clock.advance(10);
    expect(fired).not.toHaveBeenCalled();
  });

  it('adds up advances that overlap', async () => {
    const clock = virtualClock();
    await Promise.all([clock.advance(10), clock.advance(10)]);
    expect(clock.elapsed()).toBe(20);
  });

  it('moves the wall clock alone in a jump', async () => {
    const clock = virtualClock(1000);
    const fired = vi.fn<() => void>();
    clock.setTimeout(fired, 10);
    clock.jump(-500);
    await clock.advance(9);
    expect([clock.now(), clock.elapsed(), fired.mock.calls.length]).toEqual([509, 9, 0]);
  });

  it('fires a delay too long for a real timer at once, as real timers do', async () => {
    const clock = virtualClock();
    const fired = vi.fn<() => void>();
    clock.setTimeout(fired, 2 ** 31);
    await clock.advance(1);
    expect(fired).toHaveBeenCalledOnce();
  });
});
