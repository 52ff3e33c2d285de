import type { AuthorizationMachine } from '../src/machines/authorization.machine.js';
import type { catalogue } from '../src/services/error-catalogue.js';

interface Sources {
  readonly catalogue: typeof catalogue;
  readonly authorizationMachine: AuthorizationMachine;
}

export function documents(sources: Sources, readme?: string): Promise<Record<string, string>>;
export function errorsPage(errors: typeof catalogue): string;
export function errorsTable(errors: typeof catalogue): string;
export function statesTable(machine: AuthorizationMachine): string;
export function eventsTable(machine: AuthorizationMachine): string;
export function filled(text: string, parts: Readonly<Record<string, string>>): string;
