import { AuthorizationProvider } from 'authchart/solid';
import { client } from '../app/client.js';
import { App } from './App.js';
import { render } from './renderer.js';

render(
  () =>
    (
      <AuthorizationProvider client={client}>
        <App />
      </AuthorizationProvider>
    ) as unknown as Node,
  document.querySelector('#app')!,
);
