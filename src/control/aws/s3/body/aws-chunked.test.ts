import { describe, expect, test } from 'bun:test';
import { deriveSigningKey } from '../../../../sigv4/signing-key.ts';
import type { StreamingSignature } from '../../wire/types.ts';
import { decodeAwsChunked } from './aws-chunked.ts';

// The worked example of the S3 API reference, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks".
const SIGNATURE: StreamingSignature = {
  signingKey: deriveSigningKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', '20130524', 'us-east-1', 's3'),
  seedSignature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  scope: '20130524/us-east-1/s3/aws4_request',
  timestamp: '20130524T000000Z',
};
const SIGNED = [
  `10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n${'a'.repeat(65536)}\r\n`,
  `400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n${'a'.repeat(1024)}\r\n`,
  '0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
].join('');

async function* inPieces(text: string, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size), 'latin1');
}

/** The payload's length and the trailers, or the error's code. */
async function decoded(text: string, size: number, signature?: StreamingSignature): Promise<string> {
  const { chunks, trailers } = decodeAwsChunked(inPieces(text, size), signature);
  try {
    let length = 0;
    for await (const chunk of chunks) length += chunk.length;
    return [length, ...[...trailers].map(([name, value]) => `${name}=${value}`)].join(' ');
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

describe('aws-chunked', () => {
  const trailer = '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n';
  test.each([
    ['signed, at once', SIGNED, 1e6, SIGNATURE, '66560'],
    ['signed, in odd pieces', SIGNED, 977, SIGNATURE, '66560'],
    ['a changed byte', SIGNED.replace('aaaa\r\n4', 'aaab\r\n4'), 1e6, SIGNATURE, 'SignatureDoesNotMatch'],
    ['a chunk left out', SIGNED.replace(/400;.*?\r\na+\r\n/, ''), 1e6, SIGNATURE, 'SignatureDoesNotMatch'],
    ['no signature where one belongs', '5\r\nhello\r\n0\r\n\r\n', 99, SIGNATURE, 'SignatureDoesNotMatch'],
    ['cut off', SIGNED.slice(0, -90), 1e6, SIGNATURE, 'IncompleteBody'],
    ['unsigned with a trailer', trailer, 99, undefined, '5 x-amz-checksum-crc32=NhCmhg=='],
    ['byte by byte', trailer, 1, undefined, '5 x-amz-checksum-crc32=NhCmhg=='],
    ['without the last line end', trailer.slice(0, -2), 99, undefined, '5 x-amz-checksum-crc32=NhCmhg=='],
    ['no size', 'hello\r\n', 99, undefined, 'IncompleteBody'],
    ['longer than said', '4\r\nhello\r\n0\r\n\r\n', 99, undefined, 'IncompleteBody'],
    ['shorter than said', '6\r\nhello', 99, undefined, 'IncompleteBody'],
    ['a trailer that is none', '0\r\nnonsense\r\n\r\n', 99, undefined, 'IncompleteBody'],
  ] as const)('%s', async (_name, text, size, signature, want) => {
    expect(await decoded(text, size, signature)).toBe(want);
  });
});
