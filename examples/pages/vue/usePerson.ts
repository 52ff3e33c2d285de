import { useSession } from 'authchart/vue';
import { onUnmounted, shallowRef, watchEffect } from 'vue';
import { faultWords, loadPerson } from '../app/person.js';
import type { Person } from '../app/person.js';

export function usePerson() {
  const { session } = useSession();
  const person = shallowRef<Person | null>(null);
  const fault = shallowRef<string | null>(null);
  const leaving = new AbortController();
  onUnmounted(() => leaving.abort());

  watchEffect(() => {
    if (!session.value) return;
    loadPerson(session.value, leaving.signal).then(
      (loaded) => (person.value = loaded),
      (error: unknown) => (fault.value = faultWords(error)),
    );
  });
  return { person, fault };
}
