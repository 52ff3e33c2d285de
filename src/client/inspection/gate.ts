/** A transition that is about to happen. */
export interface GateMoment {
  /** The `id` of the service that answered, or of the resource that tells; its machine is its parent. */
  readonly actor: string;
  /** The `id` of the machine that will take the event. */
  readonly machine: string;
  /** As {@link ActorMoved} names it: `done(claimFlow)`. */
  readonly event: string;
}

/**
 * Holds every answer and event of a service back until somebody lets it through, so that the same machine can be walked
 * step by step. It must keep the client's clock from running meanwhile: codes, locks and announcements live for seconds.
 */
export interface Gate {
  /** Resolves when the event may reach its machine, or when the signal aborts: its state was left. Never rejects. */
  pass(moment: GateMoment, signal: AbortSignal): Promise<void>;
  /** Lets through what waits, and everything that follows. */
  end(): void;
}
