import { callbackPage, createClient, relayTransport, x } from 'authchart/browser';
import { expect, it } from 'vitest';

// Server rendering evaluates the modules of a page.
it("a page's modules are evaluated on a server without harm, and nobody is signed in there", async () => {
  const client = createClient({
    provider: x,
    clientId: 'client',
    redirectUri: 'https://app.example/callback',
    transport: relayTransport('/auth/relay'),
  });
  expect(await callbackPage(client)).toEqual({ outcome: 'elsewhere' });
  expect(client.authorization().getServerSnapshot().status).toBe('signedOut');
  await client.close();
});

it('a page is refused a provider that answers none, before anything begins', () => {
  expect(() => createClient({ provider: x, clientId: 'client' })).toThrow(
    expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining('relayTransport') }),
  );
});
