import { useEffect, useState } from 'react';
import { client } from '../app/client.js';
import { faultWords, loadPerson } from '../app/person.js';
import type { Person } from '../app/person.js';

export function usePerson() {
  const [person, setPerson] = useState<Person | null>(null);
  const [fault, setFault] = useState<string | null>(null);

  useEffect(() => {
    const leaving = new AbortController();
    const { session } = client.authorization();
    loadPerson(session, leaving.signal).then(setPerson, (error: unknown) => setFault(faultWords(error)));
    return () => leaving.abort();
  }, []);

  return { person, fault };
}
