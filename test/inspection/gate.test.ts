import { inspectFlow } from 'authchart/inspect';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gate, GateMoment } from '../../src/client/inspection/gate.js';
import { stepwise } from '../../src/client/inspection/stepwise.js';
import { callbackOf, eventually, held, startAcme } from '../client/support/acme.js';
import type { Acme } from '../client/support/acme.js';
import { json } from '../services/support/loopback-server.js';

let acme: Acme;
beforeEach(async () => {
  acme = await startAcme();
});
afterEach(() => acme.close());

interface Closed extends GateMoment {
  readonly signal: AbortSignal;
  open(): void;
}

/** A gate that somebody stands at, and the client behind it. */
function gatedClient() {
  const closed: Closed[] = [];
  const ended = vi.fn();
  const passed: string[] = [];
  const gate: Gate = {
    end() {
      ended();
      closed.splice(0).forEach(({ open }) => open());
    },
    pass: (moment, signal) =>
      new Promise<void>((resolve) => {
        const open = () => {
          if (closed.includes(at)) closed.splice(closed.indexOf(at), 1);
          resolve();
        };
        const letThrough = () => {
          passed.push(moment.event);
          open();
        };
        const at: Closed = { ...moment, signal, open: letThrough };
        closed.push(at);
        signal.addEventListener('abort', open, { once: true });
      }),
  };
  const client = acme.clientOf({}, { pace: stepwise(gate) });
  const names = new Map<string, string>();
  const states = new Map<string, string>();
  inspectFlow(client, (event) => {
    if (event.type === 'actor.started') names.set(event.actor.id, event.actor.name);
    if (event.type === 'actor.started' && event.state) states.set(event.actor.id, event.state);
    if (event.type === 'actor.moved') states.set(event.actor, event.to);
  });
  const next = async () => {
    await eventually(() => closed.length > 0);
    return closed[0]!;
  };
  /** Opens every gate until the work is done. */
  async function walk<Result>(work: Promise<Result>): Promise<Result> {
    let done = false;
    const end = () => void (done = true);
    work.then(end, end);
    while (!done) {
      closed[0]?.open();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return work;
  }
  return { client, closed, ended, passed, names, states, next, walk };
}

describe('a gate', () => {
  it('stands before every transition that a service causes, in order', async () => {
    const { client, passed, walk } = gatedClient();
    const { state } = await walk(client.begin());
    const session = await walk(client.complete(callbackOf(state)));
    await walk(session.renew());
    await walk(session.signOut());
    await walk(client.close());
    expect(passed).toEqual([
      'userAgent.listening',
      'done(prepareAuthorization)',
      'done(recallFlow)',
      'done(claimFlow)',
      'done(redeemCode)',
      'done(commitReceipt)',
      'done(publishSession)',
      'done(restoreSession)',
      'lock.acquired',
      'done(rereadSession)',
      'done(requestTokens)',
      'done(saveTokens)',
      'done(forgetSession)',
      'done(buryRecord)',
      'done(revokeTokens)',
    ]);
  });

  it('names the machine that waits, which stays where it is until then', async () => {
    const { client, next, names, states, walk } = gatedClient();
    const begun = client.begin();
    const { machine, actor, event, open } = await next();
    expect([names.get(machine), names.get(actor), event]).toEqual([
      'authorization',
      'userAgent',
      'userAgent.listening',
    ]);
    expect(states.get(machine)).toBe('awaitingAuthorization.opening');
    open();
    await eventually(() => states.get(machine) === 'awaitingAuthorization.preparing');
    await walk(begun);
  });

  it('holds failures back too', async () => {
    const { client, passed, walk } = gatedClient();
    acme.script.push(json({ error: 'invalid_grant' }, 400));
    const { state } = await walk(client.begin());
    await expect(walk(client.complete(callbackOf(state)))).rejects.toMatchObject({ code: 'code_refused' });
    expect(passed).toContain('failed(redeemCode)');
  });

  it('is open before a client waits for anything at its end: time stands while one is closed', async () => {
    const { client, ended } = gatedClient();
    const closing = client.close();
    expect(ended).toHaveBeenCalledOnce();
    await closing;
  });

  it('is left behind when its state is', async () => {
    const { client, next, closed } = gatedClient();
    const leaving = new AbortController();
    const login = client.begin({ signal: leaving.signal }).catch((error: { code: string }) => error.code);
    const { signal } = await next();
    leaving.abort();
    expect(await login).toBe('cancelled');
    await eventually(() => signal.aborted);
    expect(closed.filter((at) => at.signal.aborted)).toEqual([]);
  });

  it('loses no tokens: what came while it was closed is saved or revoked when its state is left', async () => {
    const { client, walk, closed, next } = gatedClient();
    const { state } = await walk(client.begin());
    const answer = held(
      json({ token_type: 'bearer', access_token: 'late', refresh_token: 'late-r', expires_in: 60 }),
    );
    acme.script.push(answer.answer);
    const completing = client.complete(callbackOf(state)).catch((error: { code: string }) => error.code);
    while (closed[0]?.event !== 'done(claimFlow)') {
      closed[0]?.open();
      await new Promise((resolve) => setImmediate(resolve));
    }
    closed[0].open();
    await answer.arrived;
    answer.go();
    const { event } = await next();
    expect(event).toBe('done(redeemCode)');
    await walk(client.close());
    await completing;
    const record = await acme.clientOf().session();
    expect(await record?.accessToken()).toBe('late');
  });
});
