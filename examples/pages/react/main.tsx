import { AuthorizationProvider } from 'authchart/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { client } from '../app/client.js';
import { App } from './App.js';

createRoot(document.querySelector('#app')!).render(
  <StrictMode>
    <AuthorizationProvider client={client}>
      <App />
    </AuthorizationProvider>
  </StrictMode>,
);
