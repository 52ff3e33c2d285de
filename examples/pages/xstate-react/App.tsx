import { useSelector } from '@xstate/react';
import type { Landing } from 'authchart/browser';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { landing } from '../app/client.js';
import { currentPath, onNavigation } from '../app/routes.js';
import { focusHeading, screenOf, standing } from '../app/screens.js';
import { signOutWords, statusWords } from '../app/words.js';
import { Closing } from '../react/Closing.js';
import { Navigation } from '../react/Navigation.js';
import { actor, statusOf } from './actor.js';
import { Home } from './Home.js';
import { Profile } from './Profile.js';
import { Failure, Waiting, Welcome } from './screens.js';

export function App() {
  const status = useSelector(actor, statusOf);
  const signedIn = useSelector(actor, (snapshot) => snapshot.hasTag('signedIn'));
  const failure = useSelector(actor, ({ context }) => context.failure);
  const path = useSyncExternalStore(onNavigation, currentPath);
  const [landed, setLanded] = useState<Landing | null>(null);
  const [notice, setNotice] = useState<string | null>(null);

  useEffect(() => void landing.then(setLanded), []);
  useEffect(() => {
    const told = actor.on('session.signedOut', ({ report }) => setNotice(report && signOutWords(report)));
    return () => told.unsubscribe();
  }, []);

  // What became of a callback that this page was opened with, until something else is done about it.
  const refused = landed?.outcome === 'failed' && status === 'signedOut' ? landed.failure : null;
  const shown = refused ? 'failed' : standing(status, landed?.outcome ?? null);
  const outcome = landed?.outcome ?? null;
  const screen = screenOf(path, { status: shown, signedIn }, outcome);
  useEffect(focusHeading, [screen]);

  return (
    <>
      <header>
        <Navigation path={path} />
        <p className={`status ${shown}`} role="status">
          {statusWords(shown, outcome)}
        </p>
      </header>
      <main>
        {screen === 'welcome' && <Welcome title="Good to see you" notice={notice} />}
        {screen === 'guard' && <Welcome title="Your profile is behind a sign-in" notice={notice} />}
        {screen === 'waiting' && <Waiting status={shown} />}
        {screen === 'failure' && (
          <Failure failure={refused ?? failure} onBack={() => setLanded({ outcome: 'elsewhere' })} />
        )}
        {screen === 'home' && <Home />}
        {screen === 'profile' && <Profile />}
        {screen === 'closing' && <Closing />}
      </main>
      <footer>XState and React · @xstate/react</footer>
    </>
  );
}
