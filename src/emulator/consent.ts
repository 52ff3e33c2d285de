import { redirect, showPage } from './browser-reply.js';
import type { EmulatorRequest, Reply } from './message.js';
import { issueCode } from './grants.js';
import { errorPage } from './pages.js';
import type { State } from './state.js';

/** The person's answer to one consent page. A page is answered once: a second click on it gets no second code. */
export function decideConsent(state: State, { form }: EmulatorRequest): Reply {
  const consentId = form.get('consent') ?? '';
  const request = state.consents.get(consentId);
  const user = state.users.find(({ id }) => id === form.get('user'));
  const decision = form.get('decision');
  if (request === undefined || user === undefined || (decision !== 'allow' && decision !== 'deny')) {
    return showPage(400, errorPage('this consent page was answered before, or its form was changed.'));
  }
  state.consents.delete(consentId);
  const echo: [string, string][] = request.state === null ? [] : [['state', request.state]];
  // The order is X's: state before code, error before state.
  return decision === 'allow'
    ? redirect(request.redirectUri, [...echo, ['code', issueCode(state, request, user)]])
    : redirect(request.redirectUri, [['error', 'access_denied'], ...echo]);
}
