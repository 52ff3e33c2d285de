import { useSession } from 'authchart/react';
import { useEffect, useState } from 'react';
import { faultWords, loadPerson } from '../app/person.js';
import type { Person } from '../app/person.js';

export function usePerson() {
  const { session } = useSession();
  const [person, setPerson] = useState<Person | null>(null);
  const [fault, setFault] = useState<string | null>(null);

  useEffect(() => {
    if (!session) return;
    const leaving = new AbortController();
    loadPerson(session, leaving.signal).then(setPerson, (error: unknown) => setFault(faultWords(error)));
    return () => leaving.abort();
  }, [session]);

  return { person, fault };
}
