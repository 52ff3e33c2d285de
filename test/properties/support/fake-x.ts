import { createHash } from 'node:crypto';
import { x } from '../../../src/services/provider/x.js';
import type { Clock, Transport } from '../../../src/services/ports.js';
import { TransportFault } from '../../../src/services/transport-fault.js';
import type { Life } from './process.js';
import { CANARY } from './secrets.js';

/**
 * What the provider and the way to it do with a request: `lost` on the way there, `dropped` on the way back,
 * `silent` for ever, `busy` and `broken` by status, `garbled`: done, and answered with what is no token response.
 */
export const moods = [
  'ok',
  'unreachable',
  'lost',
  'dropped',
  'busy',
  'broken',
  'garbled',
  'misconfigured',
  'silent',
] as const;
export type Mood = (typeof moods)[number];

export interface Code {
  readonly value: string;
  readonly state: string;
  readonly challenge: string;
  readonly issuedAt: number;
  uses: number;
}

export interface Token {
  readonly value: string;
  readonly kind: 'access' | 'refresh';
  readonly family: object;
  /** Wall time of the client that asked, until which it may take the token for usable. */
  readonly expiresAt: number;
  readonly diesAt: number;
  /** Whose request brought it. */
  readonly issuedTo: Life | null;
  /** Whether it came in a token response. */
  readonly valid: boolean;
  live: boolean;
}

/** One arrival of a refresh token. */
export interface Spending {
  readonly token: string;
  readonly life: Life;
  readonly at: number;
  readonly storeFaults: number;
  outcome: 'inFlight' | 'unknown' | 'turnedAway' | 'definitive';
  successor: string | null;
}

const LIFETIME = 7200;
const CODE_LIFETIME = 30_000;
/** A client gives a token request up after so long. */
const DEADLINE = 30_000;

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

