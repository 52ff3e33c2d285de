import { createHash } from 'node:crypto';
import type { Table } from './table.js';

/** Locks have keys of their own: a lock is no entry. */
export type Kind = 'record' | 'lock';

/**
 * What stands for a key in the table. Keys may hold NUL, which PostgreSQL has not, and names of people.
 * Of UTF-16, for UTF-8 would make all lone surrogates one.
 */
export function hashOf(kind: Kind, key: string): Buffer {
  return createHash('sha256').update(`${kind}:${key}`, 'utf16le').digest();
}

/** One for all tables: whoever listens needs one connection, whatever the number of stores. */
export const CHANNEL = 'authchart';

/** The payload that says of a record that it changed. */
export const topicOf = (table: Table, key: string) =>
  `${table.name}:${hashOf('record', key).toString('hex')}`;

/** Tells the topic of each key in `changed`, as part of a statement. */
export const tell = (table: Table, changed: string) =>
  `select pg_notify('${CHANNEL}', '${table.name}:' || encode(key, 'hex')) from ${changed}`;
