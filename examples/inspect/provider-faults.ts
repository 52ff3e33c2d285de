import { TransportFault } from 'authchart/node';
import type { Transport } from 'authchart/node';

export const faults = {
  refused: 'Refuse the token',
  busy: 'Be busy',
  unreachable: 'Be unreachable',
} as const;

export type Fault = keyof typeof faults;

export interface FaultyTransport extends Transport {
  /** What the next request to the token endpoint will meet. */
  fault(): Fault | null;
  expect(fault: Fault | null): void;
}

/** A network on which the provider fails once when it is told to. */
export function faultyTransport(transport: Transport, tokenEndpoint: string): FaultyTransport {
  let expected: Fault | null = null;
  return {
    ...transport,
    fault: () => expected,
    expect: (fault) => void (expected = fault),
    async fetch(url, init) {
      const fault = url === tokenEndpoint ? expected : null;
      if (fault === null) return transport.fetch(url, init);
      expected = null;
      return meet(fault);
    },
  };
}

function meet(fault: Fault): Response {
  if (fault === 'unreachable') throw new TransportFault('refused', false);
  if (fault === 'busy')
    return Response.json({ title: 'Service Unavailable' }, { status: 503, headers: { 'retry-after': '2' } });
  // X's words for a refresh token or code that it does not take.
  const refusal = { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' };
  return Response.json(refusal, { status: 400 });
}
