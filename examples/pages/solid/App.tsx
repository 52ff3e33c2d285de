import { useAuthorization, useSession } from 'authchart/solid';
import { For, Match, Switch, createEffect, createMemo, createSignal, onCleanup } from 'solid-js';
import { landing } from '../app/client.js';
import { currentPath, followLink, onNavigation } from '../app/routes.js';
import { focusHeading, screenOf, standing } from '../app/screens.js';
import type { Outcome } from '../app/screens.js';
import { statusWords } from '../app/words.js';
import { Home } from './Home.js';
import { Profile } from './Profile.js';
import { Closing, Failure, Waiting, Welcome } from './screens.js';

const links = [
  { text: 'Home', to: '/' },
  { text: 'Profile', to: '/profile' },
];

export function App() {
  const { status } = useAuthorization();
  const { signedIn } = useSession();
  const [path, setPath] = createSignal(currentPath());
  const [outcome, setOutcome] = createSignal<Outcome>(null);
  const [notice, setNotice] = createSignal<string | null>(null);
  const screen = createMemo(() => screenOf(path(), { status: status(), signedIn: signedIn() }, outcome()));

  onCleanup(onNavigation(() => setPath(currentPath())));
  void landing.then((landed) => setOutcome(landed.outcome));
  createEffect(() => {
    if (screen()) focusHeading();
  });

  return (
    <>
      <header>
        <nav aria-label="Pages">
          <For each={links}>
            {({ text, to }) => (
              <a
                href={to}
                aria-current={path() === to ? 'page' : undefined}
                onClick={(event) => followLink(event, event.currentTarget)}
              >
                {text}
              </a>
            )}
          </For>
        </nav>
        <p class={`status ${standing(status(), outcome())}`} role="status">
          {statusWords(status(), outcome())}
        </p>
      </header>
      <main>
        <Switch fallback={<Closing />}>
          <Match when={screen() === 'welcome'}>
            <Welcome title="Good to see you" notice={notice()} />
          </Match>
          <Match when={screen() === 'guard'}>
            <Welcome title="Your profile is behind a sign-in" notice={notice()} />
          </Match>
          <Match when={screen() === 'waiting'}>
            <Waiting />
          </Match>
          <Match when={screen() === 'failure'}>
            <Failure />
          </Match>
          <Match when={screen() === 'home'}>
            <Home onSignedOut={setNotice} />
          </Match>
          <Match when={screen() === 'profile'}>
            <Profile />
          </Match>
        </Switch>
      </main>
      <footer>Solid · authchart/solid</footer>
    </>
  );
}
