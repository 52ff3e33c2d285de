import { WEB_STORE_PREFIX } from './names.js';

const RETURN_TO = 'authchart:returnTo';

/** Remembers, over the way to the provider and back, which page of this tab the sign-in began on. */
export function rememberReturn(): void {
  const { pathname, search, hash } = location;
  // A page that may not store anything comes back to its callback address instead.
  attempt(() => sessionStorage.setItem(RETURN_TO, pathname + search + hash));
}

/** Where it began, once; `null` if no redirect of this tab is under way. */
export function takeReturn(): string | null {
  return (
    attempt(() => {
      const path = sessionStorage.getItem(RETURN_TO);
      sessionStorage.removeItem(RETURN_TO);
      return path;
    }) ?? null
  );
}

/**
 * A window inherits a copy of its opener's session storage, pending sign-ins included. Were they left there, both could
 * spend the same code.
 */
export function forgetInherited(opened: Window): void {
  attempt(() => {
    const isOurs = (key: string) => key === RETURN_TO || key.startsWith(WEB_STORE_PREFIX);
    const inherited = Object.keys(opened.sessionStorage).filter(isOurs);
    for (const key of inherited) opened.sessionStorage.removeItem(key);
  });
}

/** Storage that is switched off or full throws at a touch, and holds nothing of ours. */
function attempt<Result>(touch: () => Result): Result | undefined {
  try {
    return touch();
  } catch {
    return undefined;
  }
}
