import type { AnyStateMachine } from 'xstate';

export function mermaid(machine: AnyStateMachine): string;
