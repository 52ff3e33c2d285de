import { useAuthorization, useSession } from 'authchart/solid';
import { For, Show } from 'solid-js';
import { abilitiesOf, signOutWords } from '../app/words.js';
import { PersonHeading } from './PersonHeading.js';
import { usePerson } from './usePerson.js';

export function Home(props: { readonly onSignedOut: (notice: string | null) => void }) {
  const { failure, signOut } = useAuthorization();
  const { info } = useSession();
  const { person, fault } = usePerson();
  const notice = () => failure()?.message ?? fault();
  return (
    <Show when={info()}>
      {(facts) => (
        <>
          <PersonHeading person={person()} />
          <h2>You let this page</h2>
          <ul>
            <For each={abilitiesOf(facts())}>{(ability) => <li>{ability}</li>}</For>
          </ul>
          <Show when={notice()}>
            <p class="notice">{notice()}</p>
          </Show>
          <div class="actions">
            <button
              class="plain"
              onClick={() => void signOut().then((report) => props.onSignedOut(signOutWords(report)))}
            >
              Sign out
            </button>
          </div>
        </>
      )}
    </Show>
  );
}
