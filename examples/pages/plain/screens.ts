import type { Authorization } from 'authchart/browser';
import { client } from '../app/client.js';
import { faultWords, loadPerson } from '../app/person.js';
import { byRedirect, inWindow, makeReady, remedyOf } from '../app/sign-in.js';
import { abilitiesOf, clockTime, failureWords, leadWords, signOutWords, waitingWords } from '../app/words.js';
import { actions, button, element, heading, notice, plain, quiet } from './elements.js';

const authorization: Authorization = client.authorization();
const statusNow = () => authorization.getSnapshot().status;

export function welcome(title: string, parting: string | null) {
  const ready = () => makeReady(statusNow(), authorization);
  const window = button('Sign in in a window', () => inWindow(authorization), plain);
  window.addEventListener('pointerenter', ready);
  window.addEventListener('focus', ready);
  return [
    heading(title),
    quiet(leadWords),
    notice(parting),
    actions(
      button('Sign in with X', () => byRedirect(authorization)),
      window,
    ),
  ];
}

export function waiting() {
  const { title, text } = waitingWords(statusNow());
  const cancel = statusNow() === 'awaitingUser' && actions(button('Cancel', authorization.cancel, plain));
  return [heading(title), quiet(text), cancel];
}

export function failure() {
  const { failure, retryable } = authorization.getSnapshot();
  if (!failure) return [];
  const { title, text } = failureWords(failure);
  const remedy = remedyOf(failure, retryable);
  return [
    heading(title),
    element('p', {}, text),
    element('p', { className: 'fault' }, element('code', {}, failure.code), ` ${failure.message}`),
    actions(
      remedy &&
        button(remedy.label, () =>
          remedy.way === 'retry' ? authorization.retry() : byRedirect(authorization),
        ),
      button('Back', authorization.cancel, plain),
    ),
  ];
}

export function home(onSignedOut: (parting: string | null) => void) {
  const { info, failure } = authorization.getSnapshot();
  const said = element('div');
  const signOut = () => authorization.signOut().then((report) => onSignedOut(signOutWords(report)));
  return [
    person(said),
    element('h2', {}, 'You let this page'),
    element('ul', {}, ...(info ? abilitiesOf(info) : []).map((ability) => element('li', {}, ability))),
    notice(failure?.message ?? null),
    said,
    actions(button('Sign out', () => void signOut(), plain)),
  ];
}

export function profile() {
  const { info, failure } = authorization.getSnapshot();
  const said = element('div');
  const renew = button('Renew now', () => void renewNow(), plain);
  async function renewNow(): Promise<void> {
    renew.disabled = true;
    renew.textContent = 'Renewing…';
    await authorization.session.renew().catch((error: unknown) => tell(said, error));
    renew.disabled = false;
    renew.textContent = 'Renew now';
  }
  const entry = (name: string, value: string) => [element('dt', {}, name), element('dd', {}, value)];
  return [
    person(said),
    element('h2', {}, 'Your access token'),
    element(
      'dl',
      {},
      ...entry('Since', clockTime(info?.obtainedAt ?? null)),
      ...entry('Runs out', clockTime(info?.expiresAt ?? null)),
      ...entry('Scopes', info?.scopes.join(', ') ?? ''),
    ),
    notice(failure?.message ?? null),
    said,
    actions(renew),
  ];
}

export const closing = () => [
  heading('You can close this window'),
  quiet('The page you came from has taken over.'),
];

/** Whose page it is, as soon as X has said so. What it said is gone with the elements that show it. */
function person(said: HTMLElement) {
  const face = element('span', { className: 'face', ariaHidden: 'true' });
  const [name, handle] = [heading('You'), quiet('Asking X who you are…')];
  loadPerson(authorization.session, new AbortController().signal).then(
    (person) => {
      face.textContent = person.name.slice(0, 1);
      name.textContent = person.name;
      handle.textContent = `@${person.username}`;
    },
    (error: unknown) => tell(said, error),
  );
  return element('div', { className: 'person' }, face, element('div', {}, name, handle));
}

function tell(said: HTMLElement, error: unknown): void {
  const words = notice(faultWords(error));
  said.replaceChildren(...(words ? [words] : []));
}
