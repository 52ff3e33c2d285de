import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { expectsBrowser, openSystemBrowser } from '../../src/adapters/node/system-browser.js';

/** A program in place of the browser, started by the real `xdg-open` that the `open` package brings. */
async function browserThat(script: string): Promise<{ arguments(): Promise<string> }> {
  const directory = await mkdtemp(join(tmpdir(), 'authchart-browser-'));
  const [program, record] = [join(directory, 'browser'), join(directory, 'arguments')];
  await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$#" "$@" > '${record}'\n${script}\n`);
  await chmod(program, 0o755);
  vi.stubEnv('BROWSER', program);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true });
  });
  return { arguments: () => readFile(record, 'utf8') };
}

describe('openSystemBrowser', () => {
  it('hands the URL over as one argument that no shell has read (M15, K10)', async () => {
    const browser = await browserThat('exit 0');
    const url = 'https://provider.example/authorize?a=1&b=%22;$(touch%20x)`id`^|\\*?[]{}~!#x';
    await openSystemBrowser(url);
    expect(await browser.arguments()).toBe(`1\n${new URL(url).href}\n`);
  });

  it('is content with a launcher that becomes the browser and goes on', async () => {
    const browser = await browserThat('exec sleep 4');
    await openSystemBrowser('https://provider.example/');
    expect(await browser.arguments()).toContain('https://provider.example/');
  });

  it.each(['exit 1', 'kill -9 $$'])('says that a browser did not start: %s', async (script) => {
    await browserThat(script);
    await expect(openSystemBrowser('https://provider.example/')).rejects.toMatchObject({
      code: 'browser_unavailable',
    });
  });

  it('says that there is none where nothing could show it', async () => {
    for (const name of ['BROWSER', 'DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME'])
      vi.stubEnv(name, undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(openSystemBrowser('https://provider.example/')).rejects.toMatchObject({
      code: 'browser_unavailable',
    });
  });
});

it.each([
  'file:///etc/passwd',
  'javascript:alert(1)',
  'ftp://provider.example/',
  '--help',
  '/usr/bin/id',
  '',
])('openSystemBrowser starts nothing for %j (M15)', async (url) => {
  await expect(openSystemBrowser(url)).rejects.toMatchObject({ code: 'invalid_provider' });
});

describe('a browser is expected', () => {
  it.each<[boolean, NodeJS.Platform, NodeJS.ProcessEnv]>([
    [true, 'linux', { DISPLAY: ':0' }],
    [true, 'linux', { WAYLAND_DISPLAY: 'wayland-0' }],
    [true, 'linux', { WSL_DISTRO_NAME: 'Debian' }],
    [false, 'linux', {}],
    [false, 'linux', { DISPLAY: ':10', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }],
    [false, 'linux', { DISPLAY: ':0', CI: 'true' }],
    [true, 'linux', { DISPLAY: ':0', CI: 'false' }],
    [true, 'linux', { SSH_TTY: '/dev/pts/0', BROWSER: '/opt/editor/open-at-the-other-end' }],
    [false, 'linux', { DISPLAY: ':0', BROWSER: 'none' }],
    [true, 'darwin', {}],
    [false, 'darwin', { SSH_CLIENT: '10.0.0.1 1 22', BROWSER: 'firefox' }],
    [true, 'win32', {}],
    [false, 'win32', { CI: '1' }],
  ])('%s: %s with %j', (expected, platform, env) => {
    expect(expectsBrowser(platform, env)).toBe(expected);
  });
});
