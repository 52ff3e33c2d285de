import { paths } from './endpoints.js';
import { Html, html } from './html.js';
import { scopes } from './scopes.js';
import type { AuthorizationRequest, EmulatorUser } from './state.js';
import { stylesheet } from './style.js';

export interface ConsentPage {
  readonly consentId: string;
  readonly request: AuthorizationRequest;
  /** The first one is signed in; the others can be picked. */
  readonly users: readonly EmulatorUser[];
}

export function consentPage({ consentId, request, users }: ConsentPage): Html {
  const { app, redirectUri } = request;
  return page(
    `Authorize ${app.name}`,
    html`<main>
      <h1><bdi>${app.name}</bdi> wants to access your account</h1>
      <form method="post" action="${paths.consent}">
        <input type="hidden" name="consent" value="${consentId}" />
        ${accounts(users)}
        <section aria-labelledby="wishes">
          <h2 id="wishes">This app would be able to</h2>
          <ul>
            ${request.scopes.map((scope) => html`<li>${scopes.get(scope) ?? scope}</li>`)}
          </ul>
        </section>
        <div class="actions">
          <button class="primary" name="decision" value="allow">Authorize app</button>
          <button name="decision" value="deny">Cancel</button>
        </div>
      </form>
      <p class="quiet">Either way you return to ${destination(redirectUri)}.</p>
      <p class="quiet">This is an emulator. No real account is involved.</p>
    </main>`,
  );
}

function accounts(users: readonly EmulatorUser[]): Html {
  const [signedIn] = users;
  if (signedIn !== undefined && users.length === 1) {
    return html`<fieldset>
      <legend>Signed in as</legend>
      <input type="hidden" name="user" value="${signedIn.id}" />
      <div class="account">${account(signedIn)}</div>
    </fieldset>`;
  }
  return html`<fieldset>
    <legend>Choose an account</legend>
    ${users.map(
      (user) =>
        html`<label class="account">
          <input type="radio" name="user" value="${user.id}" ${user === signedIn ? html`checked` : ''} />
          ${account(user)}
        </label>`,
    )}
  </fieldset>`;
}

function account({ name, username }: EmulatorUser): Html {
  const [initial = ''] = name;
  return html`
    <span class="face" aria-hidden="true">${initial}</span>
    <span>
      <strong><bdi>${name}</bdi></strong>
      <small><bdi>@${username}</bdi></small>
    </span>
  `;
}

/** Private-use schemes (`com.example.app:/cb`) have no host to name. */
function destination(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  return host || protocol.slice(0, -1);
}

/** X shows this page instead of redirecting; the reason is the emulator's own help, X gives none. */
export function errorPage(reason: string): Html {
  return page(
    'Something went wrong',
    html`<main class="error">
      <h1>Something went wrong</h1>
      <p>You weren’t able to give access to the app. Go back and try logging in again.</p>
      <p class="reason quiet">For the developer: ${reason}</p>
    </main>`,
  );
}

function page(title: string, main: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        ${main}
      </body>
    </html>`;
}

// Outside the template: one added space would break the hash in the policy.
const styleElement = new Html(`<style>${stylesheet}</style>`);
