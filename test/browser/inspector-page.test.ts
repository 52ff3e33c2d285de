import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlowEvent } from 'authchart/inspect';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GateClosed } from '../../src/adapters/inspector/page/feed.js';
import { needsChromium, startChromium } from '../support/chromium.js';
import { recordFlow, refuse, signIn } from '../support/recorded-flow.js';
import { serveInspector } from './support/inspector-server.js';
import type { InspectorServer } from './support/inspector-server.js';
import { takePictures } from './support/pictures.js';

let browser: Browser | null;
let server: InspectorServer;
let events: readonly FlowEvent[];
let page: Page;
/** What the page complained of: errors, and what its policy refused. */
let complaints: string[];

beforeAll(async () => {
  browser = await startChromium();
  server = await serveInspector();
  events = await recordFlow(async (flows) => {
    const session = await signIn(flows, 'ada');
    await session.fetch(flows.emulator.endpoints.usersMe);
    await session.renew();
    await session.signOut();
    await refuse(flows, 'bob');
  });
});
beforeEach(async (context) => {
  needsChromium(browser, context);
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`refused: ${event.violatedDirective}`),
    );
  });
  await page.goto(server.url);
  await page.locator('#connection.live').waitFor();
});
afterEach(async () => {
  await page?.close();
  server.reset();
  if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`);
});
afterAll(async () => {
  await browser?.close();
  await server.close();
});

const isMoved = (event: FlowEvent, to: string) => event.type === 'actor.moved' && event.to === to;
/** Up to where a state was entered. */
const until = (to: string) => events.slice(0, events.findIndex((event) => isMoved(event, to)) + 1);
const lit = () => page.locator('.state.current').last().getAttribute('data-state');
const state = () => page.locator('#now .where').first().locator('.path').textContent();
const moment = () => page.locator('.moment span').first().textContent();
const choose = async (session: string) => {
  await page.locator(`#session option[value="session ${session}"]`).waitFor({ state: 'attached' });
  await page.selectOption('#session', `session ${session}`);
};
const waitsAt = (event: string): GateClosed => ({
  type: 'gate.closed',
  gate: 7,
  at: 0,
  actor: 'x:8',
  machine: exchangeOf(events),
  event,
});
const exchangeOf = (all: readonly FlowEvent[]) =>
  all.flatMap((event) =>
    event.type === 'actor.started' && event.actor.machine === 'exchange' ? [event.actor.id] : [],
  )[0]!;

/** Chromium tells that it tries in vain. */
const expectOutage = () => {
  complaints = complaints.filter((text) => !/ERR_|Failed to load/.test(text));
};

describe('live', () => {
  it('says that nothing has happened before anything has', async () => {
    expect(await page.locator('#now').textContent()).toContain('As soon as a sign-in begins');
    expect(await page.locator('#timeline-note').textContent()).toBe('Nothing has happened yet.');
    await takePictures(page, 'empty');
  });

  it('lights the state, opens the child machine while it runs, and marks the way', async () => {
    server.tell(...until('awaitingAuthorization.presented.waiting'));
    await expect.poll(lit).toBe('awaitingAuthorization.presented.waiting');
    expect(await page.locator('.state[data-machine=exchange]').count()).toBe(0);
    await takePictures(page, 'waiting');

    server.tell(...until('redeeming').slice(until('awaitingAuthorization.presented.waiting').length));
    await expect.poll(lit).toBe('redeeming');
    const exchange = page.locator('.state[data-machine=exchange]');
    expect(await exchange.and(page.locator('.current')).getAttribute('data-state')).toBe('redeeming');
    expect(await exchange.and(page.locator('.visited3')).getAttribute('data-state')).toBe('claiming');
    expect(await page.locator('.edge.visited3').getAttribute('data-source')).toBe('claiming');
    expect(await state()).toBe('exchanging');
    await takePictures(page, 'redeeming');

    server.tell(...until('authorized.fresh').slice(until('redeeming').length));
    await expect.poll(lit).toBe('authorized.fresh');
    expect(await exchange.count()).toBe(0);
    expect(await page.locator('#now .facts').textContent()).toContain('scopes granted3');
    await takePictures(page, 'signed-in');
  });

  it('opens a child machine by hand, and the chart as text', async () => {
    server.tell(...until('authorized.fresh'));
    await page.selectOption('#which', 'authorization+renewal');
    await page.locator('.state[data-machine=renewal][data-state="holding.requesting"]').waitFor();
    await page.getByText('The chart as text').click();
    const current = page.locator('#states [aria-current=step]');
    await expect.poll(() => current.first().textContent()).toContain('fresh, current');
    expect(await page.locator('#states').textContent()).toContain('Sends the refresh token');
    const drawn = async () => (await page.locator('#chart .chart').boundingBox())!.width;
    const full = await drawn();
    await page.getByLabel('Size').selectOption('smaller');
    expect((await drawn()) / full).toBeCloseTo(0.6, 1);
    await page.getByLabel('Size').selectOption('whole');
    expect(await drawn()).toBeLessThan(full * 0.6);
    await takePictures(page, 'opened-by-hand');
  });

  it('says that there is no connection, and that the program has ended only when it has, and keeps what was seen', async () => {
    server.tell(...events);
    await expect.poll(() => page.locator('#rows li').count()).toBeGreaterThan(3);
    const connection = page.locator('#connection');
    server.fallSilent();
    await expect.poll(() => connection.textContent()).toBe('connection lost; what was seen is kept');
    expect(await page.locator('#now .where').count()).toBe(1);
    server.comeBack();
    await expect.poll(() => connection.textContent()).toBe('connected');
    server.hangUp();
    await expect.poll(() => connection.textContent()).toBe('the program has ended; what was seen is kept');
    const end = page.getByRole('button', { name: 'End', exact: true });
    expect(await end.getAttribute('aria-pressed')).toBe('true');
    server.comeBack();
    await expect.poll(() => connection.textContent()).toBe('connected');
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor();
    server.feedStatus = 404;
    server.hangUp();
    server.comeBack();
    await expect.poll(() => connection.textContent()).toBe('the program has ended; what was seen is kept');
    expect(await page.locator('#now .where').count()).toBe(1);
    expectOutage();
  });

  it('says how many events were dropped before it came', async () => {
    server.dropped = 12;
    server.tell(...events);
    await page.reload();
    const note = page.locator('#timeline-note');
    await expect.poll(() => note.textContent()).toBe('12 older events were dropped.');
    await takePictures(page, 'dropped');
    await page.locator('#file').setInputFiles({
      name: 'a.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify({ authchart: 'recording', version: 1, events })),
    });
    await expect.poll(() => note.textContent()).toBe('');
  });
});

describe('back in time', () => {
  it('goes by rows, buttons, slider and keys, and is live again at the end', async () => {
    server.tell(...events);
    await choose('ada');
    expect(await page.locator('#session option:checked').textContent()).toBe(
      'ada — idle (no longer followed)',
    );
    expect(await page.locator('#rows li').first().textContent()).toMatch(/^0\.000authorization 1begins at /);
    await page.getByRole('button', { name: /exchanging → authorized.fresh/ }).click();
    await expect.poll(state).toBe('authorized.fresh');
    await page.locator('#rows li').filter({ hasText: 'authorization 2ends' }).locator('button').click();
    await expect.poll(state).toBe('authorized.fresh (no longer followed)');
    expect(await page.locator('#now').textContent()).toContain('That does not end the session.');
    await page.getByRole('button', { name: /claiming → redeeming/ }).click();
    await expect.poll(lit).toBe('redeeming');
    expect(await page.locator('#rows li.later').count()).toBeGreaterThan(5);
    expect(await page.locator('#messages li.later').count()).toBeGreaterThan(2);
    await takePictures(page, 'back-in-time');

    await page.getByRole('button', { name: 'One step back' }).click();
    await expect.poll(lit).toBe('claiming');
    await page.getByRole('button', { name: 'One step forward' }).click();
    await expect.poll(lit).toBe('redeeming');
    await page.getByRole('slider', { name: 'Moment' }).fill('1');
    await expect.poll(lit).toBe('awaitingAuthorization.opening');
    const [, all] = ((await moment()) ?? '').split(' / ');
    await page.getByRole('button', { name: 'Live' }).click();
    await expect.poll(moment).toBe(`${all} / ${all}`);
    expect(await page.getByRole('button', { name: 'Live' }).getAttribute('aria-pressed')).toBe('true');
  });

  it('shows the first messages before there are any', async () => {
    server.tell(...events);
    await choose('ada');
    const scrolled = () => page.locator('#messages').evaluate((list) => list.scrollTop);
    await expect.poll(scrolled).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'First step' }).click();
    await expect.poll(moment).toMatch(/^1 /);
    expect(await scrolled()).toBe(0);
  });

  it('stays where it is while more happens', async () => {
    server.tell(...until('redeeming'));
    await expect.poll(lit).toBe('redeeming');
    await page.keyboard.press('Home');
    await expect.poll(moment).toMatch(/^1 /);
    server.tell(...until('authorized.fresh').slice(until('redeeming').length));
    await expect
      .poll(() => page.getByRole('button', { name: 'exchanging → authorized.fresh' }).count())
      .toBe(1);
    expect(await moment()).toMatch(/^1 /);
    await page.keyboard.press('End');
    await expect.poll(lit).toBe('authorized.fresh');
  });
});

