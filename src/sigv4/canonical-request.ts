/**
 * The canonical request and the string to sign, the same bytes for whoever signs and whoever verifies.
 * AWS: Signature Version 4, "Create a signed request", steps 1-3. Which fields are signed is decided by sign.ts or named by the
 * request itself; keys are derived in signing-key.ts.
 */
import { createHash } from 'node:crypto';
import type { Fields } from '../http/fields.ts';
import type { Instant } from '../model/units.ts';

export const ALGORITHM = 'AWS4-HMAC-SHA256';
/** Signature Version 4A: the same text, signed by an asymmetric key. */
export const ALGORITHM_4A = 'AWS4-ECDSA-P256-SHA256';
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
/** SHA-256 of the empty body. */
export const EMPTY_PAYLOAD = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export interface CanonicalRequest {
  readonly method: string;
  /** As on the wire, percent-encoded. */
  readonly rawPath: string;
  /** As on the wire, without `?`. */
  readonly rawQuery: string;
  /** Lower-case names. Only those listed in signedHeaders are read. */
  readonly headers: Fields;
  /** Lower case, sorted. */
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  /** True for every service but S3: the path is normalised and encoded a second time. */
  readonly uriEncodePath: boolean;
}

/** The canonical request's text. Signed fields that are absent count as empty, so that the signature does not match. */
export function canonicalRequest(request: CanonicalRequest): string {
  const headers = request.signedHeaders.map((name) => `${name}:${canonicalValue(request.headers, name)}\n`).join('');
  return [
    request.method,
    canonicalPath(request.rawPath, request.uriEncodePath),
    canonicalQuery(request.rawQuery),
    headers,
    request.signedHeaders.join(';'),
    request.payloadHash,
  ].join('\n');
}

/** What the signing key signs. `scope` is `20260101/us-east-1/s3/aws4_request`. */
export function stringToSign(timestamp: string, scope: string, canonical: string, algorithm = ALGORITHM): string {
  return [algorithm, timestamp, scope, sha256Hex(canonical)].join('\n');
}

/** `20260101T120000Z` */
export function amzDate(now: Instant): string {
  return `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Percent-encodes all but RFC 3986 unreserved characters, in UTF-8. AWS: "UriEncode()". */
export function uriEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

// AWS: S3 keys are signed as they are, encoded once; other services normalise the path and encode it again.
function canonicalPath(rawPath: string, uriEncodePath: boolean): string {
  if (!uriEncodePath) return encodeSegments(rawPath, (segment) => reencode(segment)) || '/';
  const segments: string[] = [];
  for (const segment of rawPath.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const path = `/${segments.join('/')}${segments.length > 0 && rawPath.endsWith('/') ? '/' : ''}`;
  return encodeSegments(path, uriEncode);
}

function encodeSegments(path: string, encode: (segment: string) => string): string {
  return path.split('/').map(encode).join('/');
}

/** Sorted by encoded name, then encoded value. X-Amz-Signature is never part of what is signed. */
function canonicalQuery(rawQuery: string): string {
  if (rawQuery === '') return '';
  const pairs: [string, string][] = [];
  for (const part of rawQuery.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = reencode((at < 0 ? part : part.slice(0, at)).replaceAll('+', ' '));
    if (name === 'X-Amz-Signature') continue;
    pairs.push([name, at < 0 ? '' : reencode(part.slice(at + 1).replaceAll('+', ' '))]);
  }
  pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** One encoding for all spellings of the same bytes; what does not decode as UTF-8 keeps its escapes, upper-cased. */
function reencode(text: string): string {
  try {
    return uriEncode(decodeURIComponent(text));
  } catch {
    return text
      .split(/(%[0-9a-fA-F]{2})/)
      .map((part, i) => (i % 2 === 1 ? part.toUpperCase() : uriEncode(part)))
      .join('');
  }
}

function canonicalValue(headers: Fields, name: string): string {
  const values: string[] = [];
  for (const field of headers) if (field[0] === name) values.push(field[1].trim().replaceAll(/\s+/g, ' '));
  return values.join(',');
}
