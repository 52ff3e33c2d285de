import { describe, expect, it } from 'vitest';
import { apiUrl } from '../../../src/services/api/api-url.js';
import { x } from '../../../src/services/provider/x.js';

describe('a URL that may receive an access token', () => {
  it.each([
    ['https://api.x.com/2/users/me', 'https://api.x.com/2/users/me'],
    ['HTTPS://API.X.COM:443/2?a=1#b', 'https://api.x.com/2?a=1#b'],
    ['https://api.x.com\\2', 'https://api.x.com/2'],
  ])('is %s', (url, sent) => {
    expect(apiUrl(x, url).href).toBe(sent);
  });
});

describe('a URL that must not', () => {
  it.each([
    'https://api.x.com.evil/2',
    'https://api.x.com@evil/2',
    'https://user@api.x.com/2',
    '//evil/2',
    'http://api.x.com/2',
    'https://API.X.COM./2',
    'https://api.x.com:8443/2',
    'https://аpi.x.com/2',
    'https://x.com/2',
    '/2/users/me',
    'users/me',
    'javascript:1',
    'blob:https://api.x.com/2',
    'data:,x',
    '',
  ])('is %j (J3, L16)', (url) => {
    expect(() => apiUrl(x, url)).toThrow(expect.objectContaining({ code: 'origin_not_allowed' }) as Error);
  });

  it('carries a token already (J2)', () => {
    expect(() => apiUrl(x, 'https://api.x.com/2?access_token=a')).toThrow(
      expect.objectContaining({ code: 'authorization_header_present' }) as Error,
    );
  });

  it('is named in the error by its origin alone', () => {
    const thrown = () => apiUrl(x, 'https://evil.example/path-with-secret?q=secret');
    expect(thrown).toThrow(/evil\.example/);
    expect(thrown).not.toThrow(/secret/);
  });
});
