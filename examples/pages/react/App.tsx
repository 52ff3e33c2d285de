import { useAuthorization, useSession } from 'authchart/react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { landing } from '../app/client.js';
import { currentPath, onNavigation } from '../app/routes.js';
import { focusHeading, screenOf, standing } from '../app/screens.js';
import type { Outcome } from '../app/screens.js';
import { statusWords } from '../app/words.js';
import { Closing } from './Closing.js';
import { Home } from './Home.js';
import { Navigation } from './Navigation.js';
import { Profile } from './Profile.js';
import { Failure, Waiting, Welcome } from './screens.js';

export function App() {
  const status = useAuthorization(({ status }) => status);
  const { signedIn } = useSession();
  const path = useSyncExternalStore(onNavigation, currentPath);
  const [outcome, setOutcome] = useState<Outcome>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const screen = screenOf(path, { status, signedIn }, outcome);

  useEffect(() => void landing.then(({ outcome }) => setOutcome(outcome)), []);
  useEffect(focusHeading, [screen]);

  return (
    <>
      <header>
        <Navigation path={path} />
        <p className={`status ${standing(status, outcome)}`} role="status">
          {statusWords(status, outcome)}
        </p>
      </header>
      <main>
        {screen === 'welcome' && <Welcome title="Good to see you" notice={notice} />}
        {screen === 'guard' && <Welcome title="Your profile is behind a sign-in" notice={notice} />}
        {screen === 'waiting' && <Waiting />}
        {screen === 'failure' && <Failure />}
        {screen === 'home' && <Home onSignedOut={setNotice} />}
        {screen === 'profile' && <Profile />}
        {screen === 'closing' && <Closing />}
      </main>
      <footer>React · authchart/react</footer>
    </>
  );
}
