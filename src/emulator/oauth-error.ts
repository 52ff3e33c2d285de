import { type EmulatorRequest, type Reply, json } from './message.js';
import type { State } from './state.js';

/** Ends a token or revocation request. One class, so that one place decides how a refusal is worded on the wire. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly description: string,
  ) {
    super(description);
  }
}

// X's dialect of RFC 6749 §5.2: a dead grant is `invalid_request`, a wrong secret is `unauthorized_client`.
export const invalidRequest = (description: string) => new Refusal(400, 'invalid_request', description);

export const invalidClient = () =>
  new Refusal(400, 'invalid_client', 'Value passed for the client id was invalid.');

export const unauthorizedClient = () =>
  new Refusal(401, 'unauthorized_client', 'Missing valid authorization header');

type Endpoint = (state: State, request: EmulatorRequest) => Reply;

/** Lets an endpoint throw a {@link Refusal} and answers with X's error body. */
export function refusing(endpoint: Endpoint): Endpoint {
  return (state, request) => {
    try {
      return endpoint(state, request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return json(error.status, { error: error.code, error_description: error.description });
    }
  };
}

/** An empty value counts as missing, a repeated parameter is refused (RFC 6749 §3.2). */
export function optional(form: URLSearchParams, name: string): string | undefined {
  const values = form.getAll(name);
  if (values.length > 1) throw invalidRequest(`Parameter [${name}] was passed more than once.`);
  return values[0] || undefined;
}

export function required(form: URLSearchParams, name: string): string {
  const value = optional(form, name);
  if (value === undefined) throw invalidRequest(`Missing required parameter [${name}].`);
  return value;
}
