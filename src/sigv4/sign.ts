/**
 * Signs a request with AWS Signature Version 4, in header fields: what CloudFront does for origins with an origin access control.
 * AWS: "Create a signed request". The canonical form is decided in canonical-request.ts; verification is verify.ts.
 */
import type { Field, Fields } from '../http/fields.ts';
import type { Instant } from '../model/units.ts';
import { ALGORITHM, amzDate, canonicalRequest, stringToSign } from './canonical-request.ts';
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
  if (request.sessionToken !== undefined) added.push(['x-amz-security-token', request.sessionToken]);

  const signed: Field[] = [['host', request.host], ...added];
  for (const field of request.headers) if (isSigned(field[0])) signed.push(field);
  const signedHeaders = [...new Set(signed.map((field) => field[0]))].toSorted();

  const scope = `${date}/${request.region}/${request.service}/aws4_request`;
  const canonical = canonicalRequest({ ...request, headers: signed, signedHeaders });
  const key = deriveSigningKey(request.secretAccessKey, date, request.region, request.service);
  const signature = Buffer.from(hmacSha256(key, stringToSign(timestamp, scope, canonical))).toString('hex');
  added.push([
    'authorization',
    `${ALGORITHM} Credential=${request.accessKeyId}/${scope}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
  ]);
  return added;
}

function isSigned(name: string): boolean {
  return !ADDED.has(name) && (name.startsWith('x-amz-') || ALSO_SIGNED.has(name));
}
