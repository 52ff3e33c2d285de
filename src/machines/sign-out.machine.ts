import { assign, setup } from 'xstate';
import { promiseService } from './not-provided.js';
import type { Redacted, Revocation, SignOutReport } from './vocabulary.js';

export interface SignOutInput {
  readonly session: string;
  /** Whether the provider is told; if not, the grant lives on there. */
  readonly revoke: boolean;
}

export interface Burial {
  /** False: the store could not be told yet. */
  readonly cleared: boolean;
  /** The tokens the record held, for revocation. */
  readonly tokens: Redacted<unknown> | null;
}

export interface SignOutContext extends SignOutInput {
  tokens: Redacted<unknown> | null;
  cleared: boolean;
  revocations: readonly Revocation[];
}

const service = <Output, Input extends object>(name: string) =>
  promiseService<Output, Input>('signOut', name);

const buried = {
  type: 'bury',
  params: ({ event }: { readonly event: { readonly output: Burial } }) => event.output,
} as const;

/** Ends a session: here at once, then everywhere, then at the provider, whatever the network does. */
export const signOutMachine = setup({
  types: {
    input: {} as SignOutInput,
    context: {} as SignOutContext,
    output: {} as SignOutReport,
  },
  actors: {
    forgetSession: service<Redacted<unknown> | null, { session: string; revoke: boolean }>('forgetSession'),
    buryRecord: service<Burial, { session: string; revoke: boolean }>('buryRecord'),
    revokeTokens: service<readonly Revocation[], { session: string; tokens: Redacted<unknown> | null }>(
      'revokeTokens',
    ),
  },
  guards: { revokes: ({ context }) => context.revoke },
  actions: {
    bury: assign(({ context }, { cleared, tokens }: Burial) => ({
      cleared,
      tokens: tokens ?? context.tokens,
    })),
  },
}).createMachine({
  id: 'signOut',
  context: ({ input }) => ({ ...input, tokens: null, cleared: false, revocations: [] }),
  initial: 'forgetting',
  states: {
    forgetting: {
      description: 'Drops the tokens from memory: from here on this process hands none out.',
      invoke: {
        id: 'forgetSession',
        src: 'forgetSession',
        input: ({ context }) => ({ session: context.session, revoke: context.revoke }),
        onDone: { target: 'burying', actions: assign(({ event }) => ({ tokens: event.output })) },
        onError: { target: 'burying' },
      },
    },
    burying: {
      description: 'Replaces the record by a tombstone, which also stops a renewal in flight from saving.',
      invoke: {
        id: 'buryRecord',
        src: 'buryRecord',
        input: ({ context }) => ({ session: context.session, revoke: context.revoke }),
        onDone: [
          { guard: 'revokes', target: 'revoking', actions: buried },
          { target: 'signedOut', actions: buried },
        ],
        onError: [{ guard: 'revokes', target: 'revoking' }, { target: 'signedOut' }],
      },
    },
    revoking: {
      description:
        'Tells the provider, refresh token first; what it did not take is reported, never waited for.',
      meta: { rfc: 'RFC 7009 §2.1' },
      invoke: {
        id: 'revokeTokens',
        src: 'revokeTokens',
        input: ({ context }) => ({ session: context.session, tokens: context.tokens }),
        onDone: { target: 'signedOut', actions: assign(({ event }) => ({ revocations: event.output })) },
        onError: { target: 'signedOut' },
      },
    },
    signedOut: { description: 'No token of this session is left here.', type: 'final' },
  },
  output: ({ context }): SignOutReport => ({ cleared: context.cleared, revocations: context.revocations }),
});
