import { once } from 'node:events';
import { get } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { nodeUserAgent } from '../../src/adapters/node/node-user-agent.js';
import { readPastedUrls } from '../../src/adapters/node/pasted-url.js';
import type { CallbackSink } from '../../src/services/ports.js';

class FakeTerminal extends PassThrough {
  readonly isTTY = true;
  isRaw = false;
  readonly modes: boolean[] = [];
  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    this.modes.push(raw);
    return this;
  }
}

function sinkFor(onCallback?: (url: string) => void) {
  const controller = new AbortController();
  const callbacks: string[] = [];
  const arrivals = new EventTarget();
  const sink: CallbackSink = {
    signal: controller.signal,
    onCallback(url) {
      callbacks.push(url);
      arrivals.dispatchEvent(new Event('callback'));
      onCallback?.(url);
    },
  };
  onTestFinished(() => controller.abort());
  return { sink, callbacks, abort: () => controller.abort(), next: () => once(arrivals, 'callback') };
}

function written(output: PassThrough): string {
  let text = '';
  for (let chunk = output.read() as Buffer | null; chunk; chunk = output.read() as Buffer | null)
    text += chunk.toString();
  return text;
}
const page = 'https://provider.example/authorize?client_id=a&state=b';

describe('a pasted URL', () => {
  it('reaches the sink from a terminal that shows nothing of it (K11)', async () => {
    const [input, output] = [new FakeTerminal(), new PassThrough()];
    const { sink, callbacks, next, abort } = sinkFor();
    readPastedUrls({ input, output }, sink);
    expect(input.isRaw).toBe(true);
    let arrival = next();
    input.write('https://localhost/?state=canary&code=canary\r');
    await arrival;
    arrival = next();
    input.write('  https://localhost/?state=b');
    input.write('&code=second \r');
    await arrival;
    expect(callbacks).toEqual([
      'https://localhost/?state=canary&code=canary',
      'https://localhost/?state=b&code=second',
    ]);
    expect(written(output)).toBe(
      'Or paste the address of the page you were sent to:\n' +
        'Received. If nothing happens, paste the whole address again:\n'.repeat(2),
    );
    expect(input.read()).toBeNull();
    abort();
    expect(input.isRaw).toBe(false);
    expect(input.isPaused()).toBe(true);
  });

  it('may be as long as it is', async () => {
    const input = new FakeTerminal();
    const { sink, callbacks, next } = sinkFor();
    readPastedUrls({ input, output: new PassThrough() }, sink);
    const arrival = next();
    const url = `https://localhost/?code=${'a'.repeat(10_000)}`;
    input.write(`${url}\r`);
    await arrival;
    expect(callbacks).toEqual([url]);
  });

  it('may come through a pipe, until that ends', async () => {
    const input = new PassThrough();
    const { sink, callbacks } = sinkFor();
    readPastedUrls({ input, output: new PassThrough() }, sink);
    input.end('\n  \nfirst\r\nsecond');
    await once(input, 'close');
    expect(callbacks).toEqual(['first', 'second']);
  });

  it('is not asked for once the signal has aborted, and no line counts after it', () => {
    const [input, output] = [new FakeTerminal(), new PassThrough()];
    const done = sinkFor();
    done.abort();
    readPastedUrls({ input, output }, done.sink);
    expect([input.modes, written(output)]).toEqual([[], '']);

    const pipe = new PassThrough();
    const first = sinkFor(() => first.abort());
    readPastedUrls({ input: pipe, output }, first.sink);
    pipe.emit('data', Buffer.from('first\nsecond\n'));
    expect(first.callbacks).toEqual(['first']);
  });

  it('leaves the terminal as it was if the sink throws', () => {
    const input = new FakeTerminal();
    const { sink } = sinkFor(() => {
      throw new Error('sink');
    });
    readPastedUrls({ input, output: new PassThrough() }, sink);
    expect(() => input.emit('data', Buffer.from('first\r'))).toThrow('sink');
    expect([input.isRaw, input.isPaused()]).toEqual([false, true]);
  });

  it('leaves a raw terminal raw', () => {
    const input = new FakeTerminal();
    input.isRaw = true;
    const { sink, abort } = sinkFor();
    readPastedUrls({ input, output: new PassThrough() }, sink);
    abort();
    expect(input.isRaw).toBe(true);
  });

  it('ends quietly with a terminal that breaks', () => {
    const input = new FakeTerminal();
    const { sink } = sinkFor();
    readPastedUrls({ input, output: new PassThrough() }, sink);
    input.emit('error', new Error('EIO'));
    expect(input.isRaw).toBe(false);
  });

  it('gives way to Ctrl-C', async () => {
    const input = new FakeTerminal();
    const { sink } = sinkFor();
    readPastedUrls({ input, output: new PassThrough() }, sink);
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    onTestFinished(() => kill.mockRestore());
    input.emit('data', Buffer.from('\u0003'));
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGINT');
    expect(input.isRaw).toBe(false);
  });
});

