export const paths = {
  authorization: '/i/oauth2/authorize',
  consent: '/i/oauth2/consent',
  token: '/2/oauth2/token',
  revocation: '/2/oauth2/revoke',
  usersMe: '/2/users/me',
  authorizationServerMetadata: '/.well-known/oauth-authorization-server',
  protectedResourceMetadata: '/.well-known/oauth-protected-resource',
} as const;

/** Absolute URLs. */
export interface EmulatorEndpoints {
  readonly issuer: string;
  readonly authorization: string;
  readonly token: string;
  readonly revocation: string;
  readonly usersMe: string;
  readonly authorizationServerMetadata: string;
  readonly protectedResourceMetadata: string;
}

export function endpointsOf(origin: string): EmulatorEndpoints {
  return {
    issuer: origin,
    authorization: origin + paths.authorization,
    token: origin + paths.token,
    revocation: origin + paths.revocation,
    usersMe: origin + paths.usersMe,
    authorizationServerMetadata: origin + paths.authorizationServerMetadata,
    protectedResourceMetadata: origin + paths.protectedResourceMetadata,
  };
}
