import { type EmulatorRequest, type Reply, json, problem } from './message.js';
import { isUsable } from './grants.js';
import { countCall } from './rate-limit.js';
import type { Grant, State } from './state.js';

const userFields = new Set(
  (
    'confirmed_email connection_status created_at description entities id is_identity_verified location name parody ' +
    'profile_banner_url profile_image_url protected public_metrics receives_your_dm subscribes_to_you subscription ' +
    'subscription_type url username verified verified_followers_count verified_type withheld'
  ).split(' '),
);

/** `GET /2/users/me`: needs `tweet.read` besides `users.read`, which is where most people trip. */
export function usersMe(state: State, { headers, search }: EmulatorRequest): Reply {
  const bearer = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  const token = state.tokens.get(bearer);
  if (token?.kind !== 'at' || !isUsable(state, token)) return problem(401, 'Unauthorized');

  const rate = countCall(state, bearer);
  if (rate.exceeded) {
    return json(429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }, rate.headers);
  }
  const { scopes } = token.grant;
  if (!scopes.includes('tweet.read') || !scopes.includes('users.read')) {
    return problem(403, 'Forbidden', rate.headers);
  }
  const fields = (new URLSearchParams(search).get('user.fields') ?? '').split(',').filter(Boolean);
  const unknown = fields.filter((field) => !userFields.has(field));
  if (unknown.length > 0) return invalidFields(unknown, rate.headers);
  return json(200, { data: profile(token.grant, fields) }, rate.headers);
}

function profile({ app, user, scopes }: Grant, fields: readonly string[]) {
  const { id, name, username, email } = user;
  const showsEmail = fields.includes('confirmed_email') && scopes.includes('users.email') && app.emailToggle;
  return { id, name, username, ...(showsEmail && email !== undefined && { confirmed_email: email }) };
}

function invalidFields(values: readonly string[], headers: Reply['headers']): Reply {
  const message = 'One of the values of the query parameter [user.fields] is not known.';
  const body = {
    errors: [{ parameters: { 'user.fields': values }, message }],
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: 'https://api.x.com/2/problems/invalid-request',
  };
  return json(400, body, { 'content-type': 'application/problem+json', ...headers });
}
