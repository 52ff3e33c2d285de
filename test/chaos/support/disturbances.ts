import { policy } from '../../../src/services/policy.js';
import type { WorldClock } from '../worker/world.js';
import type { Interval } from './log.js';
import type { Random } from './random.js';
import type { SharedStore } from './shared-store.js';
import type { Workers } from './workers.js';

type Range = readonly [least: number, most: number];

/** Seconds of the world, as all that follows: well below the grace, also two of them together, and above it. */
const SHORT: Range = [2, 12];
const LONG: Range = [policy.grace / 1000 + 5, policy.grace / 1000 + 15];
/** Until its journal has been waited out, and its token was sent again. */
const OVERRULED: Range = [policy.grace / 1000 + 15, policy.grace / 1000 + 25];
/** A journal stands for about so long, and an answer is on its way for about so long. */
const JOURNAL: Range = [0, 0.5];
const ANSWER: Range = [0, 0.1];
/** The last words of a killed worker have been heard. */
const HEARD: Range = [2, 3];
/** Between two disturbances: so many rotations, or so many seconds if there are none. */
const QUIET = { rotations: [0, 26], seconds: [40, 120] } as const satisfies Record<string, Range>;

type Kind =
  | 'kill'
  | 'killAnnounced'
  | 'killAnswered'
  | 'stopShortly'
  | 'stopForLong'
  | 'stopAnswered'
  | 'standStillShortly'
  | 'standStillForLong'
  | 'cutOff';

/** Dealt to the end, then shuffled anew. */
const DECK: readonly Kind[] = [
  ...Array.from({ length: 7 }, () => 'kill' as const),
  'killAnnounced',
  'killAnnounced',
  'killAnswered',
  'killAnswered',
  'stopShortly',
  'stopForLong',
  'stopAnswered',
  'standStillShortly',
  'standStillForLong',
  'cutOff',
  'cutOff',
];

export interface DisturbancePorts {
  readonly clock: WorldClock;
  readonly random: Random;
  readonly workers: Workers;
  readonly shared: SharedStore;
  /** How often the server has rotated. */
  rotations(): number;
  /** Resolves with the next worker that says that it has announced itself. */
  nextAnnouncement(): Promise<string>;
  /** Resolves with the next worker whose refresh token the server receives. */
  nextReceipt(): Promise<string>;
  /** Whether somebody was killed in the one window that no client can close. */
  isWindowMet(): boolean;
}

/** Kills, stops and cuts off, one thing after the other. */
export class Disturbances {
  readonly storeStops: Interval[] = [];

  constructor(private readonly ports: DisturbancePorts) {}

  /** Until the server has rotated so many refresh tokens, and somebody died in the window. */
  async go(rotations: number): Promise<void> {
    const { random, shared, workers } = this.ports;
    const possible = DECK.filter((kind) => kind !== 'cutOff' || shared.cut);
    for (let deck: Kind[] = []; this.ports.rotations() < rotations; await this.quiet(rotations)) {
      if (deck.length === 0) deck = random.shuffled(possible);
      await this.disturb(deck.pop()!);
    }
    await this.seconds(HEARD);
    // Chance may have missed it each time, and without it nothing was shown.
    while (!this.ports.isWindowMet()) {
      workers.kill(await this.ports.nextReceipt());
      await this.seconds(HEARD);
    }
  }

  private async disturb(kind: Kind): Promise<void> {
    const { workers } = this.ports;
    switch (kind) {
      case 'kill':
        return workers.kill(this.anybody());
      case 'killAnnounced':
        return workers.kill(await this.announced());
      case 'killAnswered':
        return workers.kill(await this.answered());
      case 'stopShortly':
        return workers.stop(this.anybody(), () => this.seconds(SHORT));
      case 'stopForLong':
        return workers.stop(this.anybody(), () => this.seconds(LONG));
      case 'stopAnswered':
        return workers.stop(await this.answered(), () => this.seconds(OVERRULED));
      case 'standStillShortly':
        return this.standStill(SHORT);
      case 'standStillForLong':
        return this.standStill(LONG);
      case 'cutOff':
        return this.cutOff();
    }
  }

  private async standStill(seconds: Range): Promise<void> {
    const { shared, clock } = this.ports;
    const from = clock.now();
    const resume = await shared.pause();
    await this.seconds(seconds);
    await resume();
    this.storeStops.push({ from, to: clock.now() });
  }

  private async cutOff(): Promise<void> {
    const { shared, clock } = this.ports;
    const from = clock.now();
    await shared.cut?.();
    this.storeStops.push({ from, to: clock.now() });
  }

  private async quiet(enough: number): Promise<void> {
    const { random, clock, rotations } = this.ports;
    const next = Math.min(enough, rotations() + Math.round(random.between(...QUIET.rotations)));
    const latest = clock.now() + random.between(...QUIET.seconds) * 1000;
    while (rotations() < next && clock.now() < latest) await clock.wait(100);
  }

  /** Whose journal stands, or stood a moment ago. */
  private async announced(): Promise<string> {
    const name = await this.ports.nextAnnouncement();
    await this.seconds(JOURNAL);
    return name;
  }

  /** Whose refresh token the server has received, and who may have saved the answer or not. */
  private async answered(): Promise<string> {
    const name = await this.ports.nextReceipt();
    await this.seconds(ANSWER);
    return name;
  }

  private anybody(): string {
    return this.ports.random.pick(this.ports.workers.names);
  }

  private seconds(range: Range): Promise<void> {
    return this.ports.clock.wait(this.ports.random.between(...range) * 1000);
  }
}
