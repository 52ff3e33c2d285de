/** RFC 6749 §4.1.2.1 and §5.2, RFC 7009 §2.2.1, RFC 6750 §3.1, OpenID Connect Core §3.1.2.6. */
const OAUTH_ERRORS: ReadonlySet<unknown> = new Set([
  'invalid_request',
  'unauthorized_client',
  'access_denied',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'invalid_client',
  'invalid_grant',
  'unsupported_grant_type',
  'unsupported_token_type',
  'invalid_token',
  'insufficient_scope',
  'interaction_required',
  'login_required',
  'account_selection_required',
  'consent_required',
]);

/** The error as a server said it, if it is one of the standards'; any other text may be anything. */
export const oauthError = (said: unknown): string | null =>
  OAUTH_ERRORS.has(said) ? (said as string) : null;
