import { useSession } from 'authchart/solid';
import { createEffect, createSignal, onCleanup } from 'solid-js';
import { faultWords, loadPerson } from '../app/person.js';
import type { Person } from '../app/person.js';

export function usePerson() {
  const { session } = useSession();
  const [person, setPerson] = createSignal<Person | null>(null);
  const [fault, setFault] = createSignal<string | null>(null);

  createEffect(() => {
    const signedIn = session();
    if (!signedIn) return;
    const leaving = new AbortController();
    onCleanup(() => leaving.abort());
    loadPerson(signedIn, leaving.signal).then(setPerson, (error: unknown) => setFault(faultWords(error)));
  });

  return { person, fault };
}
