import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { ExchangeOutput } from '../../src/machines/exchange.machine.js';
import { AuthError } from '../../src/services/auth-error.js';
import { placeOf } from '../support/transitions.js';
import { createDesk } from './support/desk.js';
import { factsOf, failureWith, grant, secret, SESSION } from './support/samples.js';

const claim = { claimId: 'claim', session: SESSION, expectedAccount: null, secrets: secret() };
const tokens = secret();
const facts = factsOf('fresh');
const down = new AuthError('store_unavailable');

function exchange() {
  const desk = createDesk();
  const given = grant();
  const actor = createActor(desk.exchange, { input: { flow: 'flow', grant: given } }).start();
  return {
    ...desk,
    grant: given,
    place: () => placeOf(actor.getSnapshot()),
    output: (): ExchangeOutput | undefined => actor.getSnapshot().output,
    async redeemed() {
      await desk.at('claimFlow').answer({ outcome: 'won', claim });
      await desk.at('redeemCode').answer(tokens);
    },
    async committed(expectedAccount: string | null) {
      await this.redeemed();
      await desk.at('commitReceipt').answer({ outcome: 'committed', expectedAccount });
    },
  };
}

describe('an exchange', () => {
  it('claims, redeems, commits and publishes, each once', async () => {
    const run = exchange();
    await run.committed(null);
    await run.at('publishSession').answer(facts);
    expect(run.output()).toEqual({ outcome: 'authorized', facts });
    for (const service of ['claimFlow', 'redeemCode', 'commitReceipt', 'publishSession']) {
      expect(run.calls(service)).toHaveLength(1);
    }
    expect(run.at('redeemCode').given('grant')).toBe(run.grant);
    expect(run.at('redeemCode').given('claim')).toBe(claim);
    expect(run.at('commitReceipt').given('tokens')).toBe(tokens);
  });

  it('whose code is refused is not tried again, and leaves the refusal to whoever follows', async () => {
    const run = exchange();
    await run.at('claimFlow').answer({ outcome: 'won', claim });
    await run.at('redeemCode').fail(new AuthError('code_refused'));
    expect(run.at('recordFailure').input).toMatchObject({
      flow: 'flow',
      failure: failureWith('code_refused'),
    });
    await run.at('recordFailure').fail(down);
    expect(run.output()).toEqual({ outcome: 'failed', failure: failureWith('code_refused') });
    expect(run.calls('redeemCode')).toHaveLength(1);
  });

  it('that is claimed elsewhere follows, and publishes what the receipt holds without redeeming', async () => {
    const run = exchange();
    await run.at('claimFlow').answer({ outcome: 'lost' });
    await run.at('followClaim').answer({ outcome: 'completed', expectedAccount: null });
    await run.at('publishSession').answer(facts);
    expect(run.output()).toEqual({ outcome: 'authorized', facts });
    expect(run.calls('redeemCode')).toHaveLength(0);
  });

  it('that follows a failure fails with it', async () => {
    const run = exchange();
    await run.at('claimFlow').answer({ outcome: 'lost' });
    await run.at('followClaim').answer({ outcome: 'failed', failure: failureWith('exchange_interrupted') });
    expect(run.output()).toEqual({ outcome: 'failed', failure: failureWith('exchange_interrupted') });
  });

  it('that was overtaken revokes its tokens and fails with the reason', async () => {
    const run = exchange();
    await run.redeemed();
    await run
      .at('commitReceipt')
      .answer({ outcome: 'overtaken', failure: failureWith('exchange_interrupted') });
    expect(run.at('discardTokens').given('tokens')).toBe(tokens);
    await run.at('discardTokens').fail(down);
    expect(run.output()).toEqual({ outcome: 'failed', failure: failureWith('exchange_interrupted') });
  });

  it('whose tokens could not be put anywhere safe revokes them', async () => {
    const run = exchange();
    await run.redeemed();
    await run.at('commitReceipt').fail(down);
    expect(run.at('discardTokens').given('tokens')).toBe(tokens);
    expect(run.place()).toBe('discarding');
  });

  it('whose tokens are only in memory is a session all the same', async () => {
    const run = exchange();
    await run.redeemed();
    await run.at('commitReceipt').answer({ outcome: 'unsaved', facts: factsOf('unsaved') });
    expect(run.output()).toEqual({ outcome: 'authorized', facts: factsOf('unsaved') });
  });

  it('that expects an account asks whose tokens these are before it publishes them', async () => {
    const run = exchange();
    await run.committed('1');
    expect(run.calls('publishSession')).toHaveLength(0);
    expect(run.at('identifyAccount').input).toEqual({ flow: 'flow', expectedAccount: '1' });
    const account = { id: '1', username: 'alice' };
    await run.at('identifyAccount').answer(account);
    expect(run.at('publishSession').input).toMatchObject({
      flow: 'flow',
      account,
      claim: { claimId: 'claim' },
    });
  });

  it('for another account than the expected one revokes the tokens', async () => {
    const run = exchange();
    await run.committed('1');
    await run.at('identifyAccount').fail(new AuthError('account_mismatch'));
    expect(run.at('discardTokens').given('tokens')).toBe(tokens);
    await run.at('discardTokens').answer(undefined);
    expect(run.output()).toEqual({ outcome: 'failed', failure: failureWith('account_mismatch') });
  });

  it('that expects no account asks nobody', async () => {
    const run = exchange();
    await run.committed(null);
    expect(run.calls('identifyAccount')).toHaveLength(0);
  });

  it('that cannot publish fails and leaves the tokens in the receipt, where the same callback finds them', async () => {
    const run = exchange();
    await run.committed(null);
    await run.at('publishSession').fail(down);
    expect(run.output()).toEqual({ outcome: 'failed', failure: down.failure });
    expect(run.calls('discardTokens')).toHaveLength(0);
  });
});
