import { describe, expect, it } from 'vitest';
import { x } from '../../../src/services/provider/x.js';

describe('x', () => {
  it('has the endpoints and habits of X', () => {
    expect(x).toMatchObject({
      endpoints: {
        authorization: 'https://x.com/i/oauth2/authorize',
        token: 'https://api.x.com/2/oauth2/token',
        revocation: 'https://api.x.com/2/oauth2/revoke',
      },
      codeLifetime: 30,
      offlineScope: 'offline.access',
      redirectUri: 'https://localhost/',
      callbackMatching: 'exact',
      assumedTokenLifetime: 7200,
      apiOrigins: ['https://api.x.com'],
    });
  });

  it.each([
    [400, 'invalid_request', 'Value passed for the token was invalid.', true, false],
    [400, 'invalid_request', 'Value passed for the authorization code was invalid.', true, false],
    [
      400,
      'invalid_request',
      'Value passed for the redirect uri did not match the uri of the authorization code.',
      true,
      false,
    ],
    [
      400,
      'invalid_request',
      'Value passed for the code verifier did not match the code challenge.',
      true,
      false,
    ],
    [400, null, 'Value passed for the token was invalid.', true, false],
    [400, 'invalid_grant', null, true, false],
    [400, 'invalid_request', 'Missing required parameter [client_id].', false, false],
    [400, 'invalid_request', null, false, false],
    [401, 'unauthorized_client', 'Missing valid authorization header', false, true],
    [400, 'invalid_client', 'Value passed for the client id was invalid.', false, true],
  ])(
    'reads %s %s "%s" as dead grant %s, client fault %s (G2, G3)',
    (status, error, description, dead, misconfigured) => {
      const answer = { status, error, description };
      expect([x.deadGrant(answer), x.misconfigured(answer)]).toEqual([dead, misconfigured]);
    },
  );

  it.each([
    [
      { data: { id: '9007199254740993', name: 'X', username: 'x' } },
      { id: '9007199254740993', username: 'x' },
    ],
    [{ data: { id: '1' } }, { id: '1', username: null }],
    [{ data: { id: 1, username: 'x' } }, null],
    [{ data: { id: '' } }, null],
    [{ errors: [] }, null],
    [null, null],
    ['data', null],
  ])('finds the account in %j, its id a string (J9)', (json, account) => {
    expect(x.identify?.account(json)).toEqual(account);
  });
});
