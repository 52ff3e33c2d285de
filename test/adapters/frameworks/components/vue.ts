import { useAuthorization, useSession } from 'authchart/vue';
import { defineComponent, h, watchEffect } from 'vue';
import type { Seen } from '../support/seen.js';

const who = (seen: Seen) =>
  defineComponent(() => {
    const { signedIn, info, session } = useSession();
    return () => {
      seen.sessions.push({ signedIn: signedIn.value, info: info.value, session: session.value });
      return h('p', info.value?.scopes.join(' ') ?? 'nobody');
    };
  });

export const button = (seen: Seen) =>
  defineComponent(() => {
    const { status, busy, signIn } = useAuthorization();
    watchEffect(() => void seen.busy.push(busy.value));
    return () => {
      seen.statuses.push(status.value);
      return h('button', { onClick: () => signIn() }, status.value);
    };
  });

export function panel(seen: Seen) {
  const [Who, Button] = [who(seen), button(seen)];
  return defineComponent(() => () => [h(Who), h(Button)]);
}
