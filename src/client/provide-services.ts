import type { DeadlineInput, DeadlineEvent, UserAgentEvent } from '../machines/authorization.contract.js';
import { authorizationMachine } from '../machines/authorization.machine.js';
import type { AuthorizationMachine } from '../machines/authorization.machine.js';
import { exchangeMachine } from '../machines/exchange.machine.js';
import { renewalMachine } from '../machines/renewal.machine.js';
import type { LockEvent } from '../machines/renewal.machine.js';
import { signOutMachine } from '../machines/sign-out.machine.js';
import type { AuthorizationRequest, Redacted } from '../machines/vocabulary.js';
import { AuthError } from '../services/auth-error.js';
import { holdDeadline } from '../services/deadlines.js';
import { policy } from '../services/policy.js';
import type { Observe } from '../services/inspection/message.js';
import type { CallbackSink, UserAgent } from '../services/ports.js';
import { redact, reveal } from '../services/redacted.js';
import type { Service, ServicePorts } from '../services/service-ports.js';
import { sleep } from '../services/sleep.js';
import { untilAborted } from '../services/until-aborted.js';
import { restoreSession } from '../services/session/restore-session.js';
import { buryRecord, forgetSession, revokeTokens } from '../services/sign-out/sign-out.js';
import { answering, holding, settling } from './actor-logic.js';
import type { Running } from './actor-logic.js';
import { buryLater } from './bury-later.js';
import { serviceOf } from './chunks/chunk.js';
import type { Chunks } from './chunks/chunks.js';
import { fetchingAhead } from './chunks/fetching-ahead.js';

/** By name; `interactive` is the one that is asked where a sign-in names none. */
export type UserAgents = Readonly<Record<string, UserAgent>>;

/** The chart with all its services, wired once per client. */
export function provideServices(
  ports: ServicePorts,
  userAgents: UserAgents,
  running: Running,
  { tokens, accounts }: Chunks,
): AuthorizationMachine {
  const { jobs } = running;

  type TokensCode = typeof import('./chunks/tokens.js');
  type Settlement<Input, Output> = (
    ports: ServicePorts,
  ) => (input: Input, answer: Promise<Output>) => Promise<unknown>;

  const watched = (observe: Observe | undefined) => (observe ? { ...ports, observe } : ports);

  const answer = <Input extends object, Output>(service: Service<Input, Output>) =>
    answering(running, (input: Input, signal, observe) => service(watched(observe))(input, signal));
  const ofTokens = <Input extends object, Output>(pick: (code: TokensCode) => Service<Input, Output>) =>
    answer(serviceOf(tokens, pick));
  const settled = <Input extends object, Output>(
    pick: (code: TokensCode) => Service<Input, Output>,
    settlement: (code: TokensCode) => Settlement<Input, Output>,
  ) =>
    settling(
      running,
      (input: Input, signal, observe) => serviceOf(tokens, pick)(watched(observe))(input, signal),
      async (input, outcome, observe) => {
        // Left while it was being loaded, it has sent nothing.
        if (tokens.loaded) await settlement(tokens.loaded)(watched(observe))(input, outcome);
      },
    );
  const bury = buryRecord(ports);

  return authorizationMachine.provide({
    actors: {
      restoreSession: answer(fetchingAhead(restoreSession, tokens)),
      adoptTokens: answer(serviceOf(accounts, (code) => code.adoptTokens)),
      prepareAuthorization: ofTokens((code) => code.prepareAuthorization),
      verifyCallback: ofTokens((code) => code.verifyCallback),
      abandonFlow: ofTokens((code) => code.abandonFlow),
      saveUnsaved: ofTokens((code) => code.saveUnsaved),
      holdDeadline: holding<DeadlineEvent, DeadlineInput>(running, (input, tell, signal) =>
        holdDeadline(ports, input, tell, signal),
      ),
      watchSession: holding<{ type: 'session.changed' }, { session: string }>(
        running,
        ({ session }, tell, signal) => watch(ports, session, () => tell({ type: 'session.changed' }), signal),
      ),
      ...userAgentServices(ports, userAgents, running),
      exchange: exchangeMachine.provide({
        actors: {
          claimFlow: ofTokens((code) => code.claimFlow),
          redeemCode: settled(
            (code) => code.redeem,
            (code) => code.settleRedemption,
          ),
          commitReceipt: settled(
            (code) => code.commitReceipt,
            (code) => code.settleCommit,
          ),
          recordFailure: ofTokens((code) => code.recordFailure),
          followClaim: ofTokens((code) => code.followClaim),
          identifyAccount: ofTokens((code) => code.identifyAccount),
          publishSession: ofTokens((code) => code.publishSession),
          discardTokens: ofTokens((code) => code.discardTokens),
        },
      }),
      renewal: renewalMachine.provide({
        actors: {
          holdLock: holding<LockEvent, { session: string }>(running, ({ session }, tell, signal) =>
            holdLock(ports, tokens, session, tell, signal),
          ),
          rereadSession: ofTokens((code) => code.rereadSession),
          waitOutJournal: ofTokens((code) => code.waitOutJournal),
          writeJournal: ofTokens((code) => code.writeJournal),
          requestTokens: settled(
            (code) => code.requestTokens,
            (code) => code.settleRequest,
          ),
          saveTokens: ofTokens((code) => code.saveTokens),
          clearJournal: ofTokens((code) => code.clearJournal),
          judgeRefusal: ofTokens((code) => code.judgeRefusal),
        },
      }),
      signOut: signOutMachine.provide({
        actors: {
          forgetSession: answer(forgetSession),
          buryRecord: answering(running, async (input: { session: string; revoke: boolean }, signal) => {
            try {
              return await bury(input, signal);
            } catch (error) {
              void jobs.track(buryLater(ports, input, jobs.closing));
              throw error;
            }
          }),
          revokeTokens: answer(revokeTokens),
        },
      }),
    },
  });
}

