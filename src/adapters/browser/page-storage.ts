/** What this package keeps in the storage of a page has names that begin so. */
export const PREFIX = 'authchart/';

const RETURN_TO = `${PREFIX}returnTo`;

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
    const inherited = Object.keys(opened.sessionStorage).filter((key) => key.startsWith(PREFIX));
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
