import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import type { Chart } from '../../src/diagram/chart.js';
import { charts } from '../../src/diagram/charts.js';
import { describeChart } from '../../src/diagram/describe.js';
import { chartOf } from '../../src/diagram/layout.js';
import { edgeId, outlineOf, stateId } from '../../src/diagram/outline.js';
import { svgOf } from '../../src/diagram/svg.js';
import { needsChromium, startChromium } from '../support/chromium.js';
import { drawn } from '../diagram/drawn.js';

let browser: Browser | null;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

const HOSTILE = `"><script>alert('&')</script>`;

/** A chart with a name that would do harm wherever one stands. */
function hostileChart(): Chart {
  const outline = outlineOf(
    createMachine({
      id: HOSTILE,
      initial: HOSTILE,
      states: {
        [HOSTILE]: {
          description: HOSTILE,
          tags: [HOSTILE],
          meta: { rfc: HOSTILE },
          on: { [HOSTILE]: 'end' },
        },
        end: { type: 'final' },
      },
    }),
  );
  const place = [0, 0, 10, 10] as const;
  const places = Object.fromEntries(outline.states.map((state) => [stateId(state), place]));
  return chartOf(outline, {
    size: [20, 20],
    states: places,
    entries: Object.fromEntries(
      outline.states.map((state) => [stateId(state), { at: place, way: [0, 0, 1, 1] }]),
    ),
    edges: Object.fromEntries(
      outline.edges.map((edge) => [edgeId(edge), { way: [0, 0, 1, 1], label: place }]),
    ),
  });
}

/** What a strict reader of XML finds in it. */
async function read(svg: string, browser: Browser) {
  const page = await browser.newPage();
  try {
    return await page.evaluate((text) => {
      const document = new DOMParser().parseFromString(text, 'image/svg+xml');
      const elements = [...document.querySelectorAll('*')];
      const all = (selector: string) => [...document.querySelectorAll<SVGElement>(selector)];
      return {
        error: document.querySelector('parsererror')?.textContent ?? null,
        names: [...new Set(elements.map(({ localName }) => localName))],
        attributes: elements.flatMap(({ attributes }) =>
          [...attributes].map(({ name, value }) => [name, value]),
        ),
        states: all('g.state').map(({ dataset, classList }) => [
          dataset['machine'],
          dataset['state'],
          [...classList].join(' '),
        ]),
        edges: all('g.edge').map(({ dataset }) => [dataset['machine'], dataset['source'], dataset['target']]),
        labels: all('g.edge-label').map((label) =>
          [...label.querySelectorAll('tspan')].map(({ textContent }) => textContent),
        ),
        description: document.documentElement.querySelector(':scope > desc')?.textContent,
        keys: all('g.state > text.key').map(({ textContent }) => textContent),
        doubled: all('g.final').filter((final) => final.querySelectorAll('rect').length === 2).length,
        entries: all('g.entry > circle').length,
      };
    }, svg);
  } finally {
    await page.close();
  }
}

describe.each(drawn)('the picture of $name', ({ chart }) => {
  it('is XML with every state, edge and label under its name', async (context) => {
    needsChromium(browser, context);
    const found = await read(svgOf(chart), browser);
    expect(found.error).toBeNull();
    expect(found.states).toEqual(
      chart.states.map(({ machine, path, kind }) => [machine, path, `state ${kind}`]),
    );
    expect(found.keys).toEqual(chart.states.map(({ key }) => key));
    expect(found.edges).toEqual(chart.edges.map(({ machine, source, target }) => [machine, source, target]));
    expect(found.labels).toEqual(chart.edges.flatMap(({ label }) => (label ? [label.lines] : [])));
    expect(found.description).toBe(describeChart(chart));
    expect(found.doubled).toBe(chart.states.filter(({ kind }) => kind === 'final').length);
    expect(found.entries).toBe(chart.states.filter(({ initial }) => initial).length);
  });
});

it('a name stays a name, whatever it holds', async (context) => {
  needsChromium(browser, context);
  const found = await read(svgOf(hostileChart(), { standalone: true }), browser);
  expect(found.error).toBeNull();
  expect(found.names).not.toContain('script');
  expect(found.keys).toEqual([HOSTILE, 'end']);
  expect(found.states[0]).toEqual([HOSTILE, HOSTILE, 'state atomic']);
  expect(found.labels).toEqual([[HOSTILE]]);
});

it('a file is readable in the dark: it brings its own ground', async (context) => {
  needsChromium(browser, context);
  const look = async (colorScheme: 'light' | 'dark') => {
    const page = await browser!.newPage({ colorScheme });
    await page.setContent(svgOf(charts.signOut, { standalone: true }));
    const colors = await page.evaluate(() =>
      ['.ground', '.state.atomic > rect', '.key', '.edge-label text'].map((part) =>
        (getComputedStyle(document.querySelector(part)!).fill.match(/\d+/g) ?? []).slice(0, 3).map(Number),
      ),
    );
    await page.close();
    return colors.map(([red = 0, green = 0, blue = 0]) => (red + green + blue) / 3);
  };
  const [light, dark] = [await look('light'), await look('dark')];
  for (const [ground, surface, key, label] of [light, dark] as [number, number, number, number][]) {
    expect(Math.abs(surface - key)).toBeGreaterThan(150);
    expect(Math.abs(ground - label)).toBeGreaterThan(150);
  }
  expect(light[0]).toBeGreaterThan(200);
  expect(dark[0]).toBeLessThan(60);
});

it('words of a title and a label fit into their boxes', async (context) => {
  needsChromium(browser, context);
  const page = await browser.newPage();
  for (const { name, chart } of drawn) {
    await page.setContent(svgOf(chart, { standalone: true }));
    const tooWide = await page.evaluate(() =>
      [...document.querySelectorAll<SVGGraphicsElement>('g.state, g.edge-label')].flatMap((group) => {
        const box = group.querySelector('rect')!.getBBox();
        return [...group.querySelectorAll<SVGGraphicsElement>('text')]
          .filter((text) => text.getBBox().width > box.width || text.getBBox().height > box.height)
          .map(({ textContent }) => textContent);
      }),
    );
    expect([name, tooWide]).toEqual([name, []]);
  }
  await page.close();
});