function userAgentServices(ports: ServicePorts, userAgents: UserAgents, running: Running) {
  // Closing is asynchronous: whoever opens next waits for it, for it may be the same port.
  let free: Promise<unknown> = Promise.resolve();

  function sinkOf(
    { boundTo }: AuthorizationRequest,
    tell: (event: UserAgentEvent) => void,
    signal: AbortSignal,
  ): CallbackSink {
    return {
      signal,
      onCallback: (url) => tell({ type: 'callback.received', callback: { url: redact(url), boundTo } }),
    };
  }

  function required({ userAgent }: AuthorizationRequest): UserAgent {
    const found = Object.hasOwn(userAgents, userAgent) ? userAgents[userAgent] : undefined;
    if (found) return found;
    if (userAgent === 'interactive')
      throw new AuthError('browser_unavailable', { detail: 'This client has no user agent.' });
    const names = Object.keys(userAgents).join(', ');
    throw new AuthError('invalid_option', { detail: `The option "userAgent" is none of: ${names}.` });
  }

  return {
    holdUserAgent: holding<UserAgentEvent, { request: AuthorizationRequest }>(
      running,
      async ({ request }, tell, signal) => {
        const redirectUri = request.redirectUri ?? ports.configuration.redirectUri;
        if (redirectUri === null) {
          throw new AuthError('invalid_redirect_uri', { detail: 'No redirect URI is configured.' });
        }
        if (request.userAgent === 'none') {
          tell({ type: 'userAgent.listening', redirectUri });
          return untilAborted(signal);
        }
        const { callbackMatching, name } = ports.configuration.provider;
        if (callbackMatching === 'exact' && new URL(redirectUri).port === '0') {
          throw new AuthError('invalid_redirect_uri', {
            detail: `${name} compares the port too, so it cannot be any: register and configure a fixed one.`,
          });
        }
        const turn = free;
        const held = listen();
        free = held.catch(() => undefined);
        return held;

        async function listen(): Promise<void> {
          await Promise.race([turn, untilAborted(signal)]);
          // Left before its turn: who comes next must still wait for those before us.
          if (signal.aborted) return void (await turn);
          const listening = await required(request).listen(redirectUri!, sinkOf(request, tell, signal));
          tell({ type: 'userAgent.listening', redirectUri: listening.redirectUri });
          await listening.closed;
        }
      },
    ),
    presentAuthorization: holding<UserAgentEvent, { request: AuthorizationRequest; url: Redacted<string> }>(
      running,
      async ({ request, url }, tell, signal) => {
        if (request.userAgent === 'none') return;
        await required(request).present(reveal(url), sinkOf(request, tell, signal));
        await untilAborted(signal);
      },
    ),
  };
}

async function holdLock(
  ports: ServicePorts,
  tokens: Chunks['tokens'],
  session: string,
  tell: (event: LockEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  // The first step of a renewal loads all of it: nothing has been announced or sent yet.
  const { noteJournal } = tokens.loaded ?? (await tokens.load());
  await noteJournal(ports, session);
  const lock = await ports.records.lockSession(session, signal, policy.lock);
  const since = ports.clock.elapsed();
  const lose = async () => {
    // A service that takes every lock back at once must not have us ask for the next one at once, and so on for ever.
    await sleep(ports.clock, since + policy.poll - ports.clock.elapsed(), signal);
    tell({ type: 'lock.lost' });
  };
  lock.lost.addEventListener('abort', () => void lose().catch(() => undefined), { once: true });
  tell({ type: 'lock.acquired' });
  await untilAborted(signal);
  await lock.release();
}

/**
 * Tells when somebody else has changed the session. Journals come and go without changing it: were they news, waiting
 * processes would wake each other for ever. Where a store cannot tell of changes, they show when the record is next read.
 */
async function watch(
  ports: ServicePorts,
  session: string,
  changed: () => void,
  signal: AbortSignal,
): Promise<void> {
  const look = async () => {
    const stored = await ports.records.readSession(session);
    const token = stored?.record.status === 'live' ? stored.record.tokens.accessToken : undefined;
    if (token === undefined || token !== ports.vault.get(session)?.tokens.accessToken) changed();
  };
  // A record that cannot be read now is no news either: whoever uses the session next is told.
  const stop = ports.records.watchSession(session, () => void look().catch(() => undefined));
  await untilAborted(signal);
  stop?.();
}
