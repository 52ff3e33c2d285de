import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policy } from '../../../src/services/policy.js';
import { TransportFault } from '../../../src/services/transport-fault.js';
import { MAXIMUM_ANSWER, protocolRequest } from '../../../src/services/token-endpoint/protocol-request.js';
import { json, loopbackServer, text, type LoopbackServer } from '../support/loopback-server.js';
import { protocolPorts, stoppedClock } from '../support/protocol-ports.js';

let server: LoopbackServer;
let ports: ReturnType<typeof protocolPorts>;
beforeEach(async () => {
  server = await loopbackServer();
  ports = protocolPorts();
});
afterEach(() => server.close());

const post = { method: 'POST', headers: { accept: 'application/json' }, body: 'a=b' };

describe('protocolRequest', () => {
  it('asks without cookies, caches, referrer and redirects (E10)', async () => {
    server.answer = json({ a: 1 });
    const answer = await protocolRequest(`${server.origin}/token`, post, ports);
    expect(answer).toMatchObject({ status: 200, redirect: false, body: '{"a":1}' });
    expect(ports.transport.calls[0]?.init).toEqual({
      ...post,
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: expect.any(AbortSignal),
    });
  });

  it.each([301, 302, 303, 307, 308])('does not follow status %s (E9)', async (status) => {
    await using other = await loopbackServer(json({ access_token: 'evil' }));
    server.answer = text('elsewhere', status, { location: other.origin });
    const answer = await protocolRequest(server.origin, post, ports);
    expect(answer).toMatchObject({ status, redirect: true, body: null });
    expect(other.requests).toEqual([]);
  });

  it('knows the opaque redirect of a browser (E9)', async () => {
    const response = Response.error();
    Object.defineProperty(response, 'type', { value: 'opaqueredirect' });
    const transport = { fetch: async () => response, close: async () => {} };
    expect(await protocolRequest(server.origin, post, { ...ports, transport })).toMatchObject({
      status: 0,
      redirect: true,
    });
  });

  it('ends a request that is never answered at its deadline, and frees timer and socket (E11)', async () => {
    const clock = stoppedClock();
    const arrived = new Promise<void>((resolve) => (server.answer = () => resolve()));
    const request = protocolRequest(server.origin, post, { ...ports, clock });
    await arrived;
    clock.advance(policy.tokenRequest - policy.lateAnswer);
    clock.advance(policy.lateAnswer - 1);
    expect(clock.timers).toBe(1);
    clock.advance(1);
    await expect(request).rejects.toEqual(new TransportFault('timeout', true));
    expect(clock.timers).toBe(0);
    expect(ports.transport.calls[0]?.init.signal?.aborted).toBe(true);
  });

  it('reads an answer that came while the process slept through the deadline', async () => {
    const clock = stoppedClock();
    server.answer = (_, response) => {
      response.end('here');
      clock.advance(60 * 60_000);
    };
    expect(await protocolRequest(server.origin, post, { ...ports, clock })).toMatchObject({ body: 'here' });
    expect(clock.timers).toBe(0);
  });

  it('ends a body that trickles at the same deadline (F15)', async () => {
    const clock = stoppedClock();
    const closed = new Promise<void>((resolve) => {
      server.answer = (_, response) => {
        response.on('close', resolve);
        response.writeHead(200);
        response.write('a');
      };
    });
    const trickling = {
      ...ports.transport,
      fetch: async (url: string, init: RequestInit) => {
        const response = await ports.transport.fetch(url, init);
        queueMicrotask(() => {
          clock.advance(4000);
          clock.advance(1000);
        });
        return response;
      },
    };
    const request = protocolRequest(server.origin, post, { clock, transport: trickling }, 5000);
    await expect(request).rejects.toEqual(new TransportFault('timeout', true));
    await closed;
  });

  it('leaves no timer behind an answer (E11)', async () => {
    const clock = stoppedClock();
    await protocolRequest(server.origin, post, { ...ports, clock });
    expect(clock.timers).toBe(0);
  });

  it('does not depend on the transport to obey the signal (E11)', async () => {
    const clock = stoppedClock();
    const transport = { fetch: () => new Promise<Response>(() => {}), close: async () => {} };
    const request = protocolRequest(server.origin, post, { clock, transport });
    clock.advance(policy.tokenRequest - policy.lateAnswer);
    clock.advance(policy.lateAnswer);
    await expect(request).rejects.toMatchObject({ kind: 'timeout', sent: true });
  });

  it.each([
    ['a large body', () => text('x'.repeat(MAXIMUM_ANSWER + 1))],
    [
      'a gzip bomb',
      () => text(gzipSync(Buffer.alloc(10 * MAXIMUM_ANSWER)), 200, { 'content-encoding': 'gzip' }),
    ],
  ])('stops reading %s at 1 MiB (F14)', async (_, answer) => {
    server.answer = answer();
    await expect(protocolRequest(server.origin, post, ports)).rejects.toEqual(
      new TransportFault('too_large', true),
    );
    expect(ports.transport.calls[0]?.init.signal?.aborted).toBe(true);
  });

  it('reads a body of exactly 1 MiB (F19)', async () => {
    server.answer = text('x'.repeat(MAXIMUM_ANSWER));
    expect((await protocolRequest(server.origin, post, ports)).body).toHaveLength(MAXIMUM_ANSWER);
  });

  it('gives no text where there is none in UTF-8 (F16)', async () => {
    server.answer = text(Buffer.from([0x7b, 0xff, 0x7d]));
    expect((await protocolRequest(server.origin, post, ports)).body).toBeNull();
  });

  it('tells a refused connection from a broken one (E4)', async () => {
    await using gone = await loopbackServer();
    await gone.close();
    await expect(protocolRequest(gone.origin, post, ports)).rejects.toEqual(
      new TransportFault('refused', false),
    );
    server.answer = (_, response) => response.socket?.destroy();
    await expect(protocolRequest(server.origin, post, ports)).rejects.toEqual(
      new TransportFault('reset', true),
    );
  });

  it('takes what it does not know for sent, and keeps its words to itself (G8)', async () => {
    const transport = { fetch: () => Promise.reject(new Error('CANARY')), close: async () => {} };
    const request = protocolRequest(server.origin, post, { ...ports, transport });
    await expect(request).rejects.toEqual(new TransportFault('unknown', true));
  });
});
