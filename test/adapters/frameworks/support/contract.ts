import type { Client, Failure } from 'authchart';
import { consent } from 'authchart/testing';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { handDriven, startX } from '../../../client/support/x.js';
import type { Harness } from './harness.js';
import { place } from './page.js';
import type { Place } from './page.js';
import { scripted } from './scripted.js';
import { nothingSeen } from './seen.js';
import type { Seen } from './seen.js';
import { signedIn as openSignedIn } from './signed-in.js';

const failure: Failure = {
  code: 'access_denied',
  phase: 'callback',
  message: 'The user refused.',
  retryable: true,
  retryAt: null,
  provider: null,
};

const eventually = (look: () => unknown) => vi.waitFor(look, { timeout: 10_000 });

/** What holds in every framework. */
export function frameworkContract(harness: Harness): void {
  let shown: Place;
  let seen: Seen;
  let takeAway: (() => unknown) | undefined;
  let complaints: unknown[][];
  const closing: (() => Promise<void>)[] = [];

  beforeEach(() => {
    shown = place();
    seen = nothingSeen();
    complaints = [];
    const complain = (...words: unknown[]) => void complaints.push(words);
    for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockImplementation(complain);
  });
  afterEach(async () => {
    await takeAway?.();
    takeAway = undefined;
    await harness.settle();
    shown.remove();
    vi.restoreAllMocks();
    await Promise.all(closing.splice(0).map((close) => close()));
  });

  async function mount(client: Client): Promise<void> {
    takeAway = harness.mount(shown, client, seen);
    await harness.settle();
  }

  async function leave(): Promise<void> {
    await takeAway?.();
    takeAway = undefined;
    await harness.settle();
  }

  const settled = async (change: () => void) => {
    change();
    await harness.settle();
  };

  async function signedIn() {
    const opened = await openSignedIn();
    closing.push(() => opened.client.close());
    return opened;
  }

  const showsSignedIn = () =>
    eventually(async () => {
      await harness.settle();
      expect(shown.textContent).toBe('users.readsignedIn');
    });

  describe('on a server', () => {
    const answer = inject('answers')[harness.framework];

    it('is signed out, holds nothing, and serialises no token', () => {
      expect(answer.html).toMatch(/<p[^]*nobody[^]*<button[^]*signedOut/);
      expect(answer.html).not.toMatch(/canary|users\.read/);
      expect(answer).toMatchObject({ subscribed: 0, started: 0 });
    });

    it('is taken over as it is, and shows who is signed in after that', async () => {
      const { client } = await signedIn();
      shown.innerHTML = answer.html;
      const elements = () => ['p', 'button'].map((selector) => shown.querySelector(selector));
      const before = elements();
      takeAway = harness.hydrate(shown, client, seen);
      await showsSignedIn();
      expect(seen.statuses[0]).toBe('signedOut');
      expect(seen.sessions[0]).toEqual({ signedIn: false, info: null, session: null });
      expect(complaints).toEqual([]);
      expect(elements().map((element, at) => element === before[at])).toEqual([true, true]);
    });

    it('shows what the client says after that, although nothing changes any more', async () => {
      const { client, authorization } = scripted({ status: 'expired', busy: true });
      shown.innerHTML = answer.html;
      takeAway = harness.hydrate(shown, client, seen);
      await eventually(() => expect(authorization.subscribe).toHaveBeenCalled());
      await harness.settle();
      expect([seen.statuses, seen.busy]).toEqual([
        ['signedOut', 'expired'],
        [false, true],
      ]);
      expect(shown.textContent).toBe('nobodyexpired');
    });
  });

  describe('on a page', () => {
    it('shows what the client says, and gives a handle for the API', async () => {
      const { client } = await signedIn();
      await mount(client);
      await showsSignedIn();
      await eventually(() => expect(client.authorization().getSnapshot().busy).toBe(false));
      await harness.settle();
      // Once, although the client has looked in its store meanwhile.
      expect(seen.sessions.filter(({ signedIn }) => signedIn)).toHaveLength(1);
      const last = seen.sessions.at(-1);
      expect(last).toMatchObject({ signedIn: true, info: { standing: 'fresh' } });
      expect(last?.session).toBe(client.authorization().session);
      expect(complaints).toEqual([]);
    });

    it('comes back only to what has changed', async () => {
      const { client, show } = scripted();
      await mount(client);
      const counts = () => [seen.statuses.length, seen.busy.length, seen.sessions.length];
      const [status = 0, busy = 0, sessions = 0] = counts();
      await settled(() => show({ status: 'preparing' }));
      expect(counts()).toEqual([status + 1, busy, sessions]);
      await settled(() => show({ busy: true, status: 'signingIn' }));
      expect(counts()).toEqual([status + 2, busy + 1, sessions]);
      await settled(() => show({ busy: false, status: 'failed', failure, retryable: true }));
      expect(counts()).toEqual([status + 3, busy + 2, sessions]);
      await settled(() => show({ status: 'signedIn', signedIn: true, failure: null, retryable: false }));
      expect(counts()).toEqual([status + 4, busy + 2, sessions + 1]);
      await settled(() => show({}));
      expect(counts()).toEqual([status + 4, busy + 2, sessions + 1]);
    });

    it('follows the client while it is there, and not after', async () => {
      const { client, listeners, authorization } = scripted();
      await mount(client);
      expect(listeners.size).toBeGreaterThan(0);
      await leave();
      expect(listeners.size).toBe(0);
      await mount(client);
      expect(listeners.size).toBeGreaterThan(0);
      expect(authorization.signIn).not.toHaveBeenCalled();
    });

    it('lets the actor of the session go', async () => {
      const { client, running } = await signedIn();
      await mount(client);
      await eventually(() => expect(running()).toBe(1));
      await leave();
      await eventually(() => expect(running()).toBe(0));
    });

    it('signs in at a click, and stays as it is when it was taken away meanwhile', async () => {
      const bench = await startX();
      closing.push(() => bench.close());
      const userAgent = handDriven();
      const redirectUri = 'https://localhost/';
      const client = bench.clientOf({ redirectUri }, { userAgent });
      await mount(client);
      await eventually(() => expect(shown.textContent).toBe('nobodysignedOut'));
      shown.querySelector('button')?.click();
      const { callbackUrl } = await consent(await userAgent.page);
      await harness.settle();
      expect(shown.textContent).toBe('nobodyawaitingUser');
      await leave();
      await mount(client);
      expect(shown.textContent).toBe('nobodyawaitingUser');
      userAgent.bring(callbackUrl ?? '');
      await eventually(async () => {
        await harness.settle();
        expect(shown.textContent).toMatch(/offline\.access.*signedIn/);
      });
      expect(bench.emulator.counters).toMatchObject({ authorizeHits: 1, tokenHits: 1 });
      expect(complaints).toEqual([]);
    });

    it('says what is missing where no client was given', async () => {
      const orphaned = async () => harness.orphan(shown);
      await expect(orphaned()).rejects.toMatchObject({
        name: 'AuthError',
        code: 'invalid_option',
        message: expect.stringMatching(
          /^The option "client" is missing: .*(Provider|Plugin|setAuthorization)/,
        ),
      });
    });
  });
}
