import { WEB_STORE_PREFIX } from './names.js';

const RETURN = 'authchart:return';
const MARK = 6;

/**
 * Remembers, over the way to the provider and back, which page of this tab the sign-in began on. The end of the state is
 * kept with it, too little to be of use to anybody: a callback of somebody else's must not take it.
 */
export function rememberReturn(state: string): void {
  const { pathname, search, hash } = location;
  const kept = { path: pathname + search + hash, mark: state.slice(-MARK) };
  // A page that may not store anything comes back to its callback address instead.
  attempt(() => sessionStorage.setItem(RETURN, JSON.stringify(kept)));
}

/** Where it began, once; `null` if this tab was not redirected for that state. */
export function takeReturn(state: string): string | null {
  const kept = attempt(() => JSON.parse(sessionStorage.getItem(RETURN) ?? 'null') as unknown);
  const { path, mark } = (kept ?? {}) as { readonly path?: unknown; readonly mark?: unknown };
  if (typeof path !== 'string' || !path.startsWith('/') || mark !== state.slice(-MARK)) return null;
  attempt(() => sessionStorage.removeItem(RETURN));
  return path;
}

/**
 * A window inherits a copy of its opener's session storage, pending sign-ins included. Were they left there, both could
 * spend the same code.
 */
export function forgetInherited(opened: Window): void {
  attempt(() => {
    const isOurs = (key: string) => key === RETURN || key.startsWith(WEB_STORE_PREFIX);
    const inherited = Object.keys(opened.sessionStorage).filter(isOurs);
    for (const key of inherited) opened.sessionStorage.removeItem(key);
  });
}

/** Storage that is switched off or full throws at a touch; the sign-in itself says so, where it needs it. */
function attempt<Result>(touch: () => Result): Result | undefined {
  try {
    return touch();
  } catch {
    return undefined;
  }
}
