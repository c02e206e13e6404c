/**
 * aws-chunked bodies: the payload in chunks with their own signatures, trailers at the end.
 * S3 API reference, "Signature calculations ... transferring payload in multiple chunks" and "... including trailing headers":
 *
 *   <hex size>[;chunk-signature=<hex>]\r\n <bytes> \r\n ... 0[;chunk-signature=<hex>]\r\n [name:value\r\n ...] \r\n
 *
 * Bytes are handed on before their signature is known, so a consumer must not use them before the iteration ends well.
 * Which checksums the trailers must match is decided in receive-body.ts.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { hmacSha256 } from '../../../../sigv4/signing-key.ts';
import type { StreamingSignature } from '../../wire/types.ts';
import { ApiError } from '../../wire/types.ts';

const EMPTY_HASH = createHash('sha256').digest('hex');
const MAX_LINE = 8192;

export interface AwsChunkedBody {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Lower-case names; complete when the chunks have ended. */
  readonly trailers: ReadonlyMap<string, string>;
}

/** `signature` is undefined for unsigned chunks. The chunks throw ApiError for a bad frame or a wrong signature. */
export function decodeAwsChunked(source: AsyncIterable<Uint8Array>, signature: StreamingSignature | undefined): AwsChunkedBody {
  const trailers = new Map<string, string>();
  return {
    chunks: decode(new ByteReader(source), signature === undefined ? undefined : new ChunkVerifier(signature), trailers),
    trailers,
  };
}

async function* decode(
  reader: ByteReader,
  verifier: ChunkVerifier | undefined,
  trailers: Map<string, string>,
): AsyncIterable<Uint8Array> {
  for (;;) {
    const header = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(await reader.line());
    if (header === null) throw incomplete();
    const size = Number.parseInt(header[1] as string, 16);
    const hash = createHash('sha256');
    for (let left = size; left > 0;) {
      const bytes = await reader.some(left);
      left -= bytes.length;
      if (verifier !== undefined) hash.update(bytes);
      yield bytes;
    }
    verifier?.chunk(header[2], hash);
    if (size === 0) break;
    if ((await reader.line()) !== '') throw incomplete();
  }
  await readTrailers(reader, verifier, trailers);
}

async function readTrailers(
  reader: ByteReader,
  verifier: ChunkVerifier | undefined,
  trailers: Map<string, string>,
): Promise<void> {
  let canonical = '';
  let given: string | undefined;
  for (let line = await reader.line(); line !== ''; line = await reader.line({ mayEnd: true })) {
    const at = line.indexOf(':');
    if (at < 1) throw incomplete();
    const name = line.slice(0, at).trim().toLowerCase();
    const value = line.slice(at + 1).trim();
    if (name === 'x-amz-trailer-signature') given = value;
    else {
      trailers.set(name, value);
      canonical += `${name}:${value}\n`;
    }
  }
  if (canonical !== '') verifier?.trailer(given, canonical);
}

class ChunkVerifier {
  private previous: string;

  constructor(private readonly signature: StreamingSignature) {
    this.previous = signature.seedSignature;
  }

  chunk(given: string | undefined, hash: Hash): void {
    this.check(given, ['AWS4-HMAC-SHA256-PAYLOAD', this.place(), EMPTY_HASH, hash.digest('hex')]);
  }

  trailer(given: string | undefined, canonical: string): void {
    this.check(given, ['AWS4-HMAC-SHA256-TRAILER', this.place(), createHash('sha256').update(canonical).digest('hex')]);
  }

  private place(): string {
    return [this.signature.timestamp, this.signature.scope, this.previous].join('\n');
  }

  private check(given: string | undefined, lines: readonly string[]): void {
    const wanted = Buffer.from(hmacSha256(this.signature.signingKey, lines.join('\n'))).toString('hex');
    if (given !== wanted) {
      const message =
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
      throw new ApiError('SignatureDoesNotMatch', message, 403);
    }
    this.previous = wanted;
  }
}

/** Lines and runs of bytes out of a stream, without joining what it has already given out. */
class ByteReader {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  /** At least one byte, at most `limit`. */
  async some(limit: number): Promise<Uint8Array> {
    if (this.rest.length === 0 && !(await this.more())) throw incomplete();
    const bytes = this.rest.subarray(0, limit);
    this.rest = this.rest.subarray(bytes.length);
    return bytes;
  }

  /** Up to CRLF, without it. Some clients leave out the very last one. */
  async line({ mayEnd = false } = {}): Promise<string> {
    for (;;) {
      const end = Buffer.from(this.rest.buffer, this.rest.byteOffset, this.rest.length).indexOf('\r\n');
      if (end >= 0) {
        const text = Buffer.from(this.rest.subarray(0, end)).toString('latin1');
        this.rest = this.rest.subarray(end + 2);
        return text;
      }
      if (this.rest.length > MAX_LINE) throw incomplete();
      if (!(await this.more())) {
        if (mayEnd && this.rest.length === 0) return '';
        throw incomplete();
      }
    }
  }

  private async more(): Promise<boolean> {
    const next = await this.iterator.next();
    if (next.done === true) return false;
    this.rest = this.rest.length === 0 ? next.value : Buffer.concat([this.rest, next.value]);
    return true;
  }
}

function incomplete(): ApiError {
  return new ApiError('IncompleteBody', 'The request body terminated unexpectedly', 400);
}
