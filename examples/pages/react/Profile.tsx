import { useAuthorization, useSession } from 'authchart/react';
import { useState } from 'react';
import { faultWords } from '../app/person.js';
import { clockTime } from '../app/words.js';
import { PersonHeading } from './PersonHeading.js';
import { usePerson } from './usePerson.js';

export function Profile() {
  const { session, info } = useSession();
  const failure = useAuthorization(({ failure }) => failure);
  const { person, fault } = usePerson();
  const [renewing, setRenewing] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const notice = failure?.message ?? refusal ?? fault;
  if (!session || !info) return null;

  async function renew() {
    setRenewing(true);
    setRefusal(null);
    await session?.renew().catch((error: unknown) => setRefusal(faultWords(error)));
    setRenewing(false);
  }

  return (
    <>
      <PersonHeading person={person} />
      <h2>Your access token</h2>
      <dl>
        <dt>Since</dt>
        <dd>{clockTime(info.obtainedAt)}</dd>
        <dt>Runs out</dt>
        <dd>{clockTime(info.expiresAt)}</dd>
        <dt>Scopes</dt>
        <dd>{info.scopes.join(', ')}</dd>
      </dl>
      {notice && <p className="notice">{notice}</p>}
      <div className="actions">
        <button className="plain" disabled={renewing} onClick={() => void renew()}>
          {renewing ? 'Renewing…' : 'Renew now'}
        </button>
      </div>
    </>
  );
}
