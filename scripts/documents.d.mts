import type { AnyStateMachine } from 'xstate';
import type { catalogue } from '../src/services/error-catalogue.js';

interface Sources {
  readonly catalogue: typeof catalogue;
  readonly authorizationMachine: AnyStateMachine;
  readonly exchangeMachine: AnyStateMachine;
  readonly renewalMachine: AnyStateMachine;
  readonly signOutMachine: AnyStateMachine;
}

export function documents(sources: Sources, readme?: string): Promise<Record<string, string>>;
export function errorsPage(errors: typeof catalogue): string;
export function chartPage(machines: Omit<Sources, 'catalogue'>): string;
export function errorsTable(errors: typeof catalogue): string;
export function statesTable(machine: AnyStateMachine, levels?: number): string;
export function eventsTable(machine: AnyStateMachine): string;
export function filled(text: string, parts: Readonly<Record<string, string>>): string;
