export interface Listeners {
  /** Calls the listener whenever its key is told, until the returned function is called. */
  watch(key: string, listener: () => void): () => void;
  tell(key: string): void;
  /** Of every key: whoever may have missed something is told. */
  tellAll(): void;
}

/**
 * Who wants to hear of which key, within one process. `rest` is told when the first has come and when the last has gone,
 * for whoever holds something open meanwhile.
 */
export function listeners(rest: { first?(): void; last?(): void } = {}): Listeners {
  const all = new Map<string, Set<() => unknown>>();

  function tell(key: string): void {
    for (const listener of all.get(key) ?? [])
      void Promise.resolve()
        .then(listener)
        // The write stands, whatever a listener makes of it.
        .catch(() => undefined);
  }

  return {
    watch(key, listener) {
      if (all.size === 0) rest.first?.();
      const told = all.get(key) ?? new Set<() => unknown>();
      // A wrapper of its own: the same listener may watch twice.
      const own = (): unknown => told.has(own) && listener();
      all.set(key, told.add(own));
      return () => {
        if (!told.delete(own) || told.size > 0) return;
        all.delete(key);
        if (all.size === 0) rest.last?.();
      };
    },
    tell,
    tellAll() {
      for (const key of all.keys()) tell(key);
    },
  };
}
