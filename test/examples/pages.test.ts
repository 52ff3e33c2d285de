import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { pages } from '../../examples/pages/server/build-page.js';
import { freePort } from '../support/free-port.js';
import { build } from '../docs/reader-project.js';
import { WebBrowser } from '../support/web-browser.js';
import { startExample } from './example-process.js';

beforeAll(build, 120_000);

const example = 'pages/server';

describe('the example pages', () => {
  it('are started by one command each', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    for (const page of pages) {
      expect(scripts[`example:${page}`]).toBe(
        `tsc -b examples && node build/examples/pages/server/main.js ${page}`,
      );
    }
  });

  it('are served with a strict policy and their settings, beside a relay for scripts of their own', async () => {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const app = await startExample(['plain'], { example, env: { PORT: String(port) } });
    await app.until(/Stop/);
    const browser = new WebBrowser();
    const { headers, text } = await browser.open(`${origin}/callback`);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(text).toContain('<meta name="settings" content="{&quot;clientId&quot;:&quot;public-app&quot;');
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=/);
    expect((await browser.open(`${origin}/auth/relay`)).status).toBe(405);
    expect((await browser.open(`${origin}/assets/..%2findex.html`)).text).toBe(text);

    app.interrupt();
    expect(await app.ended).toBe(0);
    expect(app.output()).toBe(
      '\n  A page that signs in with X (plain), and an emulator of X beside it.\n\n' +
        `  Open     ${origin}\n` +
        "  Tokens   in the page's memory, and end with it (STORE=shared keeps them for all tabs)\n" +
        '  Stop     Ctrl-C\n\n\n  Stopped.\n',
    );
  });

  it('say that their port is taken, and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const app = await startExample(['plain'], { example, env: { PORT: String(port) } });
    expect(await app.ended).toBe(1);
    expect(app.output()).toBe(
      `\n  Port ${port} is taken. Choose another one: PORT=9000 npm run example:plain\n\n`,
    );
  });
});