/** X's endpoints as a function: strict about everything a client may send only once, and it keeps count. */
export function fakeX(clock: Clock, sight: { storeFaults(): number; isStored(token: string): boolean }) {
  const codes = new Map<string, Code>();
  const tokens = new Map<string, Token>();
  const spendings: Spending[] = [];
  const verifiers = new Set<string>();
  const delivered = new Set<string>();
  const violations = new Set<string>();
  /** Grants whose access token the API has refused before its time. */
  const refused = new Set<object>();
  let names = 0;
  const self = {
    mood: 'ok' as Mood,
    /** Of access tokens, in seconds. */
    lifetime: LIFETIME,
    codes,
    tokens,
    spendings,
    verifiers,
    violations,
    exchanges: 0,

    /** A person allows what the URL asks for. */
    consent(url: string): Code {
      const { searchParams: query } = new URL(url);
      const [state, challenge] = [query.get('state') ?? '', query.get('code_challenge') ?? ''];
      if (query.get('code_challenge_method') !== 'S256') violations.add('A challenge that is not S256.');
      if (!/^[\w-]{43}$/.test(challenge)) violations.add('A challenge that is no SHA-256.');
      if ([...codes.values()].some((code) => code.challenge === challenge || code.state === state)) {
        violations.add('A challenge or state of an earlier flow.');
      }
      const code: Code = {
        value: `${CANARY}-code-${++names}`,
        state,
        challenge,
        issuedAt: clock.elapsed(),
        uses: 0,
      };
      codes.set(code.value, code);
      return code;
    },

    /** From now on a token request for this callback is allowed. */
    deliver: (state: string, code: string) => void delivered.add(`${state} ${code}`),

    grant(
      now: number,
      options: { family?: object; lifetime?: number; issuedTo?: Life } = {},
    ): { access: Token; refresh: Token } {
      const { family = {}, lifetime = self.lifetime, issuedTo = null } = options;
      for (const token of tokens.values()) {
        if (token.family === family) token.live = false;
      }
      const issue = (kind: Token['kind']): Token => {
        const value = `${CANARY}-${kind}-${++names}`;
        const expiresAt = now + lifetime * 1000;
        const diesAt = kind === 'access' ? clock.elapsed() + lifetime * 1000 : Infinity;
        // What another library got, in an answer of its own, is good.
        const valid = issuedTo === null || self.mood !== 'garbled';
        const token: Token = { value, kind, family, expiresAt, diesAt, issuedTo, valid, live: true };
        tokens.set(value, token);
        return token;
      };
      return { access: issue('access'), refresh: issue('refresh') };
    },

    /** The person takes the permission back at the provider. */
    revokeAll() {
      for (const token of tokens.values()) token.live = false;
    },
    killAccessTokens() {
      for (const token of tokens.values()) if (token.kind === 'access') token.live = false;
    },
    live: () => [...tokens.values()].filter((token) => token.live),

    /** All that later requests can find out, and what is remembered of earlier ones. */
    digest: () =>
      JSON.stringify([
        self.mood,
        self.exchanges,
        [...codes.values()],
        [...tokens.values()].map((token) => ({ ...token, issuedTo: token.issuedTo?.name })),
        spendings.map((spending) => ({ ...spending, life: spending.life.name })),
        [...violations],
      ]),

    transportOf(life: Life, view: Clock): Transport {
      return {
        close: async () => {},
        fetch: (url, init) =>
          life.through(`fetch ${new URL(url).pathname}`, () => arrive(url, init, life, view)),
      };
    },
  };
  return self;

  async function arrive(url: string, init: RequestInit, life: Life, view: Clock): Promise<Response> {
    const { signal } = init;
    if (self.mood === 'unreachable' || signal?.aborted) throw new TransportFault('refused', false);
    const form = new URLSearchParams(String(init.body ?? ''));
    if (url.includes(CANARY)) violations.add('A secret in a URL.');
    const isRefresh = form.get('grant_type') === 'refresh_token';
    const spending = isRefresh ? spend(form.get('refresh_token') ?? '', life, view) : null;
    // Whoever gives up hears no answer any more.
    if (spending) signal?.addEventListener('abort', () => (spending.outcome = 'unknown'));
    if (form.get('grant_type') === 'authorization_code') countCode(form);
    if (self.mood === 'silent') return silence(signal);
    const conclude = (outcome: Spending['outcome']) => spending && (spending.outcome = outcome);
    switch (self.mood) {
      case 'lost':
        conclude('unknown');
        // Not one of ours, and it quotes the body: whoever passes it on leaks.
        throw new Error(`socket hang up after ${String(init.body)}`);
      case 'busy':
        conclude('turnedAway');
        return json({}, 503);
      case 'broken':
        conclude('unknown');
        return json({ error: 'server_error', error_description: String(init.body) }, 500);
      case 'misconfigured':
        if (url === x.identify?.url) return answerTo(url, init, form, { life, view, spending: null });
        conclude('turnedAway');
        return json({ error: 'invalid_client', error_description: `for ${form.get('refresh_token')}` }, 401);
      default: {
        const answer = answerTo(url, init, form, { life, view, spending });
        conclude(self.mood === 'dropped' || self.mood === 'garbled' ? 'unknown' : 'definitive');
        if (self.mood === 'dropped') throw new TransportFault('reset', true);
        return answer;
      }
    }
  }

  function silence(signal: AbortSignal | null | undefined): Promise<Response> {
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new TransportFault('aborted', true)));
    });
  }

  function answerTo(
    url: string,
    init: RequestInit,
    form: URLSearchParams,
    { life, view, spending }: { life: Life; view: Clock; spending: Spending | null },
  ) {
    switch (url) {
      case x.endpoints.revocation: {
        const token = tokens.get(form.get('token') ?? '');
        if (token) token.live = false;
        return json({ revoked: true });
      }
      case x.identify?.url: {
        const bearer = tokens.get(
          new Headers(init.headers).get('authorization')?.slice('Bearer '.length) ?? '',
        );
        if (isUsable(bearer)) return json({ data: { id: '1', username: 'alice' } });
        if (bearer) refused.add(bearer.family);
        return json({ title: 'Unauthorized', status: 401 }, 401);
      }
      default:
        return spending ? refresh(spending, view) : exchange(form, life, view);
    }
  }

  function isUsable(token: Token | undefined): boolean {
    return token?.live === true && clock.elapsed() < token.diesAt;
  }

  function countCode(form: URLSearchParams): void {
    const [value, verifier] = [form.get('code') ?? '', form.get('code_verifier') ?? ''];
    self.exchanges += 1;
    const code = codes.get(value);
    if (code && ++code.uses > 1) violations.add('A code was sent twice.');
    if (verifiers.has(verifier)) violations.add('A verifier was sent twice.');
    verifiers.add(verifier);
    if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) violations.add('A verifier that is none.');
    const challenge = challengeOf(verifier);
    const flow = [...codes.values()].find((known) => known.challenge === challenge);
    if (!flow || !delivered.has(`${flow.state} ${value}`)) {
      violations.add('A token request without a verified callback.');
    }
  }

  function exchange(form: URLSearchParams, life: Life, view: Clock): Response {
    const code = codes.get(form.get('code') ?? '');
    const fits = code?.challenge === challengeOf(form.get('code_verifier') ?? '');
    if (!code || !fits || clock.elapsed() - code.issuedAt >= CODE_LIFETIME) {
      return refusal(`authorization code was invalid: ${form.get('code')}`);
    }
    return tokenResponse(life, view, {});
  }

  function refresh(spending: Spending, view: Clock): Response {
    const token = tokens.get(spending.token);
    if (!token?.live) {
      // RFC 9700 §4.14.2: a spent token that comes back ends everything that descends from its grant.
      for (const other of tokens.values()) if (other.family === token?.family) other.live = false;
      return refusal(`token was invalid: ${spending.token}`);
    }
    return tokenResponse(spending.life, view, token.family, spending);
  }

  function tokenResponse(life: Life, view: Clock, family: object, spending?: Spending): Response {
    const { access, refresh } = self.grant(view.now(), { family, issuedTo: life });
    if (spending) spending.successor = refresh.value;
    return json({
      ...(access.valid && { token_type: 'bearer' }),
      expires_in: self.lifetime,
      access_token: access.value,
      refresh_token: refresh.value,
      scope: 'tweet.read users.read offline.access',
    });
  }

  /** X echoes nothing; a server that does must not get it into our errors. */
  function refusal(words: string): Response {
    return json({ error: 'invalid_request', error_description: `Value passed for the ${words}` }, 400);
  }

  /** Sent again only after an unknown outcome, never concurrently, never after a definitive answer. */
  function spend(token: string, life: Life, view: Clock): Spending {
    for (const before of spendings.filter((spending) => spending.token === token)) {
      const waits = before.outcome === 'inFlight' && clock.elapsed() - before.at < DEADLINE;
      if (waits && before.life.alive) violations.add('A refresh token was sent twice at once.');
      if (before.outcome === 'definitive' && isKnown(before, life)) {
        violations.add('A refresh token was sent again after a definitive answer.');
      }
      const issued = tokens.get(token);
      const works = issued && view.now() < issued.expiresAt && !refused.has(issued.family);
      if (before.outcome === 'unknown' && works) {
        violations.add('A token of unknown fate was sent again while its access token works.');
      }
    }
    const storeFaults = sight.storeFaults();
    const spending: Spending = {
      token,
      life,
      at: clock.elapsed(),
      storeFaults,
      outcome: 'inFlight',
      successor: null,
    };
    spendings.push(spending);
    return spending;
  }

  /** An answer that died with its client, or that a store which was down did not take, is unknown to all others. */
  function isKnown(before: Spending, life: Life): boolean {
    const { successor } = before;
    if (before.life === life || (successor !== null && sight.isStored(successor))) return true;
    return before.life.alive && before.storeFaults === sight.storeFaults();
  }
}

const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

export type FakeX = ReturnType<typeof fakeX>;
