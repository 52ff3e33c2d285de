import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { compileAdapters } from './compiled-adapters.js';
import { needs } from '../support/needs.js';
import { selfSigned, serve, serveHttp, serveProxy } from './loopback-servers.js';

let adapters: Awaited<ReturnType<typeof compileAdapters>>;
beforeAll(async () => {
  adapters = await compileAdapters();
});
afterAll(() => adapters.remove());

const bare = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };

/** Runs a module to its natural end: a process that something keeps alive runs into the limit of the test. */
async function run(code: string, env: Record<string, string> = {}): Promise<string> {
  const child = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...bare, ...env },
  });
  return child.stdout;
}

const transportModule = (): string => JSON.stringify(adapters.url('node-transport.js'));
const userAgentModule = (): string => JSON.stringify(adapters.url('node-user-agent.js'));

async function trusted(pair: { cert: string }): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'authchart-ca-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'ca.pem');
  await writeFile(file, pair.cert);
  return file;
}

describe('a process with the transport', () => {
  // Longer than any test may take: only an idle pool that does not count lets the process end.
  const keepAlive = { 'keep-alive': 'timeout=600' };

  it('ends by itself while its idle connections are open', async () => {
    const port = await serveHttp((_request, response) => response.writeHead(200, keepAlive).end('direct'));
    const out = await run(`
      import { nodeTransport } from ${transportModule()};
      const transport = nodeTransport();
      for (const _ of [1, 2]) console.log(await (await transport.fetch('http://127.0.0.1:${port}/', {})).text());`);
    expect(out).toBe('direct\ndirect\n');
  });

  it('ends by itself with a tunnel through the proxy of its environment, and trusts its additional certificates', async (context) => {
    needs('openssl')(context);
    const pair = selfSigned();
    const server = createTlsServer(pair, (_request, response) =>
      response.writeHead(200, keepAlive).end('secure'),
    );
    const [port, proxy] = [await serve(server), await serveProxy()];
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NODE_EXTRA_CA_CERTS: await trusted(pair) };
    const out = await run(
      `
      import { nodeTransport } from ${transportModule()};
      console.log(await (await nodeTransport().fetch('https://127.0.0.1:${port}/', {})).text());`,
      env,
    );
    expect(out).toBe('secure\n');
    expect(proxy.tunnels).toEqual([`127.0.0.1:${port} -`]);
  });

  it('is not told that nothing was sent when TLS fails only after its handshake', async (context) => {
    needs('openssl')(context);
    // TLS 1.3 lets a client speak before the server has refused its missing certificate.
    const pair = selfSigned();
    const port = await serve(createTlsServer({ ...pair, requestCert: true, rejectUnauthorized: true }));
    const out = await run(
      `
      import { nodeTransport } from ${transportModule()};
      await nodeTransport().fetch('https://127.0.0.1:${port}/', {}).catch((fault) => console.log(fault.sent));`,
      { NODE_EXTRA_CA_CERTS: await trusted(pair) },
    );
    expect(out).toBe('true\n');
  });

  it('loads undici with its first request, and keeps its own global dispatcher', async () => {
    const port = await serveHttp((_request, response) => response.end('ok'));
    const out = await run(`
      import { createRequire } from 'node:module';
      import { nodeTransport } from ${transportModule()};
      const { cache, resolve } = createRequire(${transportModule()});
      const loaded = () => resolve('undici') in cache;
      const transport = nodeTransport();
      const before = loaded();
      await (await transport.fetch('http://127.0.0.1:${port}/', {})).text();
      const { Dispatcher, getGlobalDispatcher } = await import(resolve('undici'));
      console.log(before, loaded(), getGlobalDispatcher() instanceof Dispatcher);`);
    expect(out).toBe('false true false\n');
  });
});

it('a process ends by itself while its clock still has a timer', async () => {
  const out = await run(`
    import { nodeClock } from ${JSON.stringify(adapters.url('node-clock.js'))};
    nodeClock.setTimeout(() => console.log('late'), 600_000);`);
  expect(out).toBe('');
});

