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
      crossOrigin: false,
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

describe('the scopes a call of X needs', () => {
  it.each([
    ['GET', '/2/users/me', []],
    ['get', '/2/tweets/20', []],
    ['POST', '/2/tweets', ['tweet.write']],
    ['DELETE', '/2/tweets/20', ['tweet.write']],
    ['PUT', '/2/tweets/20/hidden', ['tweet.moderate.write']],
    ['POST', '/2/users/12/likes', ['like.write']],
    ['DELETE', '/2/users/12/following/13', ['follows.write']],
    ['GET', '/2/users/12/bookmarks', ['bookmark.read']],
    ['POST', '/2/lists', ['list.read', 'list.write']],
    ['POST', '/2/dm_conversations/with/12/messages', ['dm.write']],
    ['GET', '/2/dm_events', ['dm.read']],
  ])('%s %s', (method, path, more) => {
    const scopes = x.requiredScopes(method, new URL(path, 'https://api.x.com'));
    expect(scopes).toEqual(['tweet.read', 'users.read', ...more]);
  });

  it('are media.write alone for an upload, and unknown for a call nobody documents', () => {
    expect(x.requiredScopes('POST', new URL('https://api.x.com/2/media/upload'))).toEqual(['media.write']);
    expect(x.requiredScopes('GET', new URL('https://api.x.com/3/anything'))).toBeNull();
  });
});
