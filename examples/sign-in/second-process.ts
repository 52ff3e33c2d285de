import { once } from 'node:events';
import { AuthError } from 'authchart/node';
import { openClient, showAccount } from './application.js';
import type { Application } from './application.js';
import { Timeline } from './timeline.js';

const [application] = (await once(process, 'message')) as [Application];
process.disconnect?.();

const timeline = new Timeline((text) => void process.stdout.write(text));
const client = openClient(application, timeline);
const aside = `process ${process.pid}`;
try {
  timeline.section('After a restart', aside);
  const session = await client.session();
  if (!session) throw new AuthError('not_signed_in');
  await showAccount(session, application, timeline);
  timeline.section('Sign out', aside);
  const report = await session.signOut();
  for (const { token, revoked } of report.revocations) {
    timeline.note(token.replace('_', ' '), revoked ? 'revoked' : 'not revoked');
  }
} catch (error) {
  timeline.end();
  process.stdout.write(
    error instanceof AuthError ? `\n${error.code}: ${error.message}\n` : `\n${String(error)}\n`,
  );
  process.exitCode = 1;
} finally {
  await client.close();
  timeline.end();
}
