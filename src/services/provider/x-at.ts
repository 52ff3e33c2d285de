import { defineProvider } from './define-provider.js';
import type { Provider } from './provider.js';
import { x } from './x.js';

/**
 * X's dialect at another address: the emulator's, or a recording proxy's on loopback. Never for production.
 *
 * @param endpoints - absolute URLs; http is allowed on 127.0.0.1 and [::1]
 * @throws {@link AuthError} `invalid_provider`
 */
export function xAt(endpoints: {
  readonly issuer: string;
  readonly authorization: string;
  readonly token: string;
  readonly revocation: string;
  readonly usersMe: string;
}): Provider {
  const { issuer, authorization, token, revocation, usersMe } = endpoints;
  return defineProvider({
    ...x,
    issuer,
    endpoints: { authorization, token, revocation },
    apiOrigins: [new URL(usersMe).origin],
    identify: x.identify && { ...x.identify, url: usersMe },
    dangerouslyAllowLoopbackHttp: true,
  });
}
