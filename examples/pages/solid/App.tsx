import { useAuthorization, useSession } from 'authchart/solid';
import { For, Match, Switch, createEffect, createMemo, createSignal, onCleanup } from 'solid-js';
import { landing } from '../app/client.js';
import { currentPath, followLink, onNavigation } from '../app/routes.js';
import { focusHeading, screenOf } from '../app/screens.js';
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
  const [handedOver, setHandedOver] = createSignal(false);
  const [notice, setNotice] = createSignal<string | null>(null);
  const screen = createMemo(() => screenOf(path(), { status: status(), signedIn: signedIn() }, handedOver()));

  onCleanup(onNavigation(() => setPath(currentPath())));
  void landing.then(({ outcome }) => setHandedOver(outcome === 'handedOver'));
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
        <p class={`status ${status()}`} role="status">
          {handedOver() ? 'Done' : statusWords[status()]}
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
