import { isScopeToken } from '../scopes.js';
import type { Provider } from '../provider/provider.js';

export interface Asked {
  readonly method: string;
  readonly url: string;
}

// Whatever a server sends, no more of it is read.
const HEADER_LIMIT = 4_096;

/**
 * The scopes an API answer was refused for and the session lacks: those the server names (RFC 6750 §3.1), else those the
 * provider is known to want for that call. Empty if the refusal was for something else, or nobody knows.
 */
export function missingScopes(
  response: Pick<Response, 'status' | 'headers'>,
  asked: Asked | undefined,
  granted: readonly string[],
  provider: Provider,
): readonly string[] {
  if (response.status !== 403) return [];
  const named = namedBy(response.headers.get('www-authenticate') ?? '');
  const wanted = named ?? (asked && provider.requiredScopes(asked.method, new URL(asked.url))) ?? [];
  return [...new Set(wanted)].filter((scope) => isScopeToken(scope) && !granted.includes(scope));
}

function namedBy(challenge: string): readonly string[] | null {
  const [, parameters = ''] = /(?:^|,)\s*Bearer\s+(.*)$/is.exec(challenge.slice(0, HEADER_LIMIT)) ?? [];
  const values = new Map(
    [...parameters.matchAll(/([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/g)].map(
      ([, name = '', quoted, plain]) => [name.toLowerCase(), quoted ?? plain ?? ''],
    ),
  );
  if (values.get('error') !== 'insufficient_scope') return null;
  return (
    values
      .get('scope')
      ?.split(' ')
      .filter((scope) => scope !== '') ?? null
  );
}
