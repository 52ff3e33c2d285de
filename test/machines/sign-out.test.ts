import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { AuthError } from '../../src/services/auth-error.js';
import { placeOf } from '../support/transitions.js';
import { createDesk } from './support/desk.js';
import { drive } from './support/drive.js';
import { charts, explore } from './support/explore.js';
import { secret, SESSION } from './support/samples.js';

const visits = charts.filter(({ name }) => name === 'authorization').flatMap((chart) => explore(chart));
const places = [...new Map(visits.map((visit) => [visit.place, visit])).values()];

describe('signing out', () => {
  it.each(places)(
    'from $place ends in idle, and nothing of the session is left in context',
    async (visit) => {
      const desk = createDesk();
      const { actor } = drive(desk.authorization, visit.input, visit.path);
      const running = desk.at.bind(desk);
      actor.send({ type: 'session.signOut' });
      if (placeOf(actor.getSnapshot()) === 'abandoning') await running('abandonFlow').answer(undefined);
      expect(placeOf(actor.getSnapshot())).toBe('signingOut');
      await running('forgetSession').answer(secret());
      await running('buryRecord').answer({ cleared: true, tokens: null });
      await running('revokeTokens').answer([]);
      expect(actor.getSnapshot()).toMatchObject({
        value: 'idle',
        context: {
          facts: null,
          request: null,
          adopted: null,
          grant: null,
          flow: null,
          url: null,
          callbacks: [],
        },
      });
      actor.stop();
    },
  );

  function signOut(revoke = true) {
    const desk = createDesk();
    return { ...desk, actor: createActor(desk.signOut, { input: { session: SESSION, revoke } }).start() };
  }
  const tokens = secret();
  const revocations = [{ token: 'refresh_token', revoked: true, failure: null }];

  it('revokes the tokens of the record, which may be newer than those in memory', async () => {
    const { at, actor } = signOut();
    await at('forgetSession').answer(secret());
    await at('buryRecord').answer({ cleared: true, tokens });
    expect(at('revokeTokens').given('tokens')).toBe(tokens);
    await at('revokeTokens').answer(revocations);
    expect(actor.getSnapshot().output).toEqual({ cleared: true, revocations });
  });

  it('revokes the tokens in memory where the record held none', async () => {
    const { at } = signOut();
    await at('forgetSession').answer(tokens);
    await at('buryRecord').answer({ cleared: true, tokens: null });
    expect(at('revokeTokens').given('tokens')).toBe(tokens);
  });

  it('goes on when the store is down, revokes what is in memory and reports that others were not told', async () => {
    const { at, actor } = signOut();
    await at('forgetSession').answer(tokens);
    await at('buryRecord').fail(new AuthError('store_unavailable'));
    expect(at('revokeTokens').given('tokens')).toBe(tokens);
    await at('revokeTokens').answer(revocations);
    expect(actor.getSnapshot().output).toEqual({ cleared: false, revocations });
  });

  it.each(['buried', 'not buried'])(
    'tells the provider nothing where its grant is to live on, %s',
    async (how) => {
      const { at, actor } = signOut(false);
      await at('forgetSession').answer(tokens);
      if (how === 'buried') await at('buryRecord').answer({ cleared: true, tokens });
      else await at('buryRecord').fail(new AuthError('store_unavailable'));
      expect(actor.getSnapshot()).toMatchObject({
        status: 'done',
        output: { cleared: how === 'buried', revocations: [] },
      });
    },
  );

  it('ends although every service fails', async () => {
    const { at, actor } = signOut();
    for (const service of ['forgetSession', 'buryRecord', 'revokeTokens'])
      await at(service).fail(new Error('?'));
    expect(actor.getSnapshot()).toMatchObject({
      status: 'done',
      output: { cleared: false, revocations: [] },
    });
  });
});
