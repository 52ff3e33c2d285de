import type { Client } from 'authchart';
import { AuthorizationProvider, useAuthorization, useSession } from 'authchart/react';
import { createElement } from 'react';
import type { ReactNode } from 'react';
import type { Seen } from '../support/seen.js';

interface Props {
  readonly seen: Seen;
}

function Who({ seen }: Props): ReactNode {
  const session = useSession();
  seen.sessions.push(session);
  return createElement('p', null, session.info?.scopes.join(' ') ?? 'nobody');
}

function Busy({ seen }: Props): ReactNode {
  seen.busy.push(useAuthorization(({ busy }) => busy));
  return null;
}

function Button({ seen }: Props): ReactNode {
  const { status, signIn } = useAuthorization();
  seen.statuses.push(status);
  return createElement('button', { onClick: () => signIn() }, status);
}

export const Panel = ({ seen }: Props): ReactNode =>
  [Who, Busy, Button].map((part, key) => createElement(part, { seen, key }));

export const App = ({ client, seen }: Props & { readonly client: Client }): ReactNode =>
  createElement(AuthorizationProvider, { client }, createElement(Panel, { seen }));
