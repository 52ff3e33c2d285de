import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { consent, defaultUser, publicApp } from '../../src/emulator/emulator.js';
import { scopes } from '../../src/emulator/scopes.js';
import { authorizationUrl, callback, emulate, exchange, me } from './application.js';

const grace = { id: '1790000000000000004', username: 'grace', name: 'Grace Hopper' };

describe('the consent page', () => {
  it('names the app, the account and each scope in plain words', async () => {
    const apps = [{ ...publicApp, emailToggle: true }];
    const emulator = await emulate({ apps });
    const scope = [...scopes.keys()].join(' ');
    const page = await (await fetch(authorizationUrl(emulator, { scope }))).text();
    expect(page).toContain('Public app');
    expect(page).toContain('@ada');
    for (const words of scopes.values()) expect(page).toContain(`<li>${words}</li>`);
    expect(page.match(/<li>/g)).toHaveLength(30);
  });

  it('escapes what developers and people chose to call themselves', async () => {
    const hostile = `"><script>alert('x')</script>&amp;`;
    const emulator = await emulate({
      apps: [{ ...publicApp, name: hostile }],
      users: [{ id: `'1"`, username: hostile, name: hostile }, grace],
    });
    const page = await (await fetch(authorizationUrl(emulator))).text();
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;');
    expect((await callback(emulator, {}, { user: `'1"` })).has('code')).toBe(true);
  });

  it('allows its own stylesheet and no other resource', async () => {
    const emulator = await emulate();
    const response = await fetch(authorizationUrl(emulator));
    const style = /<style>([^]*)<\/style>/.exec(await response.text())?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(style).not.toMatch(/url\(|@import/);
  });

  it('is neither cached nor linked to its opener, and leaks no referrer', async () => {
    const emulator = await emulate();
    const { headers } = await fetch(authorizationUrl(emulator));
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('can be answered once', async () => {
    const emulator = await emulate();
    const page = await (await fetch(authorizationUrl(emulator))).text();
    const consentId = /name="consent" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const answer = () =>
      fetch(`${emulator.origin}/i/oauth2/consent`, {
        method: 'POST',
        body: new URLSearchParams({ consent: consentId, user: defaultUser.id, decision: 'allow' }),
        redirect: 'manual',
      });
    const statuses = (await Promise.all([answer(), answer()])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([302, 400]);
    expect(emulator.counters.consentHits).toBe(2);
  });

  it('takes no guessed consent, no foreign account and no third decision', async () => {
    const emulator = await emulate();
    const page = await (await fetch(authorizationUrl(emulator))).text();
    const genuine = {
      consent: /name="consent" value="([^"]+)"/.exec(page)?.[1] ?? '',
      user: defaultUser.id,
      decision: 'allow',
    };
    for (const change of [{ consent: 'guess' }, { user: '1' }, { decision: 'maybe' }]) {
      const body = new URLSearchParams({ ...genuine, ...change });
      const response = await fetch(`${emulator.origin}/i/oauth2/consent`, { method: 'POST', body });
      expect(response.status).toBe(400);
    }
  });
});

describe('a person', () => {
  it('signs in with the first account, or with the one picked in the form', async () => {
    const emulator = await emulate({ users: [defaultUser, grace] });
    for (const [decision, id] of [
      [{}, defaultUser.id],
      [{ user: grace.id }, grace.id],
    ] as const) {
      const code = (await callback(emulator, {}, decision)).get('code') ?? '';
      const { body } = await exchange(emulator, code);
      expect((await me(emulator, String(body['access_token']))).body).toMatchObject({ data: { id } });
    }
  });

  it('cannot pick an account that the page does not offer', async () => {
    const emulator = await emulate();
    await expect(consent(authorizationUrl(emulator), { user: grace.id })).rejects.toThrow(
      new TypeError('The form offers no such user.'),
    );
  });

  it('goes on to the callback when asked to deliver it', async () => {
    const visited: string[] = [];
    const server = createServer((request, response) => {
      visited.push(request.url ?? '');
      response.writeHead(202).end('You may close this tab.');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cb`;
    const emulator = await emulate();
    emulator.registerRedirectUri(publicApp.client_id, uri);

    const outcome = await consent(authorizationUrl(emulator, { redirect_uri: uri }), { deliver: true });
    expect(outcome).toMatchObject({ page: 'You may close this tab.', status: 202 });
    expect(visited.map((url) => uri.replace('/cb', url))).toEqual([outcome.callbackUrl]);
  });
});
