import { describe, expect, it } from 'vitest';
import { basicCredentials } from '../../../src/services/encoding.js';

describe('basicCredentials', () => {
  it.each([
    ['client', 'secret', 'Y2xpZW50OnNlY3JldA=='],
    ['a:b', 'c d', 'YSUzQWI6Yytk'],
    ['id+1', 'p%2F&=', 'aWQlMkIxOnAlMjUyRiUyNiUzRA=='],
    ['naïve', 'пароль', 'bmElQzMlQUZ2ZTolRDAlQkYlRDAlQjAlRDElODAlRDAlQkUlRDAlQkIlRDElOEM='],
    ['k~*-._', '😀', 'ayU3RSotLl86JUYwJTlGJTk4JTgw'],
  ])('form-encodes %s and %s before base64 (E5)', (id, secret, credentials) => {
    expect(basicCredentials(id, secret)).toBe(credentials);
  });
});
