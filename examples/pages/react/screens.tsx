import { useAuthorization } from 'authchart/react';
import { byRedirect, inWindow, makeReady, remedyOf } from '../app/sign-in.js';
import { failureWords, leadWords, waitingWords } from '../app/words.js';

export function Welcome({ title, notice }: { readonly title: string; readonly notice: string | null }) {
  const authorization = useAuthorization();
  const ready = () => makeReady(authorization.status, authorization);
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <p className="quiet">{leadWords}</p>
      {notice && <p className="notice">{notice}</p>}
      <div className="actions">
        <button onClick={() => byRedirect(authorization)}>Sign in with X</button>
        <button
          className="plain"
          onPointerEnter={ready}
          onFocus={ready}
          onClick={() => inWindow(authorization)}
        >
          Sign in in a window
        </button>
      </div>
    </>
  );
}

export function Waiting() {
  const { status, cancel } = useAuthorization();
  const { title, text } = waitingWords(status);
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <p className="quiet">{text}</p>
      {status === 'awaitingUser' && (
        <div className="actions">
          <button className="plain" onClick={cancel}>
            Cancel
          </button>
        </div>
      )}
    </>
  );
}

export function Failure() {
  const { failure, retryable, retry, cancel, signIn } = useAuthorization();
  if (!failure) return null;
  const { title, text } = failureWords(failure);
  const remedy = remedyOf(failure, retryable);
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <p>{text}</p>
      <p className="fault">
        <code>{failure.code}</code> {failure.message}
      </p>
      <div className="actions">
        {remedy && (
          <button onClick={() => (remedy.way === 'retry' ? retry() : byRedirect({ signIn }))}>
            {remedy.label}
          </button>
        )}
        <button className="plain" onClick={cancel}>
          Back
        </button>
      </div>
    </>
  );
}
