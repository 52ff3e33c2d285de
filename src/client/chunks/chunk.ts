import { AuthError } from '../../services/auth-error.js';
import type { Service } from '../../services/service-ports.js';

/** Code that a page need not load before it uses it. */
export interface Chunk<Code> {
  /** `null` until it has been loaded. */
  readonly loaded: Code | null;
  /** @throws {@link AuthError} `chunk_unavailable`; the next call tries again */
  load(): Promise<Code>;
}

/** For runtimes that have their code on disk. */
export function atHand<Code>(code: Code): Chunk<Code> {
  return { loaded: code, load: () => Promise.resolve(code) };
}

/** For pages, whose network may be gone, and whose server may have newer files by the time one is wanted. */
export function onDemand<Code>(importIt: () => Promise<Code>): Chunk<Code> {
  let loaded: Code | null = null;
  let loading: Promise<Code> | null = null;
  async function load(): Promise<Code> {
    try {
      return (loaded = await importIt());
    } catch {
      throw new AuthError('chunk_unavailable');
    } finally {
      // A load that failed must not stay failed.
      loading = null;
    }
  }
  return {
    get loaded() {
      return loaded;
    },
    load: () => (loaded ? Promise.resolve(loaded) : (loading ??= load())),
  };
}

/** A function of a chunk, which loads it at its first call. */
export function fromChunk<Code, Given extends readonly unknown[], Output>(
  chunk: Chunk<Code>,
  pick: (code: Code) => (...given: Given) => Promise<Output>,
): (...given: Given) => Promise<Output> {
  // At once where it can be: clocks that a test rules run no turn for it.
  return (...given) =>
    chunk.loaded ? pick(chunk.loaded)(...given) : chunk.load().then((code) => pick(code)(...given));
}

/** A service of a chunk. A state that was left while it loaded wants nothing any more, and nothing is sent for it. */
export function serviceOf<Code, Input, Output>(
  chunk: Chunk<Code>,
  pick: (code: Code) => Service<Input, Output>,
): Service<Input, Output> {
  if (chunk.loaded) return pick(chunk.loaded);
  return (ports) => async (input, signal) => {
    if (!chunk.loaded) {
      await chunk.load();
      if (signal.aborted) throw new AuthError('cancelled');
    }
    return pick(chunk.loaded!)(ports)(input, signal);
  };
}
