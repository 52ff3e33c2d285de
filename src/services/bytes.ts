import { TransportFault } from './transport-fault.js';

/**
 * A body, read to its end.
 *
 * @param most - bytes, after decompression
 * @throws {@link TransportFault} `too_large` as soon as it is; the rest is left unread
 */
export async function bytesOf(
  body: ReadableStream<Uint8Array> | null,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    size += next.value.byteLength;
    if (size > most) {
      reader?.cancel().catch(() => {});
      throw new TransportFault('too_large', true);
    }
    chunks.push(next.value);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
