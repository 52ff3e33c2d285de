import type { Chart, Outline } from '../src/diagram/chart.js';
import type { Layout } from '../src/diagram/layout.js';
import type { MachineLike } from '../src/diagram/machine.js';

interface Drawn {
  readonly outlines: readonly Outline[];
  readonly layouts: Readonly<Record<string, Layout>>;
  readonly charts: Readonly<Record<string, Chart>>;
}

export function layOut(
  machines: Readonly<
    Record<'authorizationMachine' | 'exchangeMachine' | 'renewalMachine' | 'signOutMachine', MachineLike>
  >,
): Promise<Drawn>;
export function modulesOf(drawn: Drawn): Record<string, string>;
