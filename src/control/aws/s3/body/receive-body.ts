/**
 * The bytes of a request as the client meant them: aws-chunked framing taken off, and every digest it sent compared once the last byte
 * has come: Content-MD5, x-amz-checksum-* in headers or trailers. S3 user guide, "Checking object integrity". A payload hash that was
 * signed is checked before, in sigv4/hashed-body.ts.
 * What becomes of the bytes is decided by whoever gives `receive`: the bucket store for objects, a buffer for XML documents.
 */

import type { ObjectChecksum } from '../../../buckets/bucket-records.ts';
import { CHECKSUM_ALGORITHMS, newDigest } from '../../../buckets/checksums.ts';
import type { ChecksumAlgorithm } from '../../../buckets/checksums.ts';
import { MIB } from '../../../../model/units.ts';
import type { Bytes } from '../../../../model/units.ts';
import { ApiError } from '../../wire/types.ts';
import type { IncomingCall } from '../../wire/types.ts';
import { invalidRequest, notImplemented } from '../errors.ts';
import { decodeAwsChunked } from './aws-chunked.ts';

/** What a body turned out to be. */
export interface Received {
  readonly size: Bytes;
  /** Hex. */
  readonly md5: string;
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, Uint8Array>>>;
}

/** The checksum a client sent or asked for, verified; undefined when it named none. */
export type VerifiedChecksum = Omit<ObjectChecksum, 'type'> | undefined;

const MAX_DOCUMENT: Bytes = 8 * MIB;

/**
 * Runs `receive` over the body and verifies what it reports. Throws ApiError on any mismatch; the caller then discards.
 * `also` names an algorithm to compute although the request does not ask for it.
 */
export async function receiveBody<T extends Received>(
  call: IncomingCall,
  receive: (chunks: AsyncIterable<Uint8Array>, algorithms: readonly ChecksumAlgorithm[]) => Promise<T>,
  discard: (received: T) => Promise<void>,
  also?: ChecksumAlgorithm,
): Promise<{ readonly received: T; readonly checksum: VerifiedChecksum }> {
  const { headers } = call;
  const payload = headers.get('x-amz-content-sha256') ?? '';
  const source = bytesOf(call.body);
  const framed = payload.startsWith('STREAMING-') || (headers.get('content-encoding') ?? '').includes('aws-chunked');
  if (framed && payload.startsWith('STREAMING-AWS4') && call.streaming === undefined)
    throw invalidRequest('Signed chunks need a signed request.');
  const chunked = framed
    ? decodeAwsChunked(source, payload.startsWith('STREAMING-AWS4') ? call.streaming : undefined)
    : undefined;
  const asked = askedChecksum(headers);
  const md5 = contentMd5(headers);
  const algorithms = new Set([...(asked === undefined ? [] : [asked.algorithm]), ...(also === undefined ? [] : [also])]);

  const received = await receive(chunked?.chunks ?? source, [...algorithms]);
  try {
    const length = headers.get(framed ? 'x-amz-decoded-content-length' : 'content-length');
    if (length !== null && Number(length) !== received.size) {
      throw new ApiError(
        'IncompleteBody',
        'You did not provide the number of bytes specified by the Content-Length HTTP header',
        400,
      );
    }
    if (md5 !== undefined && md5 !== received.md5) {
      throw new ApiError('BadDigest', 'The Content-MD5 you specified did not match what we received.', 400);
    }
    const checksum = asked === undefined ? undefined : verifyChecksum(asked, received, chunked?.trailers);
    const extra =
      checksum === undefined && also !== undefined ? { algorithm: also, value: base64(received.checksums[also]) } : undefined;
    return { received, checksum: checksum ?? extra };
  } catch (error) {
    await discard(received);
    throw error;
  }
}

/** Reads and verifies a document that fits in memory. */
export async function receiveDocument(call: IncomingCall): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const collect = async (source: AsyncIterable<Uint8Array>, algorithms: readonly ChecksumAlgorithm[]): Promise<Received> => {
    const md5 = newDigest('MD5');
    const digests = algorithms.map((algorithm) => [algorithm, newDigest(algorithm)] as const);
    let size = 0;
    for await (const chunk of source) {
      size += chunk.length;
      if (size > MAX_DOCUMENT) throw new ApiError('MaxMessageLengthExceeded', 'Your request was too big.', 400);
      for (const digest of [md5, ...digests.map((entry) => entry[1])]) digest.update(chunk);
      chunks.push(chunk);
    }
    return {
      size,
      md5: hex(md5.digest()),
      checksums: Object.fromEntries(digests.map(([name, digest]) => [name, digest.digest()])),
    };
  };
  await receiveBody(call, collect, () => Promise.resolve());
  return Buffer.concat(chunks);
}

interface AskedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Undefined when it comes in a trailer, or not at all. */
  readonly value: string | undefined;
  readonly inTrailer: boolean;
}

function askedChecksum(headers: Headers): AskedChecksum | undefined {
  for (const [name, value] of headers) {
    const word = /^x-amz-checksum-(?!type$|algorithm$|mode$)(\w+)$/.exec(name)?.[1];
    if (word !== undefined) return { algorithm: algorithmOf(word), value, inTrailer: false };
  }
  const trailer = /^x-amz-checksum-(\w+)$/.exec(headers.get('x-amz-trailer')?.trim().toLowerCase() ?? '')?.[1];
  if (trailer !== undefined) return { algorithm: algorithmOf(trailer), value: undefined, inTrailer: true };
  return undefined;
}

function algorithmOf(word: string): ChecksumAlgorithm {
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === word.toUpperCase());
  if (algorithm === undefined) throw notImplemented(`the checksum algorithm ${word.toUpperCase()}`);
  return algorithm;
}

function verifyChecksum(
  asked: AskedChecksum,
  received: Received,
  trailers: ReadonlyMap<string, string> | undefined,
): VerifiedChecksum {
  const { algorithm, inTrailer } = asked;
  const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
  const given = inTrailer ? trailers?.get(name) : asked.value;
  const value = base64(received.checksums[algorithm]);
  if (given === undefined)
    throw new ApiError(
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
      400,
    );
  if (given !== value) {
    if (Buffer.from(given, 'base64').length !== received.checksums[algorithm]?.length)
      throw invalidRequest(`Value for ${name} ${inTrailer ? 'trailing ' : ''}header is invalid.`);
    throw new ApiError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`, 400);
  }
  return { algorithm, value };
}

/** Hex; undefined when absent. */
function contentMd5(headers: Headers): string | undefined {
  const given = headers.get('content-md5');
  if (given === null) return undefined;
  const bytes = Buffer.from(given, 'base64');
  if (bytes.length !== 16)
    throw new ApiError('InvalidDigest', 'The Content-MD5 you specified was invalid.', 400, { 'Content-MD5': given });
  return bytes.toString('hex');
}

/** A viewer that leaves breaks its body off; what was wrong with the bytes keeps its own error. */
async function* bytesOf(body: IncomingCall['body']): AsyncIterable<Uint8Array> {
  if (body === null) return;
  try {
    yield* body;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError('IncompleteBody', 'The request body terminated unexpectedly', 400);
  }
}

export function base64(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64');
}

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}
