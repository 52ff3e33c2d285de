import { AuthError } from 'authchart/node';
import type { Session } from 'authchart/node';
import { openClient } from './open-client.js';
import { tell } from './reports.js';

/** Milliseconds of the world between two calls, at most. */
const PAUSE = 800;
/** One call in so many goes to the API, one in so many renews though nothing is due. */
const [API, RENEWAL] = [10, 25];
/** Milliseconds of the world without a turn of the event loop that are worth a word. */
const STALL = 5_000;

const { client, clock, settings, close } = await openClient();

let finished = false;
process.on('message', () => (finished = true));
// Nobody is left to hear it.
process.on('disconnect', () => process.exit());
watchStalls();
for (let session = await called(find); !finished;) {
  await clock.wait(Math.random() * PAUSE);
  if (session) await called(use(session));
  else session = await called(find);
}
await close();
process.exit();

/** `null` does not say why, and the human may be back before anybody else has asked: so this one asks. */
async function find(): Promise<Session | null> {
  const found = await client.session();
  if (found) return found;
  await client.authorization().session.accessToken();
  return client.session();
}

function use(session: Session): () => Promise<unknown> {
  if (Math.random() < 1 / RENEWAL) return () => session.renew();
  if (Math.random() >= 1 / API) return () => session.accessToken();
  return () => callApi(session);
}

/** A token of one second may run out between its way and the way of its successor; a bad one is refused every time. */
async function callApi(session: Session): Promise<string> {
  for (let left = 5; ; left--) {
    const response = await session.fetch(settings.endpoints.usersMe);
    await response.text();
    if (response.status === 200) return 'done';
    if (response.status !== 401 || left === 0) throw new Error(`api_${response.status}`);
  }
}

/** What it gives; `null`, and what was wrong is told, if it gives nothing. */
async function called<T>(call: () => Promise<T | null>): Promise<T | null> {
  const from = clock.now();
  try {
    const result = await call();
    tell({ event: 'called', from, to: clock.now(), code: result === null ? 'no_session' : null });
    return result;
  } catch (error) {
    tell({ event: 'called', from, to: clock.now(), code: codeOf(error) });
    return null;
  }
}

function codeOf(error: unknown): string {
  return error instanceof AuthError ? error.code : (error as Error).message;
}

function watchStalls(): void {
  let before = clock.now();
  setInterval(() => {
    const now = clock.now();
    if (now - before > STALL) tell({ event: 'stalled', from: before, to: now });
    before = now;
  }, 20).unref();
}