describe('a failure', () => {
  it('shows its code, what it means and what to do', async () => {
    server.tell(...events);
    await expect.poll(state).toContain('error.retryable');
    const failure = await page.locator('#now .failure').textContent();
    expect(failure).toContain('access_denied');
    expect(failure).toContain('The user refused.');
    expect(failure).toContain('What to do: Nothing was stored. Offer to sign in again');
    expect(await page.locator('#messages .refusal').count()).toBe(1);
    await takePictures(page, 'refused');
  });
});

describe('messages', () => {
  it('are explained part by part, with the secrets masked for eyes and ears', async () => {
    server.tell(...events);
    await choose('ada');
    const request = page.locator('#messages li').filter({ hasText: 'token request' }).first();
    await request.locator('summary').click();
    const code = request.locator('dl > div').filter({ has: page.getByText('code', { exact: true }) });
    await expect.poll(() => code.textContent()).toContain('RFC 6749 §4.1.2');
    expect(await code.locator('.masked').ariaSnapshot()).toContain('masked');
    expect(await code.locator('.masked').innerText()).toContain('••••');
    expect(await request.locator('.unseen').first().textContent()).toBe('application to provider: ');
    await takePictures(page, 'message');
  });
});

describe('step by step', () => {
  beforeEach(async () => {
    server.tell(...events.slice(0, beginning()), waitsAt('done(claimFlow)'));
    await page.locator('#guide.waits').waitFor();
  });
  const beginning = () => {
    const began = events.findIndex(
      (event) => event.type === 'actor.started' && event.actor.machine === 'exchange',
    );
    return events.findIndex((event, at) => at > began && isMoved(event, 'exchanging')) + 1;
  };

  it('says what has happened and what comes, and lets through what waits', async () => {
    const guide = page.getByRole('region', { name: 'Step by step' });
    const words = await guide.textContent();
    expect(words).toContain('exchange begins in claiming');
    expect(words).toContain('claiming the flow is done');
    expect(words).toContain('claiming → redeeming [won]');
    expect(words).toContain('the token request: grant_type, code, redirect_uri, code_verifier');
    expect(words).toContain('RFC 7636 §4.5');
    expect(words).toContain('Time stands still');
    await takePictures(page, 'step-by-step');
    await guide.getByRole('button', { name: 'Next' }).click();
    await expect.poll(() => server.posted).toEqual(['{"gate":7}']);
    // It is on its way: a second click posts nothing.
    await guide.getByRole('button', { name: 'Next' }).click({ force: true });
    server.tell({ type: 'gate.opened', gate: 7 });
    await expect
      .poll(() => guide.textContent())
      .toContain('Nothing waits here. It is the turn of the store.');
    expect(server.posted).toHaveLength(1);
    await takePictures(page, 'step-passed');
  });

  it('explains the step that waits, whichever moment is looked at', async () => {
    await page.keyboard.press('Home');
    await expect.poll(moment).toMatch(/^1 /);
    const words = await page.locator('#guide').textContent();
    expect(words).toContain('exchange begins in claiming');
    expect(words).toContain('claiming → redeeming [won]');
  });

  it('goes on after an outage', async () => {
    server.fallSilent();
    await page.locator('#connection.lost').waitFor();
    server.comeBack();
    await page.locator('#guide.waits').waitFor();
    await page.keyboard.press('n');
    await expect.poll(() => server.posted).toEqual(['{"gate":7}']);
    expectOutage();
  });

  it.each(['n', 'Enter'])('goes on by %s, as the page says', async (key) => {
    const named = await page.locator('footer kbd').allTextContents();
    expect(named.map((name) => name.toLowerCase())).toContain(key.toLowerCase());
    await page.keyboard.press(key);
    await expect.poll(() => server.posted).toEqual(['{"gate":7}']);
  });

  it('posts a step once, however fast somebody clicks, and waits for what comes of it', async () => {
    // As a program that has gone on, and whose feed says so later.
    server.answer = 404;
    await page.locator('button.next').dblclick();
    await page.locator('#guide:not(.waits)').waitFor();
    expect(await page.locator('#guide').textContent()).not.toContain('did not take this step');
    expect(server.posted).toEqual(['{"gate":7}']);
    server.tell({ type: 'gate.opened', gate: 7 }, { ...waitsAt('done(claimFlow)'), gate: 8 });
    await page.locator('#guide.waits').waitFor();
    server.answer = 204;
    await page.keyboard.press('n');
    await expect.poll(() => server.posted).toEqual(['{"gate":7}', '{"gate":8}']);
    complaints = complaints.filter((text) => !text.includes('404'));
  });

  it('takes a key that is held down for one step', async () => {
    await page.keyboard.down('n');
    await expect.poll(() => server.posted).toEqual(['{"gate":7}']);
    await page.locator('button.next[aria-disabled="true"]').waitFor();
    server.tell({ type: 'gate.opened', gate: 7 }, { ...waitsAt('done(claimFlow)'), gate: 8 });
    await page.locator('button.next:not([aria-disabled="true"])').waitFor();
    await page.keyboard.down('n');
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
    expect(await page.locator('button.next').getAttribute('aria-disabled')).toBe('false');
    await page.keyboard.up('n');
    await page.keyboard.press('n');
    await expect.poll(() => server.posted).toEqual(['{"gate":7}', '{"gate":8}']);
  });

  it('leads back to now by the step that it lets happen, and says so before', async () => {
    const guide = page.locator('#guide');
    expect(await guide.textContent()).not.toContain('earlier moment');
    await page.keyboard.press('Home');
    await expect.poll(() => guide.textContent()).toContain('the page shows an earlier moment');
    await page.keyboard.press('n');
    await expect
      .poll(() => page.getByRole('button', { name: 'Live' }).getAttribute('aria-pressed'))
      .toBe('true');
    expect(server.posted).toEqual(['{"gate":7}']);
  });

  it('says when the program did not take the step', async () => {
    server.answer = 409;
    await page.keyboard.press('n');
    await expect.poll(() => page.locator('#guide').textContent()).toContain('did not take this step');
    complaints = complaints.filter((text) => !text.includes('409'));
  });
});

