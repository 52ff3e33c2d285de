import { cut } from '../model/format.js';

export type Child = Node | string | null;

export interface Attributes {
  readonly [name: string]: string | number | boolean | null;
}

/** An element. Texts become text, whatever they hold; `true` is an empty attribute, `false` and `null` are none. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  return filled(document.createElement(name), attributes, children);
}

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function filled<Found extends Element>(
  element: Found,
  attributes: Attributes,
  children: readonly Child[],
): Found {
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Makes the children of an element these, and leaves those in peace that stay: focus and open details among them. */
export function arrange(parent: Element, children: readonly Node[]): void {
  let at: ChildNode | null = parent.firstChild;
  for (const child of children) {
    if (child === at) at = at.nextSibling;
    else parent.insertBefore(child, at);
  }
  while (at) {
    const following: ChildNode | null = at.nextSibling;
    at.remove();
    at = following;
  }
}

/** Writes only what is new, so that a screen reader reads only what is new. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function part<Name extends keyof HTMLElementTagNameMap>(
  id: string,
  name: Name,
): HTMLElementTagNameMap[Name] {
  const found = document.getElementById(id);
  if (found?.localName !== name) throw new Error(`The page has no ${name} #${id}.`);
  return found as HTMLElementTagNameMap[Name];
}

/** A dotted path that may be broken after each dot. */
export const breakable = (path: string): Child[] =>
  cut(path)
    .split(/(?<=[./])/)
    .flatMap((key) => [key, el('wbr')]);

/** Shows or hides, without touching what is there. */
export function show(element: HTMLElement, isShown: boolean): void {
  if (element.hidden === isShown) element.hidden = !isShown;
}

/** In a box of its own that scrolls; where the page scrolls instead, it is left alone. */
export function bring(item: HTMLElement, box: HTMLElement): void {
  if (box.scrollHeight <= box.clientHeight) return;
  const [inner, outer] = [item.getBoundingClientRect(), box.getBoundingClientRect()];
  if (inner.top < outer.top || inner.height > outer.height) box.scrollTop += inner.top - outer.top;
  else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
}
