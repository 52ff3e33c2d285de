export type { Authorization, AuthorizationStatus, AuthorizationView } from './authorization.js';
export type { Client, ClientOptions } from './create-client.js';
export type { Begun, BeginOptions, CompleteOptions, LoginOptions, SignInOptions } from './requests.js';
export type { ExplainedEvent, ExplainedStanding, Explanation } from './recorder/explanation.js';
export type { FlowFailure } from './inspection/flow-event.js';
export type { LogWord } from '../services/records/log-records.js';
export type { Standalone, StandaloneOptions } from './standalone.js';
export type {
  Cancellable,
  Session,
  SessionChange,
  SessionStatus,
  SignOutOptions,
  StepUp,
} from './session.js';
export { authorizationMachine } from '../machines/authorization.machine.js';
export type {
  AuthorizationActor,
  AuthorizationMachine,
  AuthorizationSnapshot,
} from '../machines/authorization.machine.js';
export type * from '../machines/authorization.contract.js';
export { exchangeMachine } from '../machines/exchange.machine.js';
export type {
  Claim,
  ClaimOutcome,
  CommitOutcome,
  ExchangeInput,
  ExchangeOutput,
  FollowOutcome,
} from '../machines/exchange.machine.js';
export { renewalMachine } from '../machines/renewal.machine.js';
export type {
  Journal,
  JournalOutcome,
  LockEvent,
  RefusalOutcome,
  RenewalInput,
  RenewalOutput,
  RequestOutcome,
  RereadOutcome,
  SaveOutcome,
  Spendable,
} from '../machines/renewal.machine.js';
export { signOutMachine } from '../machines/sign-out.machine.js';
export type { Burial, SignOutInput } from '../machines/sign-out.machine.js';
export type * from '../machines/vocabulary.js';
export type { ApiRequestInit } from '../services/api/authorized-fetch.js';
export { rateLimitOf } from '../services/api/rate-limit.js';
export type { RateLimit } from '../services/api/rate-limit.js';
export { AuthError } from '../services/auth-error.js';
export type { AuthorizationRequestOptions } from '../services/authorization-request.js';
export type { ExchangeCodeOptions, RenewTokensOptions, TokenResponse } from '../services/exchange-code.js';
export type * from '../services/ports.js';
export { defineProvider } from '../services/provider/define-provider.js';
export type * from '../services/provider/provider.js';
export { x } from '../services/provider/x.js';
export type { XScope } from '../services/provider/x.js';
export { redact, reveal } from '../services/redacted.js';
export type { Accounts } from '../services/session/accounts.js';
export type { AdoptedTokens } from '../services/session/adopt-tokens.js';
export { TransportFault } from '../services/transport-fault.js';
