/**
 * Signs a request with AWS Signature Version 4 or 4A, in header fields: what CloudFront does for origins with an origin access control.
 * AWS: "Create a signed request". The canonical form is decided in canonical-request.ts; verification is verify.ts.
 */
import { sign } from 'node:crypto';
import type { Field, Fields } from '../http/fields.ts';
import type { Instant } from '../model/units.ts';
import { deriveAsymmetricKey } from './asymmetric-key.ts';
import { ALGORITHM, ALGORITHM_4A, amzDate, canonicalRequest, stringToSign } from './canonical-request.ts';
import { deriveSigningKey, hmacSha256 } from './signing-key.ts';

export interface SigningRequest {
  readonly method: string;
  /** As it will be sent, port included when not the scheme's own. */
  readonly host: string;
  readonly rawPath: string;
  /** Without `?`; '' when absent. */
  readonly rawQuery: string;
  /** The request's fields, lower-case names; x-amz-*, content-type, content-md5 and range among them are signed. */
  readonly headers: Fields;
  readonly service: string;
  /** Set for 4A, `*` for all: `region` does not count then. */
  readonly regionSet?: string | undefined;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Hex SHA-256 of the body, or UNSIGNED-PAYLOAD. */
  readonly payloadHash: string;
  readonly now: Instant;
  /** False for S3, true for every other service. */
  readonly uriEncodePath: boolean;
}

const ADDED: ReadonlySet<string> = new Set([
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-region-set',
  'x-amz-security-token',
  'authorization',
  'host',
]);
const ALSO_SIGNED: ReadonlySet<string> = new Set(['content-type', 'content-md5', 'range']);

/** The fields to put on the request, in place of any that already have these names: the date, hash, token and authorization. */
export function signHeaders(request: SigningRequest): Fields {
  const timestamp = amzDate(request.now);
  const date = timestamp.slice(0, 8);
  const added: Field[] = [
    ['x-amz-date', timestamp],
    ['x-amz-content-sha256', request.payloadHash],
  ];
  if (request.regionSet !== undefined) added.push(['x-amz-region-set', request.regionSet]);
  if (request.sessionToken !== undefined) added.push(['x-amz-security-token', request.sessionToken]);

  const signed: Field[] = [['host', request.host], ...added];
  for (const field of request.headers) if (isSigned(field[0])) signed.push(field);
  const signedHeaders = [...new Set(signed.map((field) => field[0]))].toSorted();

  const isAsymmetric = request.regionSet !== undefined;
  const algorithm = isAsymmetric ? ALGORITHM_4A : ALGORITHM;
  const scope = [date, ...(isAsymmetric ? [] : [request.region]), request.service, 'aws4_request'].join('/');
  const canonical = canonicalRequest({ ...request, headers: signed, signedHeaders });
  const text = stringToSign(timestamp, scope, canonical, algorithm);
  const signature = isAsymmetric ? signAsymmetrically(request, text) : signSymmetrically(request, date, text);
  added.push([
    'authorization',
    `${algorithm} Credential=${request.accessKeyId}/${scope}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
  ]);
  return added;
}

function signSymmetrically({ secretAccessKey, region, service }: SigningRequest, date: string, text: string): string {
  return Buffer.from(hmacSha256(deriveSigningKey(secretAccessKey, date, region, service), text)).toString('hex');
}

function signAsymmetrically({ accessKeyId, secretAccessKey }: SigningRequest, text: string): string {
  return sign('sha256', Buffer.from(text), deriveAsymmetricKey(accessKeyId, secretAccessKey)).toString('hex');
}

function isSigned(name: string): boolean {
  return !ADDED.has(name) && (name.startsWith('x-amz-') || ALSO_SIGNED.has(name));
}
