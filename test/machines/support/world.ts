import { fromEventObservable, fromPromise } from 'xstate';
import type { EventObject, NonReducibleUnknown } from 'xstate';
import { authorizationMachine } from '../../../src/machines/authorization.machine.js';
import type { AuthorizationMachine } from '../../../src/machines/authorization.machine.js';
import { exchangeMachine } from '../../../src/machines/exchange.machine.js';
import { renewalMachine } from '../../../src/machines/renewal.machine.js';
import { signOutMachine } from '../../../src/machines/sign-out.machine.js';
import { redact, reveal } from '../../../src/services/redacted.js';
import { CANARY, factsOf, SESSION } from './samples.js';
import type { answers } from './answers.js';

export type ServiceName =
  keyof typeof answers | 'holdUserAgent' | 'holdDeadline' | 'presentAuthorization' | 'holdLock';

export interface WorldOptions {
  /** A service that never answers: the process dies while it works. */
  readonly hang?: ServiceName;
  /** Whether it has done its work by then. */
  readonly when?: 'before' | 'after';
  /** What services answer instead of what they usually do. */
  readonly answers?: Partial<Record<ServiceName, unknown>>;
}

const secretOf = (what: string) => redact<unknown>(`${CANARY} ${what}`);
const onceOf = (what: string) => redact<unknown>(`${CANARY} ${what}`, { once: true });

/**
 * Services that treat secrets as the real ones do: they open what they need, and open codes and verifiers once. What
 * they did survives the actor, as a store and a provider do.
 */
export function createWorld() {
  const sent = { codes: 0, refreshTokens: 0 };
  const deadlines: unknown[] = [];
  let claimed = false;

  function machine({ hang, when = 'before', answers: given = {} }: WorldOptions = {}): AuthorizationMachine {
    const never = new Promise<never>(() => {});
    const answering = <Output, Input extends NonReducibleUnknown>(
      name: ServiceName,
      work: (input: Input) => NoInfer<Output>,
    ) =>
      fromPromise<Output, Input>(async ({ input }) => {
        if (hang === name && when === 'before') return never;
        const output = name in given ? (work(input), given[name] as Output) : work(input);
        if (output instanceof Error) throw output;
        return hang === name ? never : output;
      });
    const holding = <Event extends EventObject, Input extends NonReducibleUnknown>(
      name: ServiceName | 'watchSession',
      open: (input: Input) => NoInfer<Event> | null,
    ) =>
      fromEventObservable<Event, Input>(({ input }) => ({
        subscribe(...[observer]: unknown[]) {
          const { next, error } = observer as { next(event: Event): void; error(error: unknown): void };
          let held = hang !== name;
          const begin = async () => {
            await Promise.resolve();
            if (!held) return;
            try {
              const event = open(input);
              if (event) next(event);
            } catch (fault) {
              error(fault);
            }
          };
          void begin();
          return { unsubscribe: () => void (held = false) };
        },
      }));

    const exchange = exchangeMachine.provide({
      actors: {
        claimFlow: answering('claimFlow', () => {
          if (claimed) return { outcome: 'lost' };
          claimed = true;
          const claim = {
            claimId: 'claim',
            session: SESSION,
            expectedAccount: null,
            secrets: onceOf('verifier'),
          };
          return { outcome: 'won', claim };
        }),
        redeemCode: answering('redeemCode', ({ grant, claim }) => {
          reveal(claim.secrets);
          reveal(grant.secrets);
          sent.codes++;
          return secretOf('tokens');
        }),
        commitReceipt: answering('commitReceipt', ({ tokens }) => {
          reveal(tokens);
          return { outcome: 'committed', expectedAccount: null };
        }),
        recordFailure: answering('recordFailure', () => undefined),
        followClaim: answering('followClaim', () => ({ outcome: 'completed', expectedAccount: null })),
        identifyAccount: answering('identifyAccount', () => ({ id: '1', username: 'alice' })),
        publishSession: answering('publishSession', () => factsOf('fresh')),
        discardTokens: answering('discardTokens', ({ tokens }) => void (tokens && reveal(tokens))),
      },
    });
    const renewal = renewalMachine.provide({
      actors: {
        holdLock: holding('holdLock', () => ({ type: 'lock.acquired' })),
        rereadSession: answering('rereadSession', () => ({
          outcome: 'renew',
          spendable: { version: '1', secrets: secretOf('refresh token') },
        })),
        waitOutJournal: answering('waitOutJournal', ({ journal }) => void reveal(journal)),
        writeJournal: answering('writeJournal', ({ spendable }) => {
          reveal(spendable.secrets);
          const secrets = secretOf('refresh token');
          return { outcome: 'written', journal: { renewalId: 'renewal', version: '2', secrets } };
        }),
        requestTokens: answering('requestTokens', ({ journal }) => {
          reveal(journal.secrets);
          sent.refreshTokens++;
          return { outcome: 'renewed', tokens: secretOf('tokens') };
        }),
        saveTokens: answering('saveTokens', ({ tokens }) => {
          reveal(tokens);
          return { outcome: 'saved', facts: factsOf('fresh') };
        }),
        clearJournal: answering('clearJournal', ({ journal }) => void reveal(journal.secrets)),
        judgeRefusal: answering('judgeRefusal', ({ journal, failure }) => {
          reveal(journal.secrets);
          return { outcome: 'ended', failure };
        }),
      },
    });
    const signOut = signOutMachine.provide({
      actors: {
        forgetSession: answering('forgetSession', () => secretOf('tokens')),
        buryRecord: answering('buryRecord', () => ({ cleared: true, tokens: secretOf('tokens') })),
        revokeTokens: answering('revokeTokens', ({ tokens }) => {
          if (tokens) reveal(tokens);
          return [{ token: 'refresh_token', revoked: true, failure: null }];
        }),
      },
    });
    return authorizationMachine.provide({
      actors: {
        restoreSession: answering('restoreSession', () => factsOf('fresh')),
        adoptTokens: answering('adoptTokens', ({ tokens }) => {
          reveal(tokens);
          return factsOf('fresh');
        }),
        holdUserAgent: holding('holdUserAgent', () => ({
          type: 'userAgent.listening',
          redirectUri: 'http://127.0.0.1:1/callback',
        })),
        holdDeadline: holding('holdDeadline', (input) => {
          deadlines.push(input);
          return { type: 'deadline.armed', at: input.at ?? 1_800_000_600_000 };
        }),
        prepareAuthorization: answering('prepareAuthorization', ({ request, redirectUri }) => {
          if (request.boundTo) reveal(request.boundTo);
          const url = redact(`https://x.example/authorize?state=${CANARY}`);
          return { flow: 'flow', url, redirectUri, expiresAt: 1_800_000_600_000 };
        }),
        presentAuthorization: holding('presentAuthorization', ({ request, url }) => {
          if (request.userAgent === 'interactive') reveal(url);
          return null;
        }),
        verifyCallback: answering('verifyCallback', ({ callback }) => {
          reveal(callback.url);
          const grant = { fingerprint: 'fingerprint', secrets: onceOf('code') };
          return { outcome: 'accepted', flow: 'flow', session: SESSION, grant };
        }),
        abandonFlow: answering('abandonFlow', () => undefined),
        watchSession: holding('watchSession', () => null),
        saveUnsaved: answering('saveUnsaved', () => factsOf('fresh')),
        exchange,
        renewal,
        signOut,
      },
    });
  }

  return { machine, sent, deadlines };
}
