import { basename, dirname } from 'node:path';
import { AuthError } from '../../services/auth-error.js';

/** What a version file holds, beside the name of the folder it belongs in. */
export interface Envelope {
  /** The version of the entry, as the store's callers know it. Random. */
  readonly id: string;
  /** Unix milliseconds of the store's clock; `null`: never. */
  readonly expiresAt: number | null;
  /** `null`: the entry was removed. */
  readonly value: string | null;
}

const FORMAT = 'authchart-file/2';

/**
 * The folder stands for the key, which names client and session and would be readable here although a value is sealed.
 * All of it is well-formed text: JSON escapes lone surrogates, so every string comes back as it was.
 */
export function encode(envelope: Envelope, folder: string): string {
  return JSON.stringify({ format: FORMAT, folder: basename(folder), ...envelope });
}

/** @throws {@link AuthError} `record_other_version`, `record_unreadable` */
export function decode(bytes: Uint8Array, file: string): Envelope {
  const content = parsed(bytes);
  const format = content?.['format'];
  if (typeof format === 'string' && format !== FORMAT && /^authchart-file\/\d+$/.test(format))
    throw new AuthError('record_other_version', { detail: `The file ${file} has the format ${format}.` });
  const envelope = content && format === FORMAT ? envelopeOf(content) : undefined;
  if (!envelope) throw unreadable(file, 'is damaged, or was not written by authchart');
  if (content?.['folder'] !== basename(dirname(file))) throw unreadable(file, 'belongs to another key');
  return envelope;
}

export function unreadable(file: string, why: string): AuthError {
  return new AuthError('record_unreadable', { detail: `${file} ${why}.` });
}

function parsed(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    // Without `fatal` a damaged value would come back with U+FFFD in it.
    const content: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof content === 'object' && content !== null ? { ...content } : undefined;
  } catch {
    return undefined;
  }
}

function envelopeOf(content: Readonly<Record<string, unknown>>): Envelope | undefined {
  const { id, expiresAt, value } = content;
  if (typeof id !== 'string') return undefined;
  if (expiresAt !== null && typeof expiresAt !== 'number') return undefined;
  if (value !== null && typeof value !== 'string') return undefined;
  return { id, expiresAt, value };
}
