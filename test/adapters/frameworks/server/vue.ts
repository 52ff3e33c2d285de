import type { Client } from 'authchart';
import { authorizationPlugin } from 'authchart/vue';
import { createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { panel } from '../components/vue.js';
import { nothingSeen } from '../support/seen.js';

export const html = (client: Client): Promise<string> =>
  renderToString(createSSRApp(panel(nothingSeen())).use(authorizationPlugin(client)));
