import type { Failure } from '../../machines/vocabulary.js';
import { policy } from '../policy.js';
import { settle } from '../records/flow-records.js';
import type { Tokens } from '../records/schema.js';
import type { ServicePorts } from '../service-ports.js';
import { readFlow, writeFlow } from '../records/flow-records.js';

export type Ending =
  /** Ended here. Tokens that stood in the receipt are nobody's now. */
  | { readonly outcome: 'ended'; readonly left: Tokens | null }
  /** It had ended before, or there is no such flow. */
  | { readonly outcome: 'ended before' }
  /** The session exists, and only signing out ends it. */
  | { readonly outcome: 'published' };

/** Ends a flow with a failure, unless that is too late. */
export async function endFlow(ports: ServicePorts, flow: string, failure: Failure): Promise<Ending> {
  for (;;) {
    const stored = await readFlow(ports.records, flow);
    if (!stored || stored.record.status === 'failed') return { outcome: 'ended before' };
    const { record, version } = stored;
    const left = record.status === 'completed' ? record.tokens : null;
    if (record.status === 'completed' && left === null) return { outcome: 'published' };
    const draft = { ...settle(record), status: 'failed', failure } as const;
    const written = await writeFlow(ports.records, flow, draft, version, policy.receipt).catch(
      async (error: unknown) => {
        // Written all the same, its answer lost: the tokens that stood there are nowhere else now.
        const again = await readFlow(ports.records, flow);
        if (again?.record.status === 'failed') return again.version;
        throw error;
      },
    );
    if (written !== null) return { outcome: 'ended', left };
  }
}
