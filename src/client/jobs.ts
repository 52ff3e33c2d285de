/** What must come to its end although nobody waits for it any more: token requests that were sent, saves, burials. */
export interface Jobs {
  /** Keeps an eye on a promise and gives it back. */
  track<Result>(work: Promise<Result>): Promise<Result>;
  /** Ends what only waits. */
  readonly closing: AbortSignal;
  /** Holds a resource until the returned function is called, or until `leave` is at closing. */
  hold(leave: () => void): () => void;
  /** Stops what only waits, then waits for the rest. */
  close(): Promise<void>;
}

export function createJobs(): Jobs {
  const running = new Set<Promise<unknown>>();
  const held = new Set<() => void>();
  const controller = new AbortController();
  return {
    track(work) {
      const job = work.catch(() => undefined).finally(() => running.delete(job));
      running.add(job);
      return work;
    },
    closing: controller.signal,
    hold(leave) {
      if (controller.signal.aborted) leave();
      else held.add(leave);
      return () => void held.delete(leave);
    },
    async close() {
      controller.abort();
      for (const leave of held) leave();
      // A job may start another one: a request that ends becomes a save.
      while (running.size > 0) await Promise.all(running);
    },
  };
}
