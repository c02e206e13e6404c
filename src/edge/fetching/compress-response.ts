/**
 * A response compressed between the origin and everyone who waits for it: its head says so, and its body is coded as it streams.
 * Whether and how is decided in core/origin-response/decide-compression.ts; the coding itself is behind the Compressor port.
 */
import { compressedFields, type Compression } from '../../core/origin-response/decide-compression.ts';
import type { Compressor, OriginResponse } from '../ports.ts';

/** The response as it goes on from here; its length is known only when the last octet is coded. */
export function compressResponse(response: OriginResponse, compression: Compression, compressor: Compressor): OriginResponse {
  if (compression.kind === 'as-is') return response;
  const { coding, length } = compression;
  return {
    ...response,
    head: { ...response.head, fields: compressedFields(response.head.fields, coding), bodyLength: undefined },
    body: compressor.compress(coding, response.body, length),
  };
}
