import { useAuthorization, useSession } from 'authchart/solid';
import { Show, createSignal } from 'solid-js';
import { faultWords } from '../app/person.js';
import { clockTime } from '../app/words.js';
import { PersonHeading } from './PersonHeading.js';
import { usePerson } from './usePerson.js';

export function Profile() {
  const { failure } = useAuthorization();
  const { session, info } = useSession();
  const { person, fault } = usePerson();
  const [renewing, setRenewing] = createSignal(false);
  const [refusal, setRefusal] = createSignal<string | null>(null);
  const notice = () => failure()?.message ?? refusal() ?? fault();

  async function renew() {
    setRenewing(true);
    setRefusal(null);
    await session()
      ?.renew()
      .catch((error: unknown) => setRefusal(faultWords(error)));
    setRenewing(false);
  }

  return (
    <Show when={info()}>
      {(facts) => (
        <>
          <PersonHeading person={person()} />
          <h2>Your access token</h2>
          <dl>
            <dt>Since</dt>
            <dd>{clockTime(facts().obtainedAt)}</dd>
            <dt>Runs out</dt>
            <dd>{clockTime(facts().expiresAt)}</dd>
            <dt>Scopes</dt>
            <dd>{facts().scopes.join(', ')}</dd>
          </dl>
          <Show when={notice()}>
            <p class="notice">{notice()}</p>
          </Show>
          <div class="actions">
            <button class="plain" disabled={renewing()} onClick={() => void renew()}>
              {renewing() ? 'Renewing…' : 'Renew now'}
            </button>
          </div>
        </>
      )}
    </Show>
  );
}
