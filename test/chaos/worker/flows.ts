import { AuthError } from 'authchart/node';
import type { FlowAnswer, FlowOutcome, FlowRequest, FlowTask } from './flow-messages.js';
import { fingerprintOf } from './observed.js';
import { openClient } from './open-client.js';

const { client } = await openClient();

// Nobody is left to hear it.
process.on('disconnect', () => process.exit());
process.on('message', async ({ id, ...task }: FlowRequest) => {
  const outcome = await perform(task).catch((error: unknown): FlowOutcome => {
    if (error instanceof AuthError) return { outcome: 'failed', code: error.code };
    throw error;
  });
  const answer: FlowAnswer = { id, ...outcome };
  process.send?.(answer);
});

async function perform(task: FlowTask): Promise<FlowOutcome> {
  const { boundTo } = task;
  if (task.task === 'begin') {
    const { url } = await client.begin({ session: task.session, boundTo });
    return { outcome: 'begun', url };
  }
  const session = await client.complete(task.callbackUrl, { boundTo });
  const token = fingerprintOf(await session.accessToken());
  return { outcome: 'signedIn', session: session.name, token, expiresAt: session.info()?.expiresAt ?? null };
}
