import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AuthError } from '../../../src/services/auth-error.js';
import { parseCallback, type ParsedCallback } from '../../../src/services/callback/parse-callback.js';

const parse = (query: string): ParsedCallback => parseCallback(`https://localhost/${query}`);

/** The code of the fault, whether thrown at once or kept until the state is verified. */
function faultOf(query: string): string | undefined {
  try {
    const { outcome } = parse(query);
    return outcome.kind === 'faulty' ? outcome.error.code : undefined;
  } catch (error) {
    return (error as AuthError).code;
  }
}

const refusedAtOnce = (query: string): boolean => {
  try {
    parse(query);
    return false;
  } catch {
    return true;
  }
};

describe('parseCallback', () => {
  it('reads code and state in any order (parity row 8)', () => {
    const code = 'SUVocnRteEF0dFZCMXR0eWQ0aF9HX1ZZMkVmeHhlWTF4NmRMNElPdVNmQ2N4OjE2MzI4NDcode';
    const state = 'HVLpccax4G57jMJu1yddJtP55HYMQA';
    for (const query of [`?state=${state}&code=${code}`, `?code=${code}&state=${state}`]) {
      expect(parse(query)).toEqual({
        address: { protocol: 'https:', hostname: 'localhost', port: '', path: '/', query: expect.any(Array) },
        state,
        issuer: null,
        outcome: { kind: 'code', code },
        parameters: `code=${code}&state=${state}`,
      });
    }
  });

  it.each([
    '?code=a&code=b&state=s',
    '?code=a&code=a&state=s',
    '?code=a&code=&state=s',
    '?code=a&code[]=b&state=s',
    '?code[]=a&state=s',
    '?c%6fde=a&code=b&state=s',
    '?code=a&state=s&iss=https%3A%2F%2Fa&iss=https%3A%2F%2Fb',
    '?error=a&error=b&state=s',
    '?error=a&error_description=b&error_description=c&state=s',
    '?code=a&state=s&error_uri[]=x',
  ])('finds the repeated parameter in %s (C8)', (query) => {
    expect(faultOf(query)).toBe('callback_malformed');
    expect(refusedAtOnce(query)).toBe(false);
  });

  it.each([
    '?code=a&state=s&state=t',
    '?code=a&state=s&state=s',
    '?code=a&state[]=s',
    '?code=a&state=s&state[0]=s',
  ])('refuses %s at once, for it has no state to speak of (C8)', (query) => {
    expect(faultOf(query)).toBe('callback_malformed');
    expect(refusedAtOnce(query)).toBe(true);
  });

  it('refuses a code beside an error, but only after the state (C9)', () => {
    const query = '?code=x&error=access_denied&state=ok';
    expect(faultOf(query)).toBe('callback_malformed');
    expect(parse(query).state).toBe('ok');
  });

  it.each([
    ['?state=ok', 'callback_not_ours'],
    ['?code=&state=ok', 'callback_not_ours'],
    ['?state=', 'callback_not_ours'],
    ['', 'callback_not_ours'],
    ['?foo=1', 'callback_not_ours'],
    ['?code=x', 'callback_state_missing'],
    ['?code=x&state=', 'callback_state_missing'],
    ['?code=x&state', 'callback_state_missing'],
    ['?error=access_denied', 'callback_state_missing'],
  ])('names %j %s (C2, C10)', (query, code) => {
    expect(faultOf(query)).toBe(code);
  });

  it('keeps the state of an answer without code and error, so that its flow stays pending (C10)', () => {
    expect(parse('?state=ok')).toMatchObject({ state: 'ok', outcome: { kind: 'faulty' }, parameters: '' });
  });

  it.each(['not a url', '', '/?code=a&state=s', 'code=a&state=s', undefined, null, 7, {}])(
    'says of %j that it is no callback URL',
    (url) => {
      expect(() => parseCallback(url as string)).toThrow(
        expect.objectContaining({ code: 'callback_not_ours' }),
      );
    },
  );

  it.each([
    '&foo=1&utm_source=x',
    '&foo[]=1&foo[]=2',
    '&%=1',
    '&utm=%E0%A4%A',
    '&toString=1&__proto__=1',
    '&',
  ])('ignores unknown parameters: %s (C11)', (extra) => {
    expect(parse(`?code=a&state=s${extra}`)).toMatchObject({
      outcome: { kind: 'code' },
      parameters: 'code=a&state=s',
    });
  });

  it.each([
    '#access_token=evil&state=ok',
    '?code=a&state=s#access_token=evil',
    '?access_token=evil&state=ok',
    '?code=a&state=s&id_token=evil',
    '#code=a&state=s',
    '?foo=1#code=a&state=s',
    '?code=a&state=s#code=b',
    '#/?code=a&state=s',
    '?code=a&state=s#error=x',
  ])('takes no answer from where none was asked for: %s (C12, C13)', (query) => {
    expect(faultOf(query)).toBe('callback_malformed');
    expect(refusedAtOnce(query)).toBe(true);
  });

  it.each(['#', '#_=_', '#/', '#/route', '#top'])('tolerates %s left behind (C13)', (fragment) => {
    expect(parse(`?code=a&state=s${fragment}`).outcome).toEqual({ kind: 'code', code: 'a' });
  });

  it('decodes once (C18)', () => {
    const parsed = parse('?code=a%252Bb%2Bc+d&state=s');
    expect(parsed.outcome).toEqual({ kind: 'code', code: 'a%2Bb+c d' });
    expect(parsed.parameters).toBe('code=a%252Bb%2Bc+d&state=s');
  });

  it.each(['%E0%A4%A', '%', '%zz', '%C0%80', '%FF', '%ED%A0%80'])('survives the escape %s (C18)', (value) => {
    expect(faultOf(`?code=${value}&state=s`)).toBe('callback_malformed');
    expect(refusedAtOnce(`?code=${value}&state=s`)).toBe(false);
    expect(refusedAtOnce(`?code=a&state=${value}`)).toBe(true);
    expect(faultOf(`?code=a&state=s&iss=${value}`)).toBe('callback_malformed');
  });

  it('takes codes of 1 byte and 8 KiB, and no URL beyond 64 KiB (C19)', () => {
    for (const code of ['x', 'x'.repeat(8 * 1024)])
      expect(parse(`?code=${code}&state=s`).outcome).toEqual({ kind: 'code', code });
    expect(faultOf(`?code=${'x'.repeat(64 * 1024)}&state=s`)).toBe('callback_malformed');
  });

  it('carries the issuer along, form-decoded (D5)', () => {
    const parsed = parse('?code=a&state=s&iss=https%3A%2F%2Fas.example%2F');
    expect(parsed.issuer).toBe('https://as.example/');
    expect(new URLSearchParams(parsed.parameters).get('iss')).toBe('https://as.example/');
  });

  it.each([
    ['<img src=x onerror="alert(1)">', '<img src=x onerror=?alert(1)?>'],
    ['a\r\nb\tc', 'a b c'],
    ['\u001b[31mred', '?[31mred'],
    ['a\u202eb\u2066c', 'a?b?c'],
    ['a\\b', 'a?b'],
  ])('cleans the description %j (C16)', (description, cleaned) => {
    const query = new URLSearchParams({
      error: 'x',
      error_description: description,
      error_uri: 'javascript:1',
      state: 's',
    });
    const { outcome } = parse(`?${query}`);
    expect(outcome).toEqual({ kind: 'error', answer: { error: 'x', description: cleaned, status: null } });
    expect(JSON.stringify(outcome)).not.toContain('javascript');
  });

  it('cuts what is long, and hides a state that is echoed (C16, C17)', () => {
    const state = 'CANARY-state-CANARY';
    const query = new URLSearchParams({ error: 'y'.repeat(9000), error_description: `bad ${state}`, state });
    const { outcome } = parse(`?${query}`);
    expect(outcome.kind === 'error' && outcome.answer.error).toHaveLength(200);
    expect(outcome).toMatchObject({ answer: { description: 'bad [redacted]' } });
  });

  it('throws nothing but AuthError, whatever it is given, and quotes none of it (C18, G8)', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'code=',
        'state=',
        'error=',
        'iss=',
        '&',
        '?',
        '#',
        '%',
        '[]',
        'https://localhost/',
        'CANARY',
        '=',
        '+',
      ),
    );
    const url = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        fc.oneof(
          url,
          url.map((rest) => `https://localhost/?${rest}`),
        ),
        (text) => {
          try {
            const parsed = parseCallback(text);
            expect(parsed.state).not.toBe('');
            if (parsed.outcome.kind === 'faulty')
              expect(inspect(parsed.outcome.error)).not.toContain('CANARY');
          } catch (error) {
            expect(error).toBeInstanceOf(AuthError);
            expect(inspect(error) + JSON.stringify(error)).not.toContain('CANARY');
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
