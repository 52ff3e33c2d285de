import { AuthError } from 'authchart/browser';
import type { Session } from 'authchart/browser';
import { settings } from './client.js';

export interface Person {
  readonly name: string;
  readonly username: string;
}

/** Asks X's API; the token is added by the session, renewed first if that is due. */
export async function loadPerson(session: Session, signal: AbortSignal): Promise<Person> {
  const response = await session.fetch(settings.usersMe, { signal });
  if (!response.ok) throw new Error(`X answered with the status ${response.status}.`);
  const { data } = (await response.json()) as { readonly data: Person };
  return data;
}

/** What to tell the person of a call that failed; `null` if it was called off. */
export function faultWords(error: unknown): string | null {
  if (error instanceof AuthError) return error.code === 'cancelled' ? null : error.message;
  return error instanceof Error ? error.message : 'Something went wrong.';
}