describe('a callback while the person is at the provider', () => {
  const waiting = 'awaitingAuthorization.presented.waiting';
  const verifying = 'awaitingAuthorization.presented.verifying';
  const received = (): readonly FlowEvent[] => {
    const shown = until(waiting);
    const moved = shown.at(-1)!;
    return [
      ...shown,
      {
        ...moved,
        event: 'callback.received',
        from: waiting,
        through: [verifying],
        to: verifying,
      } as FlowEvent,
    ];
  };
  const rootOf = (event: FlowEvent | undefined) => (event as { actor: string }).actor;

  it('is sent again by none of its ways; the request is where the person is sent off', async () => {
    const way = (target: string) => page.locator('#guide .way').filter({ hasText: target }).textContent();
    const told = until('awaitingAuthorization.preparing');
    server.tell(...told, { ...waitsAt('done(prepareAuthorization)'), machine: rootOf(told.at(-1)) });
    await page.locator('#guide.waits').waitFor();
    expect(await way('[else]')).toContain('Sends the authorization request');
    server.tell({ type: 'gate.opened', gate: 7 }, ...received().slice(told.length));
    server.tell({ ...waitsAt('done(verifyCallback)'), gate: 8, machine: rootOf(told.at(-1)) });
    await page.getByText('done(verifyCallback)').waitFor();
    expect(await way('[rejected]')).toContain('presented.waiting');
    expect(await way('[rejected]')).not.toContain('Sends');
  });

  it('takes a step that the picture leaves out, dashed, with its name and a legend', async () => {
    const legend = page.locator('#dashed');
    server.tell(...until(waiting));
    await expect.poll(lit).toBe(waiting);
    expect(await legend.isVisible()).toBe(false);
    server.tell(received().at(-1)!);
    await expect.poll(lit).toBe(verifying);
    expect(await page.locator('#chart .loose title').last().textContent()).toBe(
      `callback.received: ${waiting} → ${verifying}`,
    );
    expect(await legend.isVisible()).toBe(true);
  });
});

