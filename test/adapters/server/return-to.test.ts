import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathOnSite } from '../../../src/adapters/server/return-to.js';
import { siteOf } from '../../../src/adapters/server/site.js';

const origin = 'https://app.example';
const site = siteOf({ redirectUri: `${origin}/auth/callback`, confidential: true });

describe('a place to return to (C20)', () => {
  it.each([
    '/',
    '/ok?x=1#y',
    '/a/b/?next=https://evil.example/&q=%2F%2Fevil#//evil',
    '/search?q=100%',
    '/caf%C3%A9',
    '/projects/a%2Fb',
    '/@alice',
    '/a//b',
    "/it's?a=1,2;3",
    '/authentic/login',
    '/auth/',
    '/auth/login/more',
  ])('is kept: %s', (path) => {
    expect(pathOnSite(path, site)).toBe(path);
  });

  it.each([
    ['another site', 'https://evil.example/'],
    ['this very site, spelled out', `${origin}/ok`],
    ['another site without scheme', '//evil.example/'],
    ['three slashes', '///evil.example'],
    ['a backslash', '/\\evil.example'],
    ['two backslashes', '\\\\evil.example'],
    ['a backslash further on', '/ok\\..\\evil'],
    ['a tab that browsers drop', '/\t/evil.example'],
    ['a line break that browsers drop', '/\n/evil.example'],
    ['a header of its own', '/ok\r\nSet-Cookie: a=b'],
    ['NUL', '/\u0000/evil.example'],
    ['a space', '/ /evil.example'],
    ['an escaped tab', '/%09/evil.example'],
    ['an escaped line break', '/%0d%0a/evil.example'],
    ['a header of its own, escaped', '/ok%0d%0aSet-Cookie:a=b'],
    ['an escaped NUL', '/ok%00'],
    ['an escaped backslash further on', '/ok%5c..%5cevil'],
    ['an escaped slash in front', '/%2f/evil.example'],
    ['two escaped slashes in front', '/%2F%2Fevil.example'],
    ['an escaped backslash', '/%5cevil.example'],
    ['dot segments', '/..//evil.example'],
    ['a dot segment', '/.//evil.example'],
    ['escaped dot segments', '/%2e%2e//evil.example'],
    ['a dot segment with an escaped slash', '/..%2f/evil.example'],
    ['a scheme without slashes', 'https:evil.example'],
    ['a script', 'javascript:alert(1)'],
    ['a script after a slash and tab', '/\tjavascript:alert(1)'],
    ['data', 'data:text/html,evil'],
    ['user information', 'http://app.example@evil.example'],
    ['user information without scheme', '//app.example@evil.example'],
    ['a fraction slash', '/\u2044/evil.example'],
    ['a fullwidth slash', '/\uff0fevil.example'],
    ['a fullwidth backslash', '/\uff3cevil.example'],
    ['an ideographic full stop', '//evil\u3002example'],
    ['a relative path', 'ok'],
    ['a query alone', '?x'],
    ['nothing', ''],
    ['broken escapes in the path', '/%E0%A4%A'],
    ['more than fits a cookie', `/${'a'.repeat(512)}`],
    ['the login, which would begin again for ever', '/auth/login?returnTo=/auth/login'],
    ['the login, escaped', '/auth/%6cogin'],
    ['the login, by dots', '/auth/x/../login'],
    ['the login, by escaped dots', '/auth/x%2f..%2flogin'],
    ['the callback', '/auth/callback?code=a&state=b'],
    ['the sign-out', '/auth/logout'],
    ['the facts', '/auth/session'],
  ])('is not: %s', (_, path) => {
    expect(pathOnSite(path, site)).toBeNull();
  });

  it.each([[undefined], [null], [7], [['/ok']], [{ toString: () => '/ok' }]])('is not %j', (value) => {
    expect(pathOnSite(value, site)).toBeNull();
  });

  it('is on this site for every browser that resolves it, and for one more that decoded it before', () => {
    const words = '/ \\ . .. %2f %5c %2e %09 \t @ : ? # evil.example https: \u2044'.split(' ');
    const pieces = fc.constantFrom(...words);
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const path = pathOnSite(`/${parts.join('')}`, site);
        if (path === null) return;
        for (const base of [`${origin}/auth/callback`, 'http://localhost:3000/']) {
          expect(new URL(path, base).origin).toBe(new URL(base).origin);
          const { pathname } = new URL(path, base);
          expect(new URL(decodeURIComponent(pathname), base).origin).toBe(new URL(base).origin);
        }
        expect(pathOnSite(path, site)).toBe(path);
      }),
      { numRuns: 5000 },
    );
  });
});
