import { useAuthorization, useSession } from 'authchart/react';
import { abilitiesOf, signOutWords } from '../app/words.js';
import { PersonHeading } from './PersonHeading.js';
import { usePerson } from './usePerson.js';

export function Home({ onSignedOut }: { readonly onSignedOut: (notice: string | null) => void }) {
  const { failure, signOut } = useAuthorization();
  const { info } = useSession();
  const { person, fault } = usePerson();
  const notice = failure?.message ?? fault;
  if (!info) return null;
  return (
    <>
      <PersonHeading person={person} />
      <h2>You let this page</h2>
      <ul>
        {abilitiesOf(info).map((ability) => (
          <li key={ability}>{ability}</li>
        ))}
      </ul>
      {notice && <p className="notice">{notice}</p>}
      <div className="actions">
        <button
          className="plain"
          onClick={() => void signOut().then((report) => onSignedOut(signOutWords(report)))}
        >
          Sign out
        </button>
      </div>
    </>
  );
}
