import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TransportFault } from '../../../src/services/transport-fault.js';
import { discover } from '../../../src/services/provider/discover.js';
import { json, loopbackServer, text, type LoopbackServer } from '../support/loopback-server.js';
import { protocolPorts } from '../support/protocol-ports.js';

let server: LoopbackServer;
let ports: ReturnType<typeof protocolPorts>;
beforeEach(async () => {
  server = await loopbackServer();
  ports = protocolPorts();
});
afterEach(() => server.close());

const TEST = { dangerouslyAllowLoopbackHttp: true };

const metadata = (members: Record<string, unknown> = {}): Record<string, unknown> => ({
  issuer: server.origin,
  authorization_endpoint: 'https://login.example/authorize',
  token_endpoint: `${server.origin}/token`,
  ...members,
});

/** Over a transport that answers https issuers from memory. */
const discoverAt = (issuer: string, document: Record<string, unknown>, asked: string[] = []) =>
  discover(issuer, {
    ...ports,
    transport: {
      fetch: async (url) => (asked.push(url), Response.json(document)),
      close: async () => {},
    },
  });

describe('discover', () => {
  it('builds a provider from metadata, endpoints on other hosts included, unknown members ignored (L13, L14)', async () => {
    const document = {
      revocation_endpoint: `${server.origin}/revoke`,
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic'],
      authorization_response_iss_parameter_supported: true,
      code_challenge_methods_supported: ['plain', 'S256'],
      response_types_supported: ['code'],
      scopes_supported: 'a b',
      introspection_endpoint: ['odd'],
      foo: { bar: 1 },
    };
    server.answer = json(metadata(document));
    expect(await discover(server.origin, ports, { ...TEST, defaultScopes: ['any.scope'] })).toMatchObject({
      id: '127.0.0.1',
      issuer: server.origin,
      endpoints: {
        authorization: 'https://login.example/authorize',
        token: `${server.origin}/token`,
        revocation: `${server.origin}/revoke`,
      },
      clientAuthentication: ['client_secret_basic'],
      issuerParameter: 'required',
      crossOrigin: true,
      defaultScopes: ['any.scope'],
    });
    expect(server.requests).toMatchObject([
      {
        method: 'GET',
        url: '/.well-known/oauth-authorization-server',
        headers: { accept: 'application/json' },
      },
    ]);
    expect(ports.transport.calls[0]?.init).toMatchObject({ redirect: 'manual', credentials: 'omit' });
  });

  it('lets overrides win over metadata, except for the issuer', async () => {
    server.answer = json(metadata());
    const overrides = {
      ...TEST,
      id: 'acme',
      issuer: 'https://evil.example',
      issuerParameter: 'optional' as const,
    };
    expect(await discover(server.origin, ports, overrides)).toMatchObject({
      id: 'acme',
      issuer: server.origin,
      issuerParameter: 'optional',
    });
  });

  it.each([
    ['https://as.example', 'https://as.example/.well-known/oauth-authorization-server'],
    ['https://as.example/i1', 'https://as.example/.well-known/oauth-authorization-server/i1'],
    ['https://as.example/i1/', 'https://as.example/.well-known/oauth-authorization-server/i1'],
  ])('asks for the metadata of %s at %s (L2)', async (issuer, url) => {
    const asked: string[] = [];
    const document = {
      issuer,
      authorization_endpoint: 'https://a.example',
      token_endpoint: 'https://a.example',
    };
    expect(await discoverAt(issuer, document, asked)).toMatchObject({ issuer });
    expect(asked).toEqual([url]);
  });

  it.each([
    'http://as.example',
    'http://127.0.0.1:1',
    'https://as.example?x',
    'https://as.example#y',
    'https://user@as.example',
    'as.example',
    '',
    undefined,
  ])('asks no issuer %j (L1, L12)', async (issuer) => {
    await expect(discover(issuer as string, ports)).rejects.toMatchObject({ code: 'discovery_failed' });
    expect(ports.transport.calls).toEqual([]);
  });

  it.each([
    ['https://as.example', 'https://as.example/'],
    ['https://as.example', 'HTTPS://as.example'],
    ['https://as.example', 'https://as.example:443'],
    ['https://as.example/%C3%A9', 'https://as.example/é'],
    ['https://as.example', 'https://b.example'],
    ['https://as.example', 'no url'],
  ])('does not use metadata of %s that names %s (L3)', async (issuer, named) => {
    const document = {
      issuer: named,
      authorization_endpoint: 'https://a.example',
      token_endpoint: 'https://a.example',
    };
    await expect(discoverAt(issuer, document)).rejects.toMatchObject({ code: 'issuer_mismatch' });
  });

  it.each<[string, () => LoopbackServer['answer']]>([
    ['an HTML shell with status 200 (L7)', () => text('<html>', 200, { 'content-type': 'text/html' })],
    [
      'JSON without its content type (L7)',
      () => text(JSON.stringify(metadata()), 200, { 'content-type': 'text/html' }),
    ],
    ['no content type (L7)', () => text('')],
    ['status 201 (L7)', () => json(metadata(), 201)],
    ['status 404 (L7)', () => json({}, 404)],
    ['a redirect (L8)', () => text('', 302, { location: 'http://127.0.0.1:1/' })],
    ['a list (L13)', () => json([])],
    ['null (L13)', () => json('null')],
    ['no JSON (L13)', () => json('{')],
    ['an oversized document (L10)', () => json(JSON.stringify(metadata({ foo: 'x'.repeat(1024 * 1024) })))],
    ['no issuer', () => json(metadata({ issuer: undefined }))],
    ['an issuer that is no string (L13)', () => json(metadata({ issuer: [server.origin] }))],
    ['no token endpoint', () => json(metadata({ token_endpoint: undefined }))],
    ['a list of token endpoints (L13)', () => json(metadata({ token_endpoint: ['https://a.example'] }))],
    ['a numeric authorization endpoint (L13)', () => json(metadata({ authorization_endpoint: 7 }))],
    ['an http token endpoint (L4)', () => json(metadata({ token_endpoint: 'http://as.example/token' }))],
    [
      'an http endpoint nobody uses (L4)',
      () => json(metadata({ introspection_endpoint: 'http://as.example/i' })),
    ],
    ['an http key set (L4)', () => json(metadata({ jwks_uri: 'http://as.example/jwks' }))],
    [
      'an endpoint with a fragment (A3)',
      () => json(metadata({ authorization_endpoint: 'https://as.example/a#b' })),
    ],
    ['no S256 (B2)', () => json(metadata({ code_challenge_methods_supported: ['plain'] }))],
    ['no code (A1)', () => json(metadata({ response_types_supported: ['token'] }))],
    [
      'no usable authentication (E14)',
      () => json(metadata({ token_endpoint_auth_methods_supported: ['client_secret_post'] })),
    ],
  ])('gives up on %s', async (_, answer) => {
    server.answer = answer();
    const error = await discover(server.origin, ports, TEST).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'AuthError', code: 'discovery_failed', phase: 'discovery' });
    expect(server.requests).toHaveLength(1);
  });

  it('says why no answer came', async () => {
    const transport = {
      fetch: () => Promise.reject(new TransportFault('dns', false)),
      close: async () => {},
    };
    await expect(discover('https://as.example', { ...ports, transport })).rejects.toMatchObject({
      code: 'discovery_failed',
      message: expect.stringContaining('dns') as string,
    });
  });

  it('blames wrong overrides on the overrides', async () => {
    server.answer = json(metadata());
    await expect(discover(server.origin, ports, { ...TEST, codeLifetime: -1 })).rejects.toMatchObject({
      code: 'invalid_provider',
    });
  });
});
