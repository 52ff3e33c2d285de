import type { AuthorizationStatus, Failure as FailureFacts } from 'authchart/browser';
import { remedyOf } from '../app/sign-in.js';
import { failureWords, leadWords, waitingWords } from '../app/words.js';
import { actor, statusOf } from './actor.js';

const byRedirect = () => actor.send({ type: 'authorization.begin', request: { userAgent: 'redirect' } });

/** For pointerenter and focus: the authorization request is ready when the click comes. */
function makeReady(): void {
  if (statusOf(actor.getSnapshot()) !== 'signedOut') return;
  actor.send({ type: 'authorization.begin', request: { userAgent: 'popup', presentation: 'onOpen' } });
}

/** For the click, and synchronously in it: browsers open windows only then. */
function inWindow(): void {
  makeReady();
  actor.send({ type: 'authorization.open' });
}

export function Welcome({ title, notice }: { readonly title: string; readonly notice: string | null }) {
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <p className="quiet">{leadWords}</p>
      {notice && <p className="notice">{notice}</p>}
      <div className="actions">
        <button onClick={byRedirect}>Sign in with X</button>
        <button className="plain" onPointerEnter={makeReady} onFocus={makeReady} onClick={inWindow}>
          Sign in in a window
        </button>
      </div>
    </>
  );
}

export function Waiting({ status }: { readonly status: AuthorizationStatus }) {
  const { title, text } = waitingWords(status);
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <p className="quiet">{text}</p>
      {status === 'awaitingUser' && (
        <div className="actions">
          <button className="plain" onClick={() => actor.send({ type: 'authorization.cancel' })}>
            Cancel
          </button>
        </div>
      )}
    </>
  );
}

interface FailureProps {
  readonly failure: FailureFacts | null;
  readonly onBack: () => void;
}

export function Failure({ failure, onBack }: FailureProps) {
  if (!failure) return null;
  const { title, text } = failureWords(failure);
  const remedy = remedyOf(failure, failure.retryable);
  const again = () => actor.send({ type: 'flow.retry' });
  function back(): void {
    actor.send({ type: 'flow.reset' });
    onBack();
  }
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <p>{text}</p>
      <p className="fault">
        <code>{failure.code}</code> {failure.message}
      </p>
      <div className="actions">
        {remedy && <button onClick={remedy.way === 'retry' ? again : byRedirect}>{remedy.label}</button>}
        <button className="plain" onClick={back}>
          Back
        </button>
      </div>
    </>
  );
}
