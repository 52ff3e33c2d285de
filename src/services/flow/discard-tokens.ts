import type { Failure, Redacted } from '../../machines/vocabulary.js';
import { reveal } from '../redacted.js';
import type { Tokens } from '../records/schema.js';
import type { Service } from '../service-ports.js';
import { revokeAll } from '../sign-out/revoke-all.js';
import { endFlow } from './end-flow.js';

/** Revokes tokens nobody may use and leaves the reason in the receipt. */
export const discardTokens: Service<
  { flow: string; tokens: Redacted<unknown> | null; failure: Failure },
  void
> =
  (ports) =>
  async ({ flow, tokens, failure }) => {
    const given = tokens && (reveal(tokens) as Tokens);
    const ending = await endFlow(ports, flow, failure).catch(() => null);
    // Somebody who follows this claim has published them: the session exists.
    if (ending?.outcome === 'published') return;
    const discarded = given ?? (ending?.outcome === 'ended' ? ending.left : null);
    if (discarded) await revokeAll(ports, discarded);
  };
