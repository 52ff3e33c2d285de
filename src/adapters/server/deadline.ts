import type { Clock } from '../../services/ports.js';
import { TransportFault } from '../../services/transport-fault.js';

/**
 * One deadline for the whole of it, raced rather than left to signals, which not everything obeys at once.
 *
 * @throws {@link TransportFault} `timeout`
 */
export async function within<Result>(
  clock: Clock,
  milliseconds: number,
  work: () => Promise<Result>,
): Promise<Result> {
  let timer: unknown;
  const late = new Promise<never>((_, reject) => {
    timer = clock.setTimeout(() => reject(new TransportFault('timeout', true)), milliseconds);
  });
  try {
    return await Promise.race([late, work()]);
  } finally {
    clock.clearTimeout(timer);
  }
}