describe('the panel of the steps', () => {
  const widths = [360, 683, 1024, 1400];
  /** Where every step of a sign-in waits, as the program holds them back. */
  const steps = () => {
    const parents = new Map<string, string | null>();
    for (const event of events)
      if (event.type === 'actor.started') parents.set(event.actor.id, event.actor.parent);
    return events.flatMap((event, at) =>
      event.type === 'actor.moved' && /^(done|failed)\(/.test(event.event)
        ? [{ at, gate: { ...waitsAt(event.event), gate: at, machine: event.actor } }]
        : [],
    );
  };

  it.each(widths)('has the words below each other and the button in one place, at %i px', async (width) => {
    await page.setViewportSize({ width, height: width < 1000 ? 700 : 900 });
    const places = new Set<string>();
    let told = 0;
    for (const { at, gate } of steps().slice(0, 14)) {
      server.tell(...events.slice(told, at), gate);
      told = at;
      await expect.poll(() => page.locator('#guide .coming code').textContent()).toBe(gate.event);
      const [button, panel, ...lines] = await page.evaluate(() =>
        ['.next', '', '.before', '.coming', '.way', '.way > *', '.way > * + *'].flatMap((inner) =>
          [...document.querySelectorAll(`#guide ${inner}`)].map((one) => {
            const { x, y, width, height } = one.getBoundingClientRect();
            return { x, y, width, height };
          }),
        ),
      );
      places.add(JSON.stringify(button));
      const window = page.viewportSize()!;
      expect(button!.y + button!.height).toBeLessThanOrEqual(window.height);
      expect(panel!.height).toBeLessThanOrEqual(window.height * 0.42);
      expect(lines.length).toBeGreaterThan(1);
      for (const line of lines) expect([line.x, line.width >= 18 * 16]).toEqual([lines[0]!.x, true]);
      server.tell({ type: 'gate.opened', gate: gate.gate });
    }
    expect(places.size).toBe(1);
  });
});

describe('a recording', () => {
  const file = (content: unknown) => ({
    name: '<img src=x onerror=alert(1)>.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(content)),
  });

  it('is saved, opened, and closed again', async () => {
    server.tell(...events);
    await choose('ada');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save recording' }).click(),
    ]);
    const saved = JSON.parse(await readFile(await download.path(), 'utf8')) as { events: unknown[] };
    expect(saved).toMatchObject({ authchart: 'recording', version: 1 });
    expect(saved.events).toEqual(events);
    await page.locator('#file').setInputFiles(file(saved));
    await expect.poll(() => page.locator('#connection').textContent()).toContain('recording: <img');
    await expect.poll(state).toContain('error.retryable');
    await page.getByRole('button', { name: 'Back to the program' }).click();
    await expect.poll(() => page.locator('#connection').textContent()).toBe('connected');
  });

  it.each([
    ['nothing of ours', { events: [] }, 'It is not a recording of authchart.'],
    [
      'of wrong types',
      { authchart: 'recording', version: 1, events: [{ type: 'actor.moved', to: {} }] },
      'Its event 1',
    ],
  ])('with %s is refused politely', async (_, content, reason) => {
    server.tell(...events);
    await page.locator('#file').setInputFiles(file(content));
    await expect.poll(() => page.locator('#notice').textContent()).toContain(reason);
    await expect.poll(state).toContain('error.retryable');
  });

  it('with markup in every string stays text', async () => {
    const evil = '<img src=x onerror=alert(1)><script>alert(1)</script>"\'`${1}';
    const spoil = (value: unknown): unknown =>
      typeof value === 'string'
        ? evil
        : Array.isArray(value)
          ? value.map(spoil)
          : typeof value === 'object' && value !== null
            ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, spoil(inner)]))
            : value;
    // What decides how an event is read must be one of the known words.
    const words = new Set(['type', 'machine', 'outcome', 'from', 'to']);
    const spoilt = events.map((event) => {
      const made = spoil(event) as Record<string, Record<string, unknown>>;
      const keep = (from: object, to: object) =>
        Object.assign(to, Object.fromEntries(Object.entries(from).filter(([name]) => words.has(name))));
      keep({ type: event.type, ...('outcome' in event ? { outcome: event.outcome } : {}) }, made);
      if (event.type === 'actor.started')
        Object.assign(made['actor']!, {
          id: event.actor.id,
          parent: event.actor.parent,
          machine: event.actor.machine,
        });
      if ('actor' in event && event.type !== 'actor.started') Object.assign(made, { actor: event.actor });
      if (event.type === 'message.passed') keep(event.message, made['message']!);
      return made;
    });
    await page.locator('#file').setInputFiles(file({ authchart: 'recording', version: 1, events: spoilt }));
    await expect.poll(() => page.locator('#rows li').count()).toBeGreaterThan(20);
    await page.locator('#messages summary').first().click();
    await expect.poll(() => page.locator('#messages .inside').first().textContent()).toContain('<img src=x');
    expect(await page.locator('img, script:not([src])').count()).toBe(0);
    expect(await page.locator('#now').textContent()).toContain('<script>');
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 800 });
      expect(
        await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ),
      ).toBe(0);
    }
  });

  it('of 100,000 events is opened, and one can go back in it', async () => {
    const [first, second] = [events[0]!, events.find((event) => event.type === 'actor.moved')!];
    const many = Array.from({ length: 100_000 }, (_, at) => (at === 0 ? first : { ...second, elapsed: at }));
    const folder = await mkdtemp(join(tmpdir(), 'authchart-recording-'));
    const path = join(folder, 'many.json');
    await writeFile(path, JSON.stringify({ authchart: 'recording', version: 1, events: many }));
    await page.locator('#file').setInputFiles(path);
    await expect.poll(moment, { timeout: 40_000 }).toBe('100000 / 100000');
    expect(await page.locator('#rows li').count()).toBeLessThan(1_000);
    await page.keyboard.press('Home');
    await expect.poll(moment, { timeout: 40_000 }).toBe('1 / 100000');
    expect(await page.locator('#timeline-note').textContent()).toContain('further away than this list shows');
    await rm(folder, { recursive: true });
  });
});