describe('listen', () => {
  it('serves a loopback redirect URI', async () => {
    const userAgent = nodeUserAgent({ input: false, output: false });
    const { sink, callbacks, next, abort } = sinkFor();
    const { redirectUri, closed } = await userAgent.listen('http://127.0.0.1:0/cb', sink);
    const arrival = next();
    get(`${redirectUri}?code=a`).on('error', () => undefined);
    await arrival;
    expect(callbacks).toEqual([`${redirectUri}?code=a`]);
    abort();
    await closed;
  });

  it('leaves any other redirect URI to the terminal', async () => {
    const userAgent = nodeUserAgent({ input: new FakeTerminal(), output: new PassThrough() });
    const { sink, abort } = sinkFor();
    const { redirectUri, closed } = await userAgent.listen('https://localhost/', sink);
    expect(redirectUri).toBe('https://localhost/');
    abort();
    await closed;
    await expect(userAgent.listen('https://localhost/', sink)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it.each([
    { input: false, output: new PassThrough() },
    { input: new FakeTerminal(), output: false },
  ] as const)('refuses it where no terminal can ask', async (streams) => {
    const listening = nodeUserAgent(streams).listen('https://localhost/', sinkFor().sink);
    await expect(listening).rejects.toMatchObject({
      code: 'redirect_uri_not_local',
      message: expect.stringContaining('https://localhost.') as string,
    });
  });
});

describe('present', () => {
  it('opens the page, shows its address and takes a pasted one', async () => {
    const [input, output] = [new FakeTerminal(), new PassThrough()];
    const opened: string[] = [];
    const open = (url: string): Promise<void> => Promise.resolve(void opened.push(url));
    const { sink, callbacks, next, abort } = sinkFor();
    await nodeUserAgent({ open, input, output }).present(page, sink);
    expect(opened).toEqual([page]);
    expect(written(output)).toBe(
      `\nYour browser shows the sign-in page. If it does not, open this address:\n\n${page}\n\n` +
        'Or paste the address of the page you were sent to:\n',
    );
    const arrival = next();
    input.write('https://localhost/?code=a\r');
    await arrival;
    expect(callbacks).toEqual(['https://localhost/?code=a']);
    abort();
    expect(input.isRaw).toBe(false);
  });

  it.each([false, () => Promise.reject(new Error('none'))] as const)(
    'asks the person to open it where no browser does: %s',
    async (open) => {
      const output = new PassThrough();
      await nodeUserAgent({ open, input: false, output }).present(page, sinkFor().sink);
      expect(written(output)).toBe(`\nOpen this address in a browser to sign in:\n\n${page}\n\n`);
    },
  );

  it('says that no human can come where there is neither browser nor terminal', async () => {
    const userAgent = nodeUserAgent({ open: false, input: false, output: false });
    await expect(userAgent.present(page, sinkFor().sink)).rejects.toMatchObject({
      code: 'browser_unavailable',
    });
  });

  it('is content with a browser alone', async () => {
    await nodeUserAgent({ open: () => Promise.resolve(), input: false, output: false }).present(
      page,
      sinkFor().sink,
    );
  });

  it('shows nothing once the signal has aborted', async () => {
    const [input, output] = [new FakeTerminal(), new PassThrough()];
    const { sink, abort } = sinkFor();
    const open = (): Promise<void> => Promise.resolve(abort());
    await nodeUserAgent({ open, input, output }).present(page, sink);
    expect([written(output), input.modes]).toEqual(['', []]);
  });

  it('neither opens nor prints what is no web address (M15)', async () => {
    const output = new PassThrough();
    const open = vi.fn(() => Promise.resolve());
    const userAgent = nodeUserAgent({ open, input: false, output });
    await expect(userAgent.present('javascript:alert(1)', sinkFor().sink)).rejects.toMatchObject({
      code: 'invalid_provider',
    });
    expect([open.mock.calls, written(output)]).toEqual([[], '']);
  });

  it('prints no control characters', async () => {
    const output = new PassThrough();
    await nodeUserAgent({ open: false, input: false, output }).present(
      `${page}&x=\u001b[2J\u0007`,
      sinkFor().sink,
    );
    expect([...written(output)].filter((character) => character < ' ' && character !== '\n')).toEqual([]);
  });
});
