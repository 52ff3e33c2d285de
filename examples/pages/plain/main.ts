import { client, landing } from '../app/client.js';
import { currentPath, followLink, onNavigation } from '../app/routes.js';
import { focusHeading, screenOf, standing } from '../app/screens.js';
import type { Outcome, Screen } from '../app/screens.js';
import { statusWords } from '../app/words.js';
import { element } from './elements.js';
import { closing, failure, home, profile, waiting, welcome } from './screens.js';

const authorization = client.authorization();
let outcome: Outcome = null;
let parting: string | null = null;

const link = (text: string, href: string) => {
  const made = element('a', { href, onclick: (event) => followLink(event, made) }, text);
  return made;
};
const links = [link('Home', '/'), link('Profile', '/profile')];
const navigation = element('nav', { ariaLabel: 'Pages' }, ...links);
const status = element('p', { role: 'status' });
const main = element('main');

document
  .querySelector('#app')
  ?.append(
    element('header', {}, navigation, status),
    main,
    element('footer', {}, 'No framework · authchart/browser'),
  );

const screens: Readonly<Record<Screen, () => readonly (Node | string | false | null)[]>> = {
  welcome: () => welcome('Good to see you', parting),
  guard: () => welcome('Your profile is behind a sign-in', parting),
  waiting,
  failure,
  home: () =>
    home((words) => {
      parting = words;
      render();
    }),
  profile,
  closing,
};

let shown = '';

function render(): void {
  const view = authorization.getSnapshot();
  const path = currentPath();
  for (const made of links) made.ariaCurrent = made.pathname === path ? 'page' : null;
  status.className = `status ${standing(view.status, outcome)}`;
  status.textContent = statusWords(view.status, outcome);

  const screen = screenOf(path, view, outcome);
  // Buttons stay the same ones while a request is made ready for their click.
  const { failure, info } = view;
  const next = JSON.stringify([screen, screen === 'waiting' && view.status, failure, info, parting]);
  if (next === shown) return;
  shown = next;
  main.replaceChildren(...screens[screen]().filter((child) => child !== null && child !== false));
  focusHeading();
}

authorization.subscribe(render);
onNavigation(render);
void landing.then((landed) => {
  ({ outcome } = landed);
  render();
});
render();
