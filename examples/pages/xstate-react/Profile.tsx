import { useSelector } from '@xstate/react';
import { clockTime } from '../app/words.js';
import { PersonHeading } from '../react/PersonHeading.js';
import { actor } from './actor.js';
import { usePerson } from './usePerson.js';

export function Profile() {
  const facts = useSelector(actor, ({ context }) => context.facts);
  const failure = useSelector(actor, ({ context }) => context.failure);
  const renewing = useSelector(actor, (snapshot) => snapshot.matches({ authorized: 'renewing' }));
  const { person, fault } = usePerson();
  const notice = failure?.message ?? fault;
  if (!facts) return null;
  return (
    <>
      <PersonHeading person={person} />
      <h2>Your access token</h2>
      <dl>
        <dt>Since</dt>
        <dd>{clockTime(facts.obtainedAt)}</dd>
        <dt>Runs out</dt>
        <dd>{clockTime(facts.expiresAt)}</dd>
        <dt>Scopes</dt>
        <dd>{facts.scopes.join(', ')}</dd>
      </dl>
      {notice && <p className="notice">{notice}</p>}
      <div className="actions">
        <button className="plain" disabled={renewing} onClick={() => actor.send({ type: 'session.renew' })}>
          {renewing ? 'Renewing…' : 'Renew now'}
        </button>
      </div>
    </>
  );
}
