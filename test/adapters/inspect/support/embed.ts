import { inspectFlow } from 'authchart/inspect';
import type { FlowSink } from 'authchart/inspect';
import { assign, createActor, setup, waitFor } from 'xstate';
import type { XBench } from '../../../client/support/x.js';
import type { AuthorizationActor } from '../../../../src/machines/authorization.machine.js';
import { confidential, SECRET } from './life.js';

/** An application's own machine, with secrets of its own wherever one can be, runs ours and signs out. */
export async function embed(bench: XBench, sink: FlowSink): Promise<readonly string[]> {
  const client = bench.clientOf(confidential);
  const application = createActor(
    setup({
      actors: { authorization: client.machine },
      types: { events: {} as { type: string } },
    }).createMachine({
      id: 'canary-of-a-machine',
      context: { secret: 'canary-of-a-context' },
      invoke: {
        id: 'canary-of-an-id',
        src: 'authorization',
        input: { session: 'default' },
      },
      on: { 'canary-of-an-event': { actions: assign({ secret: 'canary-of-another' }) } },
    }),
  );
  application.start();
  const ours = application.getSnapshot().children['canary-of-an-id'] as unknown as AuthorizationActor;
  const stop = inspectFlow(ours, sink);
  application.send({ type: 'canary-of-an-event' });
  ours.send({ type: 'canary-of-an-event' } as never);
  ours.send({ type: 'session.signOut' });
  await waitFor(ours, (snapshot) => snapshot.matches('idle'));
  application.stop();
  stop();
  return [SECRET, 'canary-of'];
}
