import { useSelector } from '@xstate/react';
import { abilitiesOf } from '../app/words.js';
import { PersonHeading } from '../react/PersonHeading.js';
import { actor } from './actor.js';
import { usePerson } from './usePerson.js';

export function Home() {
  const facts = useSelector(actor, ({ context }) => context.facts);
  const failure = useSelector(actor, ({ context }) => context.failure);
  const { person, fault } = usePerson();
  const notice = failure?.message ?? fault;
  if (!facts) return null;
  return (
    <>
      <PersonHeading person={person} />
      <h2>You let this page</h2>
      <ul>
        {abilitiesOf(facts).map((ability) => (
          <li key={ability}>{ability}</li>
        ))}
      </ul>
      {notice && <p className="notice">{notice}</p>}
      <div className="actions">
        <button className="plain" onClick={() => actor.send({ type: 'session.signOut' })}>
          Sign out
        </button>
      </div>
    </>
  );
}
