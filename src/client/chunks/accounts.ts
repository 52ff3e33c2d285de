// What is done with several accounts, and to one: few pages do.
export { missingScopes } from '../../services/api/missing-scopes.js';
export { listAccounts } from '../../services/session/accounts.js';
export { adoptTokens } from '../../services/session/adopt-tokens.js';
export { accountOf } from '../../services/session/session-account.js';
