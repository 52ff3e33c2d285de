import { Window } from 'happy-dom';

// What the frameworks look for. Not fetch, URL, crypto and the like: Node's are the true ones.
const names = [
  'document',
  'navigator',
  'Node',
  'Element',
  'HTMLElement',
  'HTMLIFrameElement',
  'HTMLMediaElement',
  'HTMLTemplateElement',
  'SVGElement',
  'ShadowRoot',
  'Text',
  'Comment',
  'DocumentFragment',
  'MutationObserver',
  'requestAnimationFrame',
  'cancelAnimationFrame',
] as const;

// Frameworks look at the page as they load, so it is there before they are.
const page = new Window({ url: 'https://app.example/' });
const given = Object.fromEntries(names.map((name) => [name, page[name]]));
for (const [name, value] of Object.entries({ ...given, window: page })) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

export interface Place {
  innerHTML: string;
  readonly textContent: string;
  querySelector(selector: string): { click(): void } | null;
  remove(): void;
}

/** An empty element of the page. */
export function place(): Place {
  const element = page.document.createElement('div');
  page.document.body.append(element);
  return element;
}
