import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext } from 'playwright-core';
import type { TestContext } from 'vitest';

export const NO_CHROMIUM = 'no Chromium is installed, and CHROME_PATH is not set';

// No network beyond loopback, and no first visit: what a browser does by itself is nothing of ours.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface ChromiumOptions {
  /** Default: Playwright switches it off, for `page.goBack` waits for a page that is loaded anew. */
  readonly backForwardCache?: boolean;
}

/** A headless browser; `null` where none is installed. */
export async function startChromium({
  backForwardCache = false,
}: ChromiumOptions = {}): Promise<Browser | null> {
  const executablePath = findChromium();
  if (executablePath === undefined) return null;
  const ignoreDefaultArgs = backForwardCache ? ['--disable-back-forward-cache'] : [];
  return chromium.launch({ executablePath, headless: true, args: FLAGS, ignoreDefaultArgs });
}

/** A browser whose one profile has these settings, in a directory of its own; `null` where none is installed. */
export async function startProfile(preferences: object): Promise<BrowserContext | null> {
  const executablePath = findChromium();
  if (executablePath === undefined) return null;
  const directory = await mkdtemp(join(tmpdir(), 'authchart-profile-'));
  await mkdir(join(directory, 'Default'));
  await writeFile(join(directory, 'Default', 'Preferences'), JSON.stringify(preferences));
  const profile = await chromium.launchPersistentContext(directory, {
    executablePath,
    headless: true,
    // Of two such switches the last one counts: Playwright's would take partitions away from frames of other sites.
    args: [...FLAGS, '--disable-features=Translate'],
  });
  profile.on('close', () => void rm(directory, { recursive: true, force: true, maxRetries: 20 }));
  return profile;
}

/** Leaves a test out, and says so, where there is no browser. */
export function needsChromium(browser: Browser | null, { skip }: TestContext): asserts browser is Browser {
  skip(browser === null, NO_CHROMIUM);
}

/** CHROME_PATH, or where systems and Playwright put one. */
export function findChromium(): string | undefined {
  const { CHROME_PATH: named } = process.env;
  if (named) {
    // Whoever names one does not want another.
    if (!existsSync(named)) throw new Error('CHROME_PATH names no file.');
    return named;
  }
  return [...usualPlaces(), ...cachedByPlaywright()].find((path) => existsSync(path));
}

function usualPlaces(): readonly string[] {
  const {
    LOCALAPPDATA: local = '',
    PROGRAMFILES: programs = '',
    'PROGRAMFILES(X86)': programs86 = '',
  } = process.env;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const folders = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'];
  const applications = ['/Applications', join(homedir(), 'Applications')];
  return [
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    ...applications.flatMap((folder) =>
      ['Google Chrome', 'Chromium'].map((name) => join(folder, `${name}.app/Contents/MacOS/${name}`)),
    ),
    ...[local, programs, programs86]
      .filter((folder) => folder !== '')
      .flatMap((folder) =>
        ['Google/Chrome', 'Chromium'].map((name) => join(folder, name, 'Application/chrome.exe')),
      ),
  ];
}

function cachedByPlaywright(): readonly string[] {
  const {
    PLAYWRIGHT_BROWSERS_PATH: named,
    XDG_CACHE_HOME: cache = join(homedir(), '.cache'),
    LOCALAPPDATA: local = '',
  } = process.env;
  const roots = [named ?? '', join(cache, 'ms-playwright'), join(homedir(), 'Library/Caches/ms-playwright')];
  if (local !== '') roots.push(join(local, 'ms-playwright'));
  const inside = [
    'chrome-linux/chrome',
    'chrome-linux64/chrome',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
    'chrome-win/chrome.exe',
    'chrome-win64/chrome.exe',
  ];
  return roots
    .filter((root) => root !== '' && existsSync(root))
    .flatMap((root) =>
      readdirSync(root)
        .filter((name) => /^chromium-\d+$/.test(name))
        // The newest first.
        .toSorted((one, other) => Number(other.slice(9)) - Number(one.slice(9)))
        .flatMap((name) => inside.map((path) => join(root, name, path))),
    );
}