describe('without a mouse', () => {
  it('every control is reached, named, and seen to have the focus', async () => {
    server.tell(...events, waitsAt('done(claimFlow)'));
    await page.locator('#guide.waits').waitFor();
    await page.locator('#rows li').first().waitFor();
    const reached: string[] = [];
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return {
          at: element.id || element.className || element.localName,
          outline: outlineStyle + outlineWidth,
        };
      });
      if (focused.at === 'body') break;
      expect(focused).not.toMatchObject({ outline: expect.stringMatching(/^none|0px$/) });
      reached.push(focused.at);
    }
    expect(reached).toEqual(
      expect.arrayContaining([
        'skip',
        'session',
        'copy',
        'save',
        'open',
        'next',
        'live',
        'which',
        'chart',
        'services',
        'line',
      ]),
    );
    // One of the rows: the others are reached by arrows.
    expect(reached.filter((at) => at === 'line')).toHaveLength(1);
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, select, textarea, [role=group], section')]
        .filter((one) => !(one as HTMLElement).hidden)
        .filter(
          (one) =>
            !one.getAttribute('aria-label') &&
            !one.getAttribute('aria-labelledby') &&
            !one.textContent?.trim() &&
            !one.closest('label'),
        )
        .map((one) => one.outerHTML),
    );
    expect(nameless).toEqual([]);
  });

  it('skips to the timeline, and goes through time by arrows', async () => {
    server.tell(...events);
    await choose('ada');
    await page.locator('#rows li').first().waitFor();
    await page.locator('#connection').click();
    await page.keyboard.press('Tab');
    await page.getByRole('link', { name: 'Skip to the timeline' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('line');
    await page.keyboard.press('Home');
    await expect.poll(moment).toMatch(/^1 /);
    await page.keyboard.press('ArrowDown');
    await expect.poll(moment).toMatch(/^2 /);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-current'))).toBe('step');
    await page.keyboard.press('ArrowRight');
    await expect.poll(moment).toMatch(/^3 /);
  });

  it('tells a screen reader the state, when there is a new one', async () => {
    server.tell(...until('awaitingAuthorization.presented.waiting'));
    const said = page.locator('#said');
    expect(await said.getAttribute('aria-live')).toBe('polite');
    await expect.poll(() => said.textContent()).toBe('awaitingAuthorization.presented.waiting');
  });
});

it('gives the timeline as text', async () => {
  server.tell(...events);
  await choose('ada');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy text' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('claimFlow is done: claiming → redeeming');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});
