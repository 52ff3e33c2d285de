import type { AnyStateMachine } from 'xstate';
import { authorizationMachine } from '../../machines/authorization.machine.js';
import { exchangeMachine } from '../../machines/exchange.machine.js';
import { renewalMachine } from '../../machines/renewal.machine.js';
import { signOutMachine } from '../../machines/sign-out.machine.js';
import type { MachineName } from './flow-event.js';

const machines: Readonly<Record<MachineName, AnyStateMachine>> = {
  authorization: authorizationMachine,
  exchange: exchangeMachine,
  renewal: renewalMachine,
  signOut: signOutMachine,
};

// `provide` keeps the configuration: a machine of the application's own never has the same.
const names = new Map(
  Object.entries(machines).map(([name, { config }]) => [config as unknown, name as MachineName]),
);

/** Which of ours it is made of; `null`: none. */
export const chartedMachine = (config: unknown): MachineName | null => names.get(config) ?? null;

const invokedIn = ({ invoke, states }: AnyStateMachine['root']): string[] => [
  ...invoke.map(({ id }) => id),
  ...Object.values(states).flatMap(invokedIn),
];

/** The `id` of everything that the charts invoke. */
export const SERVICES: ReadonlySet<string> = new Set(
  Object.values(machines).flatMap(({ root }) => invokedIn(root)),
);
