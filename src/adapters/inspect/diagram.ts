import { drawnChart } from '../../diagram/drawn-chart.js';
import type { MachineLike } from '../../diagram/machine.js';
import { mermaid } from '../../diagram/mermaid.js';
import { svgOf } from '../../diagram/svg.js';
import { AuthError } from '../../services/auth-error.js';

/**
 * A machine as a picture, in text: `mermaid` is a `stateDiagram-v2` with every transition, of any XState v5 machine; `svg` is a
 * complete document, light and dark, of one of the four machines of authchart (with your own services too): it was laid
 * out when this version was built, and leaves out failures and what works nearly everywhere.
 *
 * @throws {@link AuthError} `invalid_option` for what is no machine or no format, and for a machine that has no picture
 *
 * @example
 * ```ts
 * const text = diagram(authorizationMachine, 'mermaid'); // stateDiagram-v2 …
 * const picture = diagram(authorizationMachine, 'svg'); // <svg xmlns="http://www.w3.org/2000/svg" …
 * ```
 */
export function diagram(machine: MachineLike, format: 'mermaid' | 'svg'): string {
  if (typeof machine?.root?.states !== 'object' || machine.root.states === null)
    throw refusal('diagram() takes an XState v5 machine.');
  if (format === 'mermaid') return mermaid(machine);
  if (format !== 'svg') throw refusal("The format of a diagram is 'mermaid' or 'svg'.");
  const chart = drawnChart(machine);
  if (!chart) throw refusal("Only the machines of authchart, unchanged, have a picture; use 'mermaid'.");
  return svgOf(chart, { standalone: true });
}

const refusal = (detail: string) => new AuthError('invalid_option', { detail });
