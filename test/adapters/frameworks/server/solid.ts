import type { Client } from 'authchart';
import { createComponent } from 'solid-js';
import { escape, renderToString, ssr, ssrHydrationKey } from 'solid-js/web';
import { nothingSeen } from '../support/seen.js';
import { panelOf } from '../components/solid.js';

const element = (tag: string) => (text: () => string) =>
  ssr([`<${tag}`, '>', `</${tag}>`], ssrHydrationKey(), escape(text())) as never;
const { Root } = panelOf({ p: element('p'), button: element('button') });

export const html = (client: Client): string =>
  renderToString(() => createComponent(Root, { client, seen: nothingSeen() }));