describe('a process with the user agent', () => {
  const listening = (): string => `
    import { nodeUserAgent } from ${userAgentModule()};
    const controller = new AbortController();
    const sink = { signal: controller.signal, onCallback: () => controller.abort() };
    const userAgent = nodeUserAgent({ open: false, output: process.stdout });
    const { redirectUri, closed } = await userAgent.listen('http://127.0.0.1:0/cb', sink);`;

  it('waits for the human, and ends by itself after the callback', async () => {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', `${listening()}; console.log(redirectUri); void closed;`],
      { env: bare, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const exit = once(child, 'exit');
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    const url = new URL(line.trim());
    // A connection that stays open on our side must not keep the process either.
    const idle = connect(Number(url.port), url.hostname).on('error', () => undefined);
    await once(idle, 'connect');
    get(`${url.href}?code=a`).on('error', () => undefined);
    expect(await exit).toEqual([0, null]);
    idle.destroy();
  });
});

describe('a process on a real terminal', () => {
  beforeEach(needs('/usr/bin/script'));

  interface Session {
    readonly child: ChildProcess;
    /** Everything the terminal has shown. */
    shown(): string;
    until(text: string): Promise<void>;
    type(text: string): void;
    ended: Promise<unknown[]>;
  }

  /** Runs `code` under a pseudo-terminal, then has the terminal say how it was left. */
  async function onTerminal(code: string): Promise<Session> {
    const directory = await mkdtemp(join(tmpdir(), 'authchart-terminal-'));
    const file = join(directory, 'main.mjs');
    await writeFile(file, code);
    onTestFinished(() => rm(directory, { recursive: true }));
    const command = `${process.execPath} ${file}; echo "status $?"; stty -a`;
    const child = spawn('/usr/bin/script', ['-qfc', command, '/dev/null'], {
      env: { ...bare, TERM: 'xterm' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
    return {
      child,
      shown: () => shown,
      until: async (text) => {
        while (!shown.includes(text)) await once(child.stdout, 'data');
      },
      type: (text) => void child.stdin.write(text),
      ended: once(child, 'close'),
    };
  }

  const asking = (onCallback: string): string => `
    import { nodeUserAgent } from ${userAgentModule()};
    const controller = new AbortController();
    const sink = { signal: controller.signal, onCallback: (url) => { ${onCallback} } };
    const userAgent = nodeUserAgent({ open: false });
    const { closed } = await userAgent.listen('https://localhost/', sink);
    await userAgent.present('https://provider.example/?state=b', sink);
    console.log('asked');`;

  it('shows the address, hides what is pasted, and gets its terminal back (K11)', async () => {
    const session = await onTerminal(
      `${asking('console.log(String(url.length)); controller.abort()')} await closed; console.log('closed');`,
    );
    await session.until('asked');
    session.type('https://localhost/?state=b&code=canary\r');
    await session.ended;
    expect(session.shown()).toContain('https://provider.example/?state=b');
    expect(session.shown()).not.toContain('canary');
    expect(session.shown()).toMatch(/Received\. .*\r\n38\r\nclosed\r\nstatus 0\r\n/);
    expect(session.shown()).toMatch(/ icanon .* echo /s);
  });

  it('ends with Ctrl-C and leaves a sound terminal', async () => {
    const session = await onTerminal(`${asking('')} await closed;`);
    await session.until('asked');
    session.type('secret-canary\u0003');
    await session.ended;
    expect(session.shown()).toContain('status 130');
    expect(session.shown()).not.toContain('canary');
    expect(session.shown()).toMatch(/ icanon .* echo /s);
  });

  it('leaves a sound terminal when it crashes', async () => {
    const session = await onTerminal(`${asking("throw new Error('crash')")} await closed;`);
    await session.until('asked');
    session.type('x\r');
    await session.ended;
    expect(session.shown()).toContain('status 1');
    expect(session.shown()).toMatch(/ icanon .* echo /s);
  });
});
