import { AuthError } from '../../services/auth-error.js';

export type Place = 'sessionStorage' | 'IndexedDB' | 'The Web Locks API';

const ADVICE: Readonly<Record<string, string>> = {
  SecurityError:
    'is closed to this page: the person blocks site data, or the page runs in a sandboxed or third-party frame. Ask them to allow site data for this site, and sign in on a page of its own, not in a frame.',
  QuotaExceededError:
    'is full for this origin. Remove what the site no longer needs, or ask the person to free disk space.',
};

/** Messages of browsers may quote keys and values: the name of the error alone is passed on. */
export function faultOf(thrown: unknown, place: Place): AuthError {
  if (thrown instanceof AuthError) return thrown;
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'VersionError') return new AuthError('record_other_version');
  if (name === 'NotFoundError') return foreign(place);
  const known = /^[A-Z]\w{2,40}Error$/.test(name) ? `failed with ${name}.` : 'failed.';
  return unavailable(place, ADVICE[name] ?? known);
}

export function unavailable(place: Place, what: string): AuthError {
  return new AuthError('store_unavailable', { detail: `${place} ${what}` });
}

/** Server rendering runs the same modules, and must not find out from a ReferenceError. */
export function missing(place: Place): AuthError {
  return unavailable(
    place,
    'is not there: this is no page of a browser. On a server use a store for servers.',
  );
}

export function foreign(place: Place): AuthError {
  return new AuthError('record_unreadable', { detail: `What lies in ${place} under our name is not ours.` });
}
