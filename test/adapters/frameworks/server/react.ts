import type { Client } from 'authchart';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { App } from '../components/react.js';
import { nothingSeen } from '../support/seen.js';

export const html = (client: Client): string =>
  renderToString(createElement(App, { client, seen: nothingSeen() }));
