import type { Redacted, SessionFacts } from '../../machines/vocabulary.js';
import { AuthError } from '../auth-error.js';
import { randomId } from '../fingerprint.js';
import { reveal } from '../redacted.js';
import type { Tokens } from '../records/schema.js';
import { isScopeToken } from '../scopes.js';
import { matching, nullable, object, optional, read, string, that } from '../shape.js';
import type { Service } from '../service-ports.js';
import { bury } from '../sign-out/sign-out.js';
import { writeListed } from './accounts.js';
import { hold } from './restore-session.js';

/** Tokens as token endpoints and most libraries write them. `expires_at` in Unix seconds wins over `expires_in`. */
export interface AdoptedTokens {
  readonly access_token: string;
  readonly refresh_token?: string | null | undefined;
  readonly expires_at?: number | null | undefined;
  readonly expires_in?: number | null | undefined;
  /** Separated by spaces. */
  readonly scope?: string | null | undefined;
}

// Unix seconds reach 1e11 in the year 5138: whatever is larger are milliseconds.
const seconds = optional(
  nullable(that<number>((value) => typeof value === 'number' && value >= 0 && value < 1e11)),
);
const visible = matching(/^[\x21-\x7e]+$/);
const schema = object({
  access_token: visible,
  refresh_token: optional(nullable(visible)),
  expires_at: seconds,
  expires_in: seconds,
  scope: optional(nullable(string)),
});

function tokensOf(given: unknown, now: number, assumedLifetime: number | null): Tokens {
  const { access_token, refresh_token, expires_at, expires_in, scope } = read(schema, given, (member) => {
    const unit = member === 'expires_at' ? ' in Unix seconds' : '';
    const detail = `The tokens to adopt have no usable ${member || 'tokens'}${unit}.`;
    return new AuthError('invalid_option', { detail });
  });
  const scopes = (scope ?? '').split(' ').filter((token) => token !== '');
  if (!scopes.every(isScopeToken)) throw new AuthError('invalid_scope');
  const lifetime = expires_in ?? assumedLifetime;
  const counted = lifetime === null ? null : now + lifetime * 1_000;
  const expiresAt = typeof expires_at === 'number' ? expires_at * 1_000 : counted;
  return {
    accessToken: access_token,
    refreshToken: refresh_token ?? null,
    scopes,
    requested: scopes,
    obtainedAt: now,
    expiresAt,
  };
}

/** Saves tokens from elsewhere over whatever the session held. */
export const adoptTokens: Service<{ session: string; tokens: Redacted<unknown> }, SessionFacts> =
  (ports) =>
  async ({ session, tokens: secret }, signal) => {
    const { records, clock, configuration, vault, cryptography } = ports;
    const tokens = tokensOf(reveal(secret), clock.now(), configuration.provider.assumedTokenLifetime);
    const adoption = { session };
    vault.adoptions.add(adoption);
    const isGivenUp = () => !vault.adoptions.has(adoption);
    try {
      for (;;) {
        const stored = await records.readSession(session);
        // Cancelled, or signed out, while the store answered.
        if (signal.aborted || isGivenUp()) throw new AuthError('cancelled', { phase: 'session' });
        const lineage = randomId(cryptography);
        const live = { status: 'live', lineage, tokens, account: null, journal: null } as const;
        const earlier = vault.unburied.get(session);
        const version = await writeListed(ports, session, live, stored?.version ?? null);
        if (version === null) continue;
        if (vault.unburied.get(session) === earlier) vault.unburied.delete(session);
        if (!isGivenUp()) return hold(ports, session, live, version);
        await bury(ports, session, (record) => record.lineage === lineage);
        throw new AuthError('cancelled', { phase: 'session' });
      }
    } finally {
      vault.adoptions.delete(adoption);
    }
  };
