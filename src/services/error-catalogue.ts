import type { ErrorCode, Phase } from '../machines/vocabulary.js';

export interface CatalogueEntry {
  readonly phase: Phase;
  /** Whether trying again, with nothing changed, can succeed. A sign-in is tried again by a new one. */
  readonly retryable: boolean;
  /** What happened, where the thrower has nothing more exact to say. */
  readonly meaning: string;
  /** What to do. */
  readonly advice: string;
}

const entry =
  (phase: Phase, retryable: boolean) =>
  (meaning: string, advice: string): CatalogueEntry => ({ phase, retryable, meaning, advice });

const configuration = entry('configuration', false);
const callback = entry('callback', false);
const once = (phase: Phase) => entry(phase, false);
const again = (phase: Phase) => entry(phase, true);

/** The whole closed union with its words: the source of messages, of the README's table and of `docs/errors.md`. */
export const catalogue: Readonly<Record<ErrorCode, CatalogueEntry>> = {
  invalid_client_id: configuration(
    'The client id is missing or malformed.',
    "Copy the OAuth 2.0 client id from the provider's developer console (not the API key), without spaces.",
  ),
  invalid_client_secret: configuration(
    'The client secret is malformed.',
    'Copy the OAuth 2.0 client secret without spaces or line breaks; leave it out for a public client.',
  ),
  secret_in_browser: configuration(
    'A client secret was given to code that runs in a browser, where everybody can read it.',
    'Leave it out and register a public client, or complete sign-ins on a server.',
  ),
  invalid_redirect_uri: configuration(
    'The redirect URI cannot be used.',
    'Use an absolute https URL, http on 127.0.0.1 or [::1], or a private-use scheme that contains a dot; no fragment.',
  ),
  invalid_scope: configuration(
    'A scope has characters that RFC 6749 §3.3 does not allow.',
    'Give scopes as an array of single tokens without spaces, quotes or backslashes.',
  ),
  offline_scope_missing: configuration(
    'Renewal was asked for, but the scope that grants a refresh token is not requested.',
    'Add the scope named here, or do without renewal.',
  ),
  reserved_parameter: configuration(
    'An extra parameter has the name of a protocol parameter.',
    'Remove it: authchart sets this parameter itself, and two values would undo its protection.',
  ),
  invalid_provider: configuration(
    'The provider definition cannot be used.',
    'Correct the member named here; see defineProvider().',
  ),
  invalid_option: configuration('An option has an unusable value.', 'Correct the option named here.'),
  service_not_provided: configuration(
    'The machine was started without one of its services.',
    'Provide it with machine.provide({ actors: { … } }), or take client.machine, which has them all.',
  ),
  discovery_failed: again('discovery')(
    "The provider's metadata could not be read.",
    'Check the issuer URL; it must serve /.well-known/oauth-authorization-server as JSON.',
  ),
  issuer_mismatch: once('discovery')(
    'The metadata names another issuer than the one asked for.',
    'Use the exact issuer string the provider publishes; do not trust this document.',
  ),
  redirect_uri_not_local: once('authorization')(
    'No listener on this machine can receive that redirect URI.',
    'Register http://127.0.0.1:8976/callback (or another fixed port) at the provider and configure the same string.',
  ),
  port_in_use: again('authorization')(
    'The port of the redirect URI is taken by another program.',
    'Free it, or register and configure a redirect URI with another port.',
  ),
  browser_unavailable: again('authorization')(
    'No browser could be opened and no terminal is there to paste into.',
    'Open the authorization URL yourself: begin() gives it, complete() takes the callback URL.',
  ),
  popup_blocked: again('authorization')(
    'The browser did not let this page open a window for the sign-in.',
    'Make it ready with prepare() and call open() in the click itself, or offer to sign in by redirect.',
  ),
  authorization_left: again('authorization')(
    'The person left the authorization page without an answer.',
    'Nothing was stored. Offer to sign in again.',
  ),
  authorization_timeout: again('authorization')(
    'Nobody came back from the authorization page in time.',
    'Start again. If the provider showed an error page, check client id, redirect URI and app type in its console.',
  ),
  callback_malformed: callback(
    'The callback URL breaks the protocol.',
    'Nothing was sent. Start a new sign-in; if it happens again, something rewrites the URL on its way.',
  ),
  callback_not_ours: callback(
    'The URL carries no authorization response.',
    'Pass the whole URL of the page the provider sent the browser to, query included.',
  ),
  callback_state_missing: callback(
    'The callback carries no state, so nobody can tell who began it.',
    'Do not use it. Start a new sign-in.',
  ),
  callback_unknown: callback(
    'No sign-in that began here knows this state.',
    'Start a new sign-in; make sure that begin() and complete() share one store.',
  ),
  callback_expired: callback('The sign-in this callback belongs to has expired.', 'Start a new sign-in.'),
  callback_already_used: callback(
    'This sign-in was already completed, with another code or another result.',
    'Start a new sign-in. If you did not complete it yourself, somebody else may have.',
  ),
  callback_other_user_agent: callback(
    'The callback came from another user agent than the one that began the sign-in.',
    'Start a new sign-in in this browser.',
  ),
  callback_other_origin: callback(
    'The callback arrived at another address than the redirect URI of its sign-in.',
    'Register and configure one redirect URI, and pass callbacks on unchanged.',
  ),
  callback_issuer_mismatch: callback(
    'The callback comes from another authorization server than the one that was asked.',
    'Nothing was sent. Do not continue: this can be a mix-up attack (RFC 9207).',
  ),
  callback_framed: callback(
    'The callback arrived in a frame, where another page may have put it.',
    "Nothing was sent. Serve the redirect URI with frame-ancestors 'none'; from embedded pages sign in by popup.",
  ),
  callback_limit: again('callback')(
    'Too many false callbacks arrived while waiting for the true one.',
    'Start again; find out which program keeps calling the redirect URI.',
  ),
  access_denied: again('callback')(
    'The user refused.',
    'Nothing was stored. Offer to sign in again, perhaps with fewer scopes.',
  ),
  authorization_refused: again('callback')(
    'The provider refused the authorization request.',
    "Read its words in the error's `provider`; most often scopes or app settings are wrong.",
  ),
  code_refused: again('exchange')(
    'The provider refused the code.',
    'Start again and come back quickly: codes are short-lived (30 seconds at X) and work once.',
  ),
  exchange_interrupted: again('exchange')(
    'The exchange of this code was interrupted and cannot be repeated, for codes work once.',
    'Start a new sign-in.',
  ),
  account_mismatch: again('exchange')(
    'Another account than the expected one signed in.',
    'Its tokens were discarded. Switch accounts at the provider and start again.',
  ),
  client_misconfigured: once('exchange')(
    'The provider does not accept this client.',
    'Compare client id, secret and app type (public or confidential) with its console. A session keeps its tokens.',
  ),
  provider_unreachable: again('exchange')(
    'The provider could not be reached; nothing was sent.',
    'Check the network, DNS and proxy settings, then try again; a sign-in begins anew.',
  ),
  provider_busy: again('exchange')(
    'The provider turned the request away for now.',
    'Wait until retryAt, then try again.',
  ),
  outcome_unknown: again('exchange')(
    'The request was sent but no usable answer came, so nobody knows whether it took effect.',
    'After a sign-in: start a new one, for a code is not sent twice. A renewal repeats by itself when it is safe.',
  ),
  response_invalid: again('exchange')(
    'The answer of the provider is not a valid token response.',
    'Nothing was stored. Check that the token endpoint is the right one and that no proxy rewrites answers.',
  ),
  not_signed_in: once('session')(
    'Nobody is signed in.',
    'Sign in with login(), or with begin() and complete().',
  ),
  session_expired: once('session')(
    'The access token has run out and there is no refresh token.',
    "Sign in again; request the provider's offline scope to have sessions renewed.",
  ),
  session_revoked: once('renewal')(
    'The provider no longer honours this session.',
    'Sign in again. The user may have removed the app, the same account may have signed in to it elsewhere, or somebody else used the token.',
  ),
  renewal_lost: once('renewal')(
    'An earlier renewal reached the provider but its answer was lost, and with it the new refresh token.',
    'Sign in again. No client can close this window; a provider with a grace period forgives it.',
  ),
  renewal_fuse: again('renewal')(
    'Renewals succeeded repeatedly without giving a usable access token.',
    "Check the lifetime of the provider's tokens and this machine's clock.",
  ),
  store_unavailable: again('store')(
    'The store could not be reached.',
    'Bring it back and try again; nothing was lost.',
  ),
  record_unreadable: once('store')(
    'A stored record is damaged or not ours.',
    'Restore it from a backup, or remove it and sign in again.',
  ),
  record_other_version: once('store')(
    'A stored record was written by another version of authchart.',
    'Upgrade authchart, or remove the record and sign in again.',
  ),
  record_foreign: once('store')(
    'A stored record belongs to another client, issuer or token endpoint.',
    'Restore the configuration it was written with, or use another store or session name.',
  ),
  record_not_sealed: once('store')(
    'A stored record is not sealed, so anybody who can write to the store may have made it.',
    'If it is from before encryption was switched on, seal it once, or remove it and sign in again; see sealed().',
  ),
  record_key_unknown: once('store')(
    'A stored record is sealed with a key that is not among those given to sealed().',
    'Give that key to sealed() again, behind the first. If it is lost, remove the record and sign in again.',
  ),
  record_seal_broken: once('store')(
    'A sealed record does not open: it was changed or moved, or its key id has stood for another key.',
    'Compare the key of that id with the one it was sealed with. If it is the same, remove the record and sign in again.',
  ),
  origin_not_allowed: once('api')(
    "The URL is outside the provider's API origins, where its token must not go.",
    'Use your own fetch for other servers, or list the origin in the provider definition.',
  ),
  authorization_header_present: once('api')(
    'The request already carries a token.',
    'Remove the Authorization header and any access_token parameter: the session adds the token itself.',
  ),
  transport_unsupported: once('api')('This runtime has no such transport.', 'Use session.fetch().'),
  chunk_unavailable: again('session')(
    'A part of authchart that is loaded on demand could not be loaded; nothing was sent.',
    'Try again when the network is back, or reload the page: the server may have newer files, and some browsers remember the failure.',
  ),
  cancelled: again('session')('It was cancelled by its signal, or by the user.', 'Start again when ready.'),
  secret_unavailable: once('session')(
    'A secret is no longer there: it was used once, copied, or restored from a snapshot.',
    'Start again; secrets do not survive in snapshots.',
  ),
  client_closed: once('session')('The client was closed.', 'Create a new client.'),
  unexpected: again('session')(
    'Something failed that authchart does not know.',
    'If it persists, report it with this code and phase; the original error is not shown, for it may hold secrets.',
  ),
};
