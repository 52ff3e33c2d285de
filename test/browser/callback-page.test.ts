import { describe, expect, it } from 'vitest';
import { browserBench } from './support/bench.js';
import type { Landed } from './support/landing.js';

const bench = browserBench('landing');

const endpoints = {
  issuer: 'http://127.0.0.1:1',
  authorization: 'http://127.0.0.1:1/authorize',
  token: 'http://127.0.0.1:1/token',
  revocation: 'http://127.0.0.1:1/revoke',
  usersMe: 'http://127.0.0.1:1/me',
};
const STATE = 'state-CANARY-0123456789';
const CODE = 'code-CANARY-0123456789';
const answer = `code=${CODE}&state=${STATE}`;

/** Comes to an address of the page, as a redirect of the provider does; what is kept of the way there is given by `returnTo`. */
async function land(
  path: string,
  { returnTo, redirectUri, before = '' }: { returnTo?: string; redirectUri?: string; before?: string } = {},
) {
  const kept = returnTo === undefined ? null : JSON.stringify({ path: returnTo, mark: STATE.slice(-6) });
  const profile = await bench().profile(`
    globalThis.landingSettings = ${JSON.stringify({ endpoints, redirectUri })};
    ${kept === null ? '' : `sessionStorage.setItem('authchart:return', ${JSON.stringify(kept)});`}
    ${before}`);
  const page = await profile.newPage();
  await page.goto(bench().server.origin + path);
  const landed: Landed = await page.evaluate(() => globalThis.landed);
  const { origin } = bench().server;
  const result = { ...landed, address: landed.address.replace(origin, '') };
  await profile.close();
  return result;
}

// Each waits three seconds for a page that waits for it.
describe.concurrent('callbackPage', () => {
  it.each([
    ['the page the sign-in began on', '/album?id=1#top', '/album?id=1#top'],
    ['itself, if it began on none', undefined, '/callback'],
    ['a path that begins with two slashes, on this origin', '//evil.example/x', '//evil.example/x'],
    ['itself, for what is no path', 'https://evil.example/', '/callback'],
    ['itself, for nothing', '', '/callback'],
  ])('has the code out of the address when it returns: it becomes %s', async (_, returnTo, address) => {
    expect(await land(`/callback?${answer}`, returnTo === undefined ? {} : { returnTo })).toMatchObject({
      outcome: 'failed',
      code: 'callback_unknown',
      address,
    });
  });

  it('leaves what is kept for another state where it is', async () => {
    const { address } = await land('/callback?code=x&state=another', { returnTo: '/album' });
    expect(address).toBe('/callback');
  });

  it.each([
    ['an error', '?error=access_denied', 'callback_state_missing'],
    ['a code without state', `?code=${CODE}`, 'callback_state_missing'],
    ['a fragment', `#${answer}`, 'callback_malformed'],
  ])('refuses %s, and has it out of the address', async (_, query, code) => {
    expect(await land(`/callback${query}`)).toMatchObject({ outcome: 'failed', code, address: '/callback' });
  });

  it('takes the callback at the redirect URI it is told, and at no other', async () => {
    const redirectUri = `${bench().server.origin}/other`;
    expect(await land(`/other?${answer}`, { redirectUri })).toMatchObject({
      outcome: 'failed',
      address: '/other',
    });
    expect(await land(`/other?${answer}`)).toMatchObject({
      outcome: 'elsewhere',
      address: `/other?${answer}`,
    });
    expect(await land('/callback')).toMatchObject({ outcome: 'elsewhere', address: '/callback' });
  });

  it('says nothing of the callback where the browser lets it clean nothing', async () => {
    const before = "history.replaceState = () => { throw new DOMException('too many', 'SecurityError'); };";
    expect(await land(`/callback?${answer}`, { before })).toMatchObject({
      outcome: 'failed',
      code: 'unexpected',
    });
  });

  it('does not work in a frame, where another page may have put it', async () => {
    const profile = await bench().profile(`globalThis.landingSettings = ${JSON.stringify({ endpoints })};`);
    await profile.route('**/parent', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="/callback?${answer}"></iframe>` }),
    );
    // A site that forgot to forbid it.
    await profile.route('**/callback?*', async (route) => {
      const response = await route.fetch();
      const { 'content-security-policy': _, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });
    const page = await profile.newPage();
    await page.goto(`${bench().server.origin}/parent`);
    const landed = await page.frames()[1]!.evaluate(() => globalThis.landed);
    await profile.close();
    expect(landed).toMatchObject({ outcome: 'failed', code: 'callback_framed' });
  });
});
