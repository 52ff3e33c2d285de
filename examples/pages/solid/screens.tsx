import { useAuthorization } from 'authchart/solid';
import { Show } from 'solid-js';
import { byRedirect, inWindow, makeReady, remedyOf } from '../app/sign-in.js';
import { failureWords, leadWords, waitingWords } from '../app/words.js';

export function Welcome(props: { readonly title: string; readonly notice: string | null }) {
  const authorization = useAuthorization();
  const ready = () => makeReady(authorization.status(), authorization);
  return (
    <>
      <h1 tabindex="-1">{props.title}</h1>
      <p class="quiet">{leadWords}</p>
      <Show when={props.notice}>
        <p class="notice">{props.notice}</p>
      </Show>
      <div class="actions">
        <button onClick={() => byRedirect(authorization)}>Sign in with X</button>
        <button class="plain" onPointerEnter={ready} onFocus={ready} onClick={() => inWindow(authorization)}>
          Sign in in a window
        </button>
      </div>
    </>
  );
}

export function Waiting() {
  const { status, cancel } = useAuthorization();
  const words = () => waitingWords(status());
  return (
    <>
      <h1 tabindex="-1">{words().title}</h1>
      <p class="quiet">{words().text}</p>
      <Show when={status() === 'awaitingUser'}>
        <div class="actions">
          <button class="plain" onClick={cancel}>
            Cancel
          </button>
        </div>
      </Show>
    </>
  );
}

export function Failure() {
  const { failure, retryable, retry, cancel, signIn } = useAuthorization();
  return (
    <Show when={failure()}>
      {(failed) => {
        const words = () => failureWords(failed());
        const remedy = () => remedyOf(failed(), retryable());
        return (
          <>
            <h1 tabindex="-1">{words().title}</h1>
            <p>{words().text}</p>
            <p class="fault">
              <code>{failed().code}</code> {failed().message}
            </p>
            <div class="actions">
              <Show when={remedy()}>
                {(what) => (
                  <button onClick={() => (what().way === 'retry' ? retry() : byRedirect({ signIn }))}>
                    {what().label}
                  </button>
                )}
              </Show>
              <button class="plain" onClick={cancel}>
                Back
              </button>
            </div>
          </>
        );
      }}
    </Show>
  );
}

export function Closing() {
  return (
    <>
      <h1 tabindex="-1">You can close this window</h1>
      <p class="quiet">The page you came from has taken over.</p>
    </>
  );
}
