import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowEvent } from 'authchart/inspect';
import {
  droppedCount,
  feedItem,
  openFile,
  openRecording,
  recordingOf,
} from '../../../src/adapters/inspector/page/model/recording.js';
import { createStory } from '../../../src/adapters/inspector/page/model/story.js';
import { LIVE, NEWEST, view } from '../../../src/adapters/inspector/page/model/view.js';
import { recordFlow, refuse, signIn } from '../../support/recorded-flow.js';
import { writer } from './support/events.js';

const fileOf = (...events: readonly unknown[]) => fileOfAll(events);
const fileOfAll = (events: readonly unknown[]) =>
  JSON.stringify({ authchart: 'recording', version: 1, events });
const reasonOf = (text: string) => {
  const opened = openRecording(text);
  return opened.kind === 'refused' ? opened.reason : 'opened';
};

describe('a recording', () => {
  it('opens as it was saved, whatever was recorded', async () => {
    const events = await recordFlow(async (flows) => {
      const session = await signIn(flows);
      await session.renew();
      await session.signOut();
      await refuse(flows);
    });
    expect(openRecording(recordingOf(events))).toEqual({ kind: 'opened', events });
    // Each of them could have come through the feed.
    for (const event of events) expect(feedItem(JSON.stringify(event))).toEqual(event);
  });

  it.each([
    ['', 'It is not JSON.'],
    ['null', 'It is not a recording of authchart.'],
    ['[]', 'It is not a recording of authchart.'],
    ['{"authchart":"recording","version":2,"events":[]}', 'It was written by another version of authchart.'],
    ['{"authchart":"recording","version":1,"events":{}}', 'It holds no list of events.'],
    [fileOf(null), 'Its event 1 is not one that authchart writes.'],
    [fileOf({ type: 'constructor' }), 'Its event 1 is not one that authchart writes.'],
  ])('%s is refused: %s', (text, reason) => expect(reasonOf(text)).toBe(reason));

  it('is refused when any member of any event has another type', () => {
    const { events, starts, moves, stops, passes } = writer();
    starts('x', 'authorization', 'authorization', null, 'idle');
    moves('x', 'session.restore', 'idle', 'restoring.session');
    passes('x', { parts: [{ name: 'code', value: null }] });
    stops('x');
    expect(reasonOf(fileOf(...events))).toBe('opened');
    for (const [at, event] of events.entries())
      for (const name of Object.keys(event)) {
        const spoilt: unknown[] = [...events];
        spoilt[at] = { ...event, [name]: { toString: 'no' } };
        expect([name, reasonOf(fileOf(...spoilt))]).toEqual([
          name,
          `Its event ${at + 1} is not one that authchart writes.`,
        ]);
      }
  });

  it('is refused when it would take a page too long', () => {
    const { events, moves } = writer();
    moves('x', 'session.restore', 'a.'.repeat(1_000));
    expect(reasonOf(fileOf(...events))).toBe('Its event 1 is not one that authchart writes.');
    const long = {
      ...events[0],
      from: 'idle',
      to: 'idle',
      through: Array.from({ length: 101 }, () => 'idle'),
    };
    expect(reasonOf(fileOf(long))).toBe('Its event 1 is not one that authchart writes.');
    expect(reasonOf(fileOf({ ...long, through: ['idle'] }))).toBe('opened');
    expect(reasonOf(fileOfAll(Array.from({ length: 250_001 }, () => 1)))).toMatch(/more than 250000/);
  });

  it('that cannot be read is not called one of wrong content', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'authchart-recording-'));
    const path = join(folder, 'a.json');
    await writeFile(path, fileOf());
    const file = await openAsBlob(path);
    expect(await openFile(file)).toEqual({ kind: 'opened', events: [] });
    await rm(folder, { recursive: true });
    expect(await openFile(file)).toEqual({ kind: 'refused', reason: 'It could not be read.' });
  });

  it('that is too large is refused unread', async () => {
    const read: number[] = [];
    const ofSize = (size: number) =>
      openFile({ size, text: () => (read.push(size), Promise.resolve(fileOf())) });
    expect(await ofSize(100_000_001)).toEqual({ kind: 'refused', reason: 'It is too large for this page.' });
    expect(await ofSize(100_000_000)).toMatchObject({ kind: 'opened' });
    expect(read).toEqual([100_000_000]);
  });

  it('of any JSON breaks nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const opened = openRecording(fileOf(value));
        if (opened.kind === 'opened') view(createStory(opened.events as FlowEvent[]), LIVE, NEWEST);
        feedItem(JSON.stringify(value));
      }),
    );
  });
});

it('the feed brings gates, and nothing that the page does not know', () => {
  const gate = { type: 'gate.closed', gate: 1, at: 0, actor: 'x', machine: 'y', event: 'done(claimFlow)' };
  expect(feedItem(JSON.stringify(gate))).toEqual(gate);
  expect(feedItem(JSON.stringify({ ...gate, gate: '1' }))).toBeNull();
  expect(feedItem('{')).toBeNull();
  expect(feedItem('{"type":"gate.burnt","gate":1}')).toBeNull();
});

it('the feed says how many events it has dropped', () => {
  expect(droppedCount('{"count":12}')).toBe(12);
  for (const json of ['', 'null', '{}', '{"count":0}', '{"count":-1}', '{"count":"12"}', '{"count":1e300}'])
    expect(droppedCount(json)).toBeNull();
});
