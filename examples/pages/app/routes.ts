const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());

addEventListener('popstate', tell);

/** The whole router: two pages. */
export const currentPath = (): string => location.pathname;

export function onNavigation(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Links stay links: they can be opened in a tab of their own. */
export function followLink(event: MouseEvent, link: HTMLAnchorElement): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  history.pushState(null, '', link.href);
  tell();
}
