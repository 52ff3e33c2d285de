import { createComponent } from 'solid-js';
import { getNextElement, hydrate, insert, render, template } from 'solid-js/web';
import { describe } from 'vitest';
import { panelOf } from './components/solid.js';
import { frameworkContract } from './support/contract.js';
import type { Harness } from './support/harness.js';
import { nothingSeen } from './support/seen.js';

const templates = { p: template('<p>'), button: template('<button>') };
const { Panel, Root } = panelOf({
  p(text) {
    const element = getNextElement(templates.p);
    insert(element, text);
    return element as never;
  },
  button(text, click) {
    const element = getNextElement(templates.button);
    Object.assign(element, { onclick: click });
    insert(element, text);
    return element as never;
  },
});

const harness: Harness = {
  framework: 'solid',
  mount: (place, client, seen) => render(() => createComponent(Root, { client, seen }), place as never),
  hydrate(place, client, seen) {
    Object.assign(globalThis, { _$HY: { events: [], completed: new WeakSet(), r: {} } });
    return hydrate(() => createComponent(Root, { client, seen }), place as never);
  },
  orphan: (place) => render(() => createComponent(Panel, { seen: nothingSeen() }), place as never),
  settle: async () => {},
};

describe('authchart/solid', () => {
  frameworkContract(harness);
});
