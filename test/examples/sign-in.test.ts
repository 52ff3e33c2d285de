import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { confidentialApp, consent, emulatorSecret } from 'authchart/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { build } from '../docs/reader-project.js';
import { startExample } from './example-process.js';
import { freePort } from '../support/free-port.js';
import { needs } from '../support/needs.js';

const WIDTH = 80;

beforeAll(build);

/** What is different in every run, as wide as it was. */
function masked(output: string): string {
  return output
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/ in \d+(?: ms|\.\d s)\b/g, ' in TIME')
    .replaceAll(/ +process \d+$/gm, (text) => 'process PID'.padStart(text.length))
    .replaceAll(/ +\d+(?: ms|\.\d s)$/gm, (text) => 'TIME'.padStart(text.length));
}

async function take(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  // If another program has it, it is taken as well.
  await once(server, 'listening').catch(() => undefined);
}

/** The documented port may be in use where the tests run. */
async function redirectUri(): Promise<string[]> {
  return ['--redirect-uri', `http://127.0.0.1:${await freePort()}/callback`];
}

describe('the sign-in example, left to itself', () => {
  it('shows the whole life of a session in 80 columns, and leaves nothing behind', async () => {
    const example = await startExample(await redirectUri());
    expect(await example.ended).toBe(0);
    const lines = example.output().split('\n');
    expect(lines.filter((line) => line.length > WIDTH || line !== line.trimEnd())).toEqual([]);
    await expect(masked(example.output())).toMatchFileSnapshot('sign-in.txt');
    expect(await example.left()).toEqual([]);
  });

  it('shows no secret, and tells none by argument or environment, not even that of a confidential app (K10)', async () => {
    const { client_id, client_secret = '' } = confidentialApp;
    const folder = await mkdtemp(join(tmpdir(), 'authchart-secret-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'secret');
    await writeFile(file, `${client_secret}\n`);
    const app = ['--client-id', client_id, '--secret-file', file];
    const example = await startExample([...app, ...(await redirectUri())]);
    expect(await example.ended).toBe(0);
    const told = await example.told();
    expect(told.trim().split('\n')).toHaveLength(2);
    expect(told).toContain('second-process.js');
    for (const text of [told, example.output()]) {
      expect(text).not.toMatch(emulatorSecret);
      expect(text).not.toMatch(/\b(?:state|code|code_verifier)=/);
      expect(text).not.toContain(client_secret);
    }
  });

  it('says which port is taken and what to do', async () => {
    await take(8976);
    const example = await startExample([]);
    expect(await example.ended).toBe(1);
    expect(example.output()).toMatch(
      /^port_in_use: Port 8976 of 127\.0\.0\.1 is taken .*\. Free it, or register .+\.$/m,
    );
    expect(await example.left()).toEqual([]);
  });
});

describe('the sign-in example with a person', () => {
  it('ends with Ctrl-C while the page is open, and leaves nothing behind', async () => {
    // A browser that was opened and never comes back.
    const example = await startExample(['--browser', ...(await redirectUri())], {
      env: { BROWSER: '/bin/true' },
    });
    await example.until(/the page is with the person/);
    example.interrupt();
    expect(await example.ended).toBe(130);
    expect(example.output()).toMatch(/\n  abandoning .*\n\nCancelled\. Nothing is left on this machine\.\n$/);
    expect(await example.left()).toEqual([]);
  });

  it('says that there is neither a browser nor a terminal', async () => {
    const example = await startExample(['--browser', ...(await redirectUri())]);
    expect(await example.ended).toBe(1);
    expect(example.output()).toMatch(/^browser_unavailable: .+\.$/m);
    expect(await example.left()).toEqual([]);
  });

  it('takes the callback from a terminal, without showing it', async (context) => {
    needs('/usr/bin/script')(context);
    const example = await startExample(['--browser', ...(await redirectUri())], { terminal: true });
    await example.until(/Or paste the address/);
    const [url = ''] = /^http:\S+/m.exec(example.output()) ?? [];
    const { callbackUrl } = await consent(url);
    example.type(`${callbackUrl}\r`);
    expect(await example.ended).toBe(0);
    expect(example.output()).toContain('signed in as        @ada');
    expect(example.output()).not.toMatch(emulatorSecret);
    expect(await example.left()).toEqual([]);
  });

  it('signs in to the real X from a machine without a browser: shows the address, and waits through a wrong one', async (context) => {
    needs('/usr/bin/script')(context);
    const args = ['--provider', 'x', '--client-id', 'ID', ...(await redirectUri())];
    const example = await startExample(args, { terminal: true });
    await example.until(/Or paste the address/);
    expect(example.output()).toMatch(
      /^https:\/\/x\.com\/i\/oauth2\/authorize\?response_type=code&client_id=ID&\S+$/m,
    );
    example.type('https://example.com/?state=a&code=b\r');
    await example.until(/verifying .*\r\n {4}waiting /);
    example.type('\u0003');
    expect(await example.ended).toBe(130);
    expect(example.output()).toContain('Cancelled. Nothing is left on this machine.');
    expect(await example.left()).toEqual([]);
  });
});

describe('the command line of the sign-in example', () => {
  const usage = 'Usage: npm start -- [options]';

  it('explains itself', async () => {
    const example = await startExample(['--help']);
    expect(await example.ended).toBe(0);
    expect(example.output().startsWith(usage)).toBe(true);
    expect(
      example
        .output()
        .split('\n')
        .filter((line) => line.length > WIDTH),
    ).toEqual([]);
  });

  it.each([
    [['--provider', 'x'], '--provider x needs --client-id.'],
    [['--provider', 's3cret'], 'The providers are emulator and x.'],
    [['--client-secrets=s3cret'], "Unknown option '--client-secrets'."],
    [['--browser=s3cret'], "Option '--browser' does not take an argument."],
    [['s3cret'], 'There are only options.'],
  ])('refuses %j without repeating a value', async (args, sentence) => {
    const example = await startExample(args);
    expect(await example.ended).toBe(2);
    expect(example.output().startsWith(`${sentence}\n\n${usage}`)).toBe(true);
    expect(example.output()).not.toContain('s3cret');
  });
});
