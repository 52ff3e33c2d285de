import type { Chart } from './chart.js';
import { chart as exchanging } from './generated/authorization-exchange.js';
import { chart as renewing } from './generated/authorization-renewal.js';
import { chart as signingOut } from './generated/authorization-signOut.js';
import { chart as authorization } from './generated/authorization.js';
import { chart as exchange } from './generated/exchange.js';
import { chart as renewal } from './generated/renewal.js';
import { chart as signOut } from './generated/signOut.js';

export type ChartName =
  | 'authorization'
  | 'authorization+exchange'
  | 'authorization+renewal'
  | 'authorization+signOut'
  | 'exchange'
  | 'renewal'
  | 'signOut';

/** The machines as they are drawn. In those with a `+`, the child machine is opened in the state that invokes it. */
export const charts: Readonly<Record<ChartName, Chart>> = {
  authorization,
  'authorization+exchange': exchanging,
  'authorization+renewal': renewing,
  'authorization+signOut': signingOut,
  exchange,
  renewal,
  signOut,
};
