import { describe, expect, it } from 'vitest';
import { publishedScopes } from '../../src/emulator/scopes.js';
import { emulate } from './application.js';

describe('the metadata documents', () => {
  it('describe the authorization server as X does, with the endpoints of the emulator', async () => {
    const emulator = await emulate();
    const { origin, endpoints } = emulator;
    const document = await (await fetch(`${origin}/.well-known/oauth-authorization-server`)).json();
    expect(document).toEqual({
      issuer: origin,
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
      scopes_supported: publishedScopes,
    });
    expect(publishedScopes).toHaveLength(18);
    expect(publishedScopes).not.toContain('tweet.write');
  });

  it('describe the protected resource', async () => {
    const { origin, endpoints, counters } = await emulate();
    expect(await (await fetch(endpoints.protectedResourceMetadata)).json()).toEqual({
      resource: `${origin}/mcp`,
      authorization_servers: [origin],
      bearer_methods_supported: ['header'],
    });
    expect(counters.discoveryHits).toBe(1);
  });

  it('do not include OpenID Connect', async () => {
    const { origin } = await emulate();
    expect((await fetch(`${origin}/.well-known/openid-configuration`)).status).toBe(404);
  });
});
