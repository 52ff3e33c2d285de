import type { Person } from '../app/person.js';

export function PersonHeading({ person }: { readonly person: Person | null }) {
  return (
    <div className="person">
      <span className="face" aria-hidden="true">
        {person?.name.slice(0, 1)}
      </span>
      <div>
        <h1 tabIndex={-1}>{person?.name ?? 'You'}</h1>
        <p className="quiet">{person ? `@${person.username}` : 'Asking X who you are…'}</p>
      </div>
    </div>
  );
}
