import type { Person } from '../app/person.js';

export function PersonHeading(props: { readonly person: Person | null }) {
  return (
    <div class="person">
      <span class="face" aria-hidden="true">
        {props.person?.name.slice(0, 1)}
      </span>
      <div>
        <h1 tabindex="-1">{props.person?.name ?? 'You'}</h1>
        <p class="quiet">{props.person ? `@${props.person.username}` : 'Asking X who you are…'}</p>
      </div>
    </div>
  );
}
