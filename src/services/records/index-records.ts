import { boolean, list, object, oneOf, string } from '../shape.js';
import type { Shaped } from '../shape.js';
import type { Draft, Records, Stored } from './records.js';
import { envelope } from './schema.js';

/** The names of an owner's sessions. Written before the session is, so that it misses none. */
const indexRecord = object({
  ...envelope,
  kind: oneOf('index'),
  names: list(string),
  /** False once a name did not fit in. */
  complete: boolean,
});

export type IndexRecord = Shaped<typeof indexRecord>;

export function readIndex(records: Records, owner: string): Promise<Stored<IndexRecord> | null> {
  return records.read('index', owner, indexRecord);
}

/** The new version, or `null` if the record is no longer what was expected. */
export function writeIndex(
  records: Records,
  owner: string,
  draft: Draft<IndexRecord>,
  expected: string | null,
): Promise<string | null> {
  return records.write('index', owner, draft, expected);
}
