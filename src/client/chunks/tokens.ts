// Whatever begins a sign-in, or brings, spends, saves or revokes tokens, as a whole: what was begun may not lack its next
// step, and a code that lives for 30 seconds does not wait for a download.
export { abandonFlow } from '../../services/flow/abandon-flow.js';
export { claimFlow } from '../../services/flow/claim-flow.js';
export { discardTokens } from '../../services/flow/discard-tokens.js';
export { identifyAccount } from '../../services/flow/identify-account.js';
export { endFlow } from '../../services/flow/end-flow.js';
export { prepareAuthorization } from '../../services/flow/prepare-authorization.js';
export { publishSession } from '../../services/flow/publish-session.js';
export { commitReceipt, followClaim, recordFailure } from '../../services/flow/receipt.js';
export { redeem } from '../../services/flow/redeem.js';
export { verifyCallback } from '../../services/flow/verify-callback.js';
export { clearJournal, writeJournal } from '../../services/renewal/journal.js';
export { requestTokens } from '../../services/renewal/request-tokens.js';
export { noteJournal, rereadSession, waitOutJournal } from '../../services/renewal/reread-session.js';
export { judgeRefusal, saveTokens } from '../../services/renewal/save-tokens.js';
export { saveUnsaved } from '../../services/session/save-unsaved.js';
export { revokeToken } from '../../services/token-endpoint/revoke-token.js';
export { settleCommit, settleRedemption, settleRequest } from '../settlements.js';
