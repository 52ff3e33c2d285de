import { useSession } from 'authchart/svelte';
import { faultWords, loadPerson } from '../app/person.js';
import type { Person } from '../app/person.js';

/** Reactive; do not destructure it. */
export function usePerson(): { readonly person: Person | null; readonly fault: string | null } {
  const signedIn = useSession();
  let person = $state.raw<Person | null>(null);
  let fault = $state<string | null>(null);

  $effect(() => {
    const { session } = signedIn;
    if (!session) return;
    const leaving = new AbortController();
    loadPerson(session, leaving.signal).then(
      (loaded) => (person = loaded),
      (error: unknown) => (fault = faultWords(error)),
    );
    return () => leaving.abort();
  });

  return {
    get person() {
      return person;
    },
    get fault() {
      return fault;
    },
  };
}
