/**
 * A bounded body, whole. API documents are small; what is large (S3 objects) is streamed by S3's own front and never comes here.
 * Nothing is decoded here but UTF-8.
 */
import { MIB, type Bytes } from '../../../model/units.ts';
import { WireFault } from './faults.ts';

/** CloudFront's largest documents, distribution configs and invalidation batches, stay well below. */
export const DOCUMENT_LIMIT: Bytes = MIB;

/** All bytes. Throws WireFault as soon as there are more than `limit`, and gives up the rest. */
export async function readBody(body: ReadableStream<Uint8Array> | null, headers: Headers, limit: Bytes): Promise<Uint8Array> {
  const declared = Number(headers.get('content-length') ?? 0);
  if (declared > limit) {
    await body?.cancel();
    throw tooLarge(limit);
  }
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : new Uint8Array(Buffer.concat(chunks, length));
}

/** The text of a body. Throws WireFault when it is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new WireFault('syntax', 'the body is not UTF-8');
  }
}

function tooLarge(limit: Bytes): WireFault {
  return new WireFault('too-large', `the body is larger than ${limit} bytes`);
}
