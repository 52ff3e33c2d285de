import type { Chart } from './chart.js';
import { layout as inExchange } from './generated/authorization-exchange.js';
import { layout as inRenewal } from './generated/authorization-renewal.js';
import { layout as inSignOut } from './generated/authorization-signOut.js';
import { layout as alone } from './generated/authorization.js';
import { layout as exchangeAlone } from './generated/exchange.js';
import { authorization, exchange, renewal, signOut } from './generated/outlines.js';
import { layout as renewalAlone } from './generated/renewal.js';
import { layout as signOutAlone } from './generated/signOut.js';
import { chartOf } from './layout.js';
import { opened } from './outline.js';

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
  authorization: chartOf(authorization, alone),
  'authorization+exchange': chartOf(opened(authorization, exchange), inExchange),
  'authorization+renewal': chartOf(opened(authorization, renewal), inRenewal),
  'authorization+signOut': chartOf(opened(authorization, signOut), inSignOut),
  exchange: chartOf(exchange, exchangeAlone),
  renewal: chartOf(renewal, renewalAlone),
  signOut: chartOf(signOut, signOutAlone),
};
