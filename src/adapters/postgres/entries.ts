import { randomBytes } from 'node:crypto';
import { AuthError } from '../../services/auth-error.js';
import type { Entry, Store } from '../../services/ports.js';
import { hashOf, tell } from './keys.js';
import type { Kind } from './keys.js';
import type { Query } from './operate.js';
import type { Table } from './table.js';

export type Entries = Pick<Store, 'read' | 'write' | 'remove'>;

export interface EntriesOptions {
  readonly table: Table;
  readonly kind: Kind;
  operate<Result>(work: (query: Query) => Promise<Result>): Promise<Result>;
}

/** The rows of one kind. Whatever changes one is a single statement, so that it holds under READ COMMITTED. */
export function entriesOf({ table, kind, operate }: EntriesOptions): Entries {
  const { select, insert, update, remove } = statementsOf(table, kind);

  async function entry(query: Query, hash: Buffer): Promise<Entry | undefined> {
    const { rows } = await query(select, [hash]);
    return rows[0] && entryOf(rows[0], hash, table);
  }

  /** Tells whether a row was changed. A row in the way that is not ours is a fault, not a lost race. */
  const change = (hash: Buffer, statement: string, values: readonly unknown[]): Promise<boolean> =>
    operate(async (query) => {
      const { rows } = await query(statement, [hash, ...values]);
      if (rows.length === 0) await entry(query, hash);
      return rows.length > 0;
    });

  return {
    read: (key) => operate((query) => entry(query, hashOf(kind, key))),

    async write(key, value, { expected, ttl = null }) {
      // Not counted but random: a table that was emptied by hand begins anew.
      const version = randomBytes(16).toString('base64url');
      const values = [version, JSON.stringify(value), ttl];
      const written = await (expected === null
        ? change(hashOf(kind, key), insert, values)
        : change(hashOf(kind, key), update, [...values, expected]));
      return written ? { written, version } : { written };
    },

    remove: (key, { expected = null } = {}) => change(hashOf(kind, key), remove, [expected]),
  };
}

// Looked at when the row is locked: a statement may have waited for it.
const ALIVE = '(expires_at is null or expires_at > clock_timestamp())';
// Roughly a JSON string: what somebody else has put into a row is not overwritten.
const OURS = `value like '"%"'`;
const EXPIRY = `clock_timestamp() + $4::float8 * interval '1 millisecond'`;

function statementsOf(table: Table, kind: Kind) {
  const result = kind === 'record' ? tell(table, 'changed') : 'select from changed';
  return {
    select: `select version, value from ${table.sql} where key = $1 and ${ALIVE}`,
    insert: `
      with changed as (
        insert into ${table.sql} as held (key, version, value, expires_at) values ($1, $2, $3, ${EXPIRY})
        on conflict (key) do update
          set version = excluded.version, value = excluded.value, expires_at = excluded.expires_at
          where held.expires_at <= clock_timestamp()
        returning key
      ) ${result}`,
    update: `
      with changed as (
        update ${table.sql} set version = $2, value = $3, expires_at = ${EXPIRY}
        where key = $1 and version = $5 and ${ALIVE} and ${OURS}
        returning key
      ) ${result}`,
    remove: `
      with changed as (
        delete from ${table.sql}
        where key = $1 and ($2::text is null or version = $2) and ${ALIVE} and ${OURS}
        returning key
      ) ${result}`,
  };
}

function entryOf({ version, value }: Readonly<Record<string, unknown>>, hash: Buffer, table: Table): Entry {
  const text = typeof value === 'string' ? parsed(value) : undefined;
  if (typeof version !== 'string' || typeof text !== 'string') {
    throw new AuthError('record_unreadable', {
      detail: `The row \\x${hash.toString('hex')} of the table ${table.name} is damaged, or was not written by authchart.`,
    });
  }
  return { value: text, version };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
