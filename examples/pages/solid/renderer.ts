import { createRenderer } from 'solid-js/universal';

/**
 * Solid's own output for pages sets `innerHTML`, and Solid names no Trusted Types policy for it. This renderer makes
 * elements one by one, so that a page can forbid every sink: `trusted-types 'none'`. A page without that rule needs
 * neither this file nor the setting that names it.
 */
export const {
  render,
  effect,
  memo,
  createComponent,
  createElement,
  createTextNode,
  insertNode,
  insert,
  spread,
  setProp,
  mergeProps,
  use,
} = createRenderer<Node>({
  createElement: (name) => document.createElement(name),
  createTextNode: (value) => document.createTextNode(value),
  replaceText: (node, value) => void (node.nodeValue = value),
  isTextNode: (node) => node.nodeType === Node.TEXT_NODE,
  insertNode: (parent, node, anchor) => void parent.insertBefore(node, anchor ?? null),
  removeNode: (parent, node) => void parent.removeChild(node),
  setProperty(node, name, value) {
    const element = node as HTMLElement;
    if (name.startsWith('on')) Object.assign(element, { [name.toLowerCase()]: value });
    else if (value === undefined || value === null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? '' : String(value));
  },
  getParentNode: (node) => node.parentNode ?? undefined,
  getFirstChild: (node) => node.firstChild ?? undefined,
  getNextSibling: (node) => node.nextSibling ?? undefined,
});
