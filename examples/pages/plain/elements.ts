type Child = Node | string | null | false;

/** Elements without markup: Trusted Types have nothing to refuse. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== null && child !== false));
  return made;
}

export const heading = (text: string) => element('h1', { tabIndex: -1 }, text);
export const quiet = (text: string) => element('p', { className: 'quiet' }, text);
export const notice = (text: string | null) => text !== null && element('p', { className: 'notice' }, text);
export const actions = (...children: readonly Child[]) =>
  element('div', { className: 'actions' }, ...children);

export const button = (text: string, onclick: () => void, properties: Partial<HTMLButtonElement> = {}) =>
  element('button', { type: 'button', onclick, ...properties }, text);

export const plain = { className: 'plain' } as const;
