import { AuthorizationProvider, useAuthorization, useSession } from 'authchart/solid';
import type { Client } from 'authchart';
import { createComponent, createRenderEffect } from 'solid-js';
import type { JSX } from 'solid-js';
import type { Seen } from '../support/seen.js';

/** What Solid's compiler makes of `<p>{text()}</p>` and `<button onClick={click}>{text()}</button>`. */
export interface Elements {
  p(text: () => string): JSX.Element;
  button(text: () => string, click: () => void): JSX.Element;
}

/** The panel for a page or for a server, which differ in what an element is. */
export function panelOf({ p, button }: Elements) {
  function Who({ seen }: { readonly seen: Seen }): JSX.Element {
    const { signedIn, info, session } = useSession();
    createRenderEffect(() => seen.sessions.push({ signedIn: signedIn(), info: info(), session: session() }));
    return p(() => info()?.scopes.join(' ') ?? 'nobody');
  }

  function Panel({ seen }: { readonly seen: Seen }): JSX.Element {
    const { status, busy, signIn } = useAuthorization();
    createRenderEffect(() => seen.statuses.push(status()));
    createRenderEffect(() => seen.busy.push(busy()));
    return button(status, () => signIn());
  }

  const Root = (props: { readonly client: Client; readonly seen: Seen }): JSX.Element =>
    createComponent(AuthorizationProvider, {
      client: props.client,
      get children() {
        return [createComponent(Who, { seen: props.seen }), createComponent(Panel, { seen: props.seen })];
      },
    });

  return { Panel, Root };
}
