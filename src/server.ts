export { createAuthHandler } from './adapters/server/auth-handler.js';
export type { AuthHandler } from './adapters/server/auth-handler.js';
export type { AuthHandlerOptions, FailureHook } from './adapters/server/desk.js';
export type { SessionName } from './adapters/server/identity.js';
export type { LoginOptions } from './adapters/server/sign-in.js';
