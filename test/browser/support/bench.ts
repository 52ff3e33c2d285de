import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { needsChromium, startChromium } from '../../support/chromium.js';
import type { ChromiumOptions } from '../../support/chromium.js';
import { servePage } from '../../support/page-bundle.js';
import type { PageServer, PageServerOptions } from '../../support/page-bundle.js';
import { openTab } from './tabs.js';
import type { Tab } from './tabs.js';

export interface Bench {
  readonly server: PageServer;
  /** A profile without anything in it. The script runs in every page, before the page's own. */
  profile(script?: string): Promise<BrowserContext>;
  tab(profile: BrowserContext, path?: string): Promise<Tab>;
}

/** A browser and a page for the tests of a file, which are left out where there is no browser. */
export function browserBench(
  page: string,
  options: Omit<PageServerOptions, 'entry'> & ChromiumOptions = {},
): () => Bench {
  let browser: Browser | null;
  let server: PageServer;
  beforeAll(async () => {
    browser = await startChromium(options);
    server = await servePage({
      entry: fileURLToPath(new URL(`../page/${page}.ts`, import.meta.url)),
      ...options,
    });
  });
  beforeEach((context) => needsChromium(browser, context));
  afterAll(async () => {
    await browser?.close();
    await server.close();
  });
  return () => ({
    server,
    async profile(script) {
      const profile = await browser!.newContext();
      if (script) await profile.addInitScript(script);
      return profile;
    },
    tab: (profile, path = '/') => openTab(profile, server.origin + path),
  });
}

/** Tabs of one profile, used again by one test after another: a new one costs more than most tests. */
export function tabPool(open: () => Promise<Tab>): { take(): Promise<Tab>; giveAllBack(): void } {
  const all: Tab[] = [];
  let taken = 0;
  return {
    async take() {
      const at = taken++;
      return (all[at] ??= await open());
    },
    giveAllBack: () => void (taken = 0),
  };
}
