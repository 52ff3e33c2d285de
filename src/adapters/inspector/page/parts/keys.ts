export interface Acts {
  back(): void;
  forth(): void;
  first(): void;
  live(): void;
  next(): void;
}

/** Keys that work wherever one is, except where they have a meaning already. */
export function hearKeys({ back, forth, first, live, next }: Acts): void {
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: back,
    ArrowRight: forth,
    Home: first,
    End: live,
    n: next,
    N: next,
    Enter: next,
  };
  document.addEventListener('keydown', (event) => {
    const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (!act || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && hasOwnMeaning(event.target, event.key)) return;
    event.preventDefault();
    // A key that is held down goes through time, and lets nothing happen.
    if (event.repeat && act === next) return;
    act();
  });
}

function hasOwnMeaning(target: Element, key: string): boolean {
  if (target.closest('input, select, textarea, dialog')) return true;
  if (key === 'Enter') return target.closest('button, summary, a') !== null;
  // What scrolls by these keys scrolls.
  return key !== 'n' && key !== 'N' && target.closest('#chart') !== null;
}
