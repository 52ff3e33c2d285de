import type { AnyStateMachine } from 'xstate';

export function mermaid(
  machine: AnyStateMachine,
  leaveOut?: (state: string, event: string) => boolean,
): string;
