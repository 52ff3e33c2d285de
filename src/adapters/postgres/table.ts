import { AuthError } from '../../services/auth-error.js';

export const DEFAULT_TABLE = 'authchart';

export interface Table {
  /** As it was given. */
  readonly name: string;
  /** As it stands in a statement. */
  readonly sql: string;
  readonly migration: string;
}

// PostgreSQL cuts names at 63 bytes without an error, also that of the index, which is 11 longer.
const NAME = /^(?:([A-Za-z_]\w{0,62})\.)?([A-Za-z_]\w{0,51})$/;

/** @throws {@link AuthError} `invalid_option` */
export function tableOf(name: string = DEFAULT_TABLE): Table {
  const [, schema, own] = NAME.exec(typeof name === 'string' ? name : '') ?? [];
  if (own === undefined) {
    throw new AuthError('invalid_option', {
      detail: 'The table of the PostgreSQL store is no plain name such as `authchart` or `auth.authchart`.',
    });
  }
  const sql = schema === undefined ? `"${own}"` : `"${schema}"."${own}"`;
  return { name, sql, migration: migrationOf(sql, `"${own}_expires_at"`) };
}

const migrationOf = (table: string, index: string) => `\
create table if not exists ${table} (
  key bytea primary key,
  version text not null,
  value text not null,
  expires_at timestamptz
);
create index if not exists ${index} on ${table} (expires_at) where expires_at is not null;
`;
