/**
 * Signing for origins with an origin access control or identity: facts 8.5. Who signs, and in whose name, is the credentials' matter;
 * how a signature is made is src/sigv4/sign.ts; whether the request must go over https is decided in core.
 */
import type { OriginRequest } from '../../core/request.ts';
import type { OriginTarget } from '../../edge/ports.ts';
import { fieldValue, hasField, withoutFields } from '../../http/fields.ts';
import type { Fields } from '../../http/fields.ts';
import type { Instant } from '../../model/units.ts';
import { signHeaders } from '../../sigv4/sign.ts';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** In whose name requests to this origin are signed; undefined when no credentials are configured for it. */
export type OriginCredentials = (target: OriginTarget) => SigningCredentials | undefined;

type Service = 's3' | 'mediastore' | 'mediapackagev2' | 'lambda';

const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
/** SHA-256 of nothing. */
const EMPTY_PAYLOAD = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** `us-east-1`, `ap-southeast-2`, `us-gov-west-1`; legacy S3 names put `s3-` before it. */
const REGION_LABEL = /^(?:s3-)?([a-z]{2}(?:-[a-z]+){1,2}-[0-9])$/;
/** AWS: names without a region are the first region's. */
const DEFAULT_REGION = 'us-east-1';

/** The fields to send: signed when the origin's settings ask for it, or why they cannot be. */
export function signOriginRequest(
  request: OriginRequest,
  target: OriginTarget,
  hasBody: boolean,
  now: Instant,
  originCredentials: OriginCredentials | undefined,
): Fields | { readonly refused: string } {
  const decision = decideSigning(target, hasField(request.fields, 'authorization'));
  if (typeof decision !== 'string') return decision;
  if (decision === 'none') return request.fields;
  const credentials = originCredentials?.(target);
  if (credentials === undefined) return { refused: 'it must be signed, but no credentials for signing are configured' };
  const cut = request.target.indexOf('?');
  const added = signHeaders({
    ...credentials,
    method: request.method,
    host: request.host,
    rawPath: cut < 0 ? request.target : request.target.slice(0, cut),
    rawQuery: cut < 0 ? '' : request.target.slice(cut + 1),
    headers: request.fields,
    service: decision,
    region: regionOf(request.hostname),
    // CloudFront: 4A is for S3 Multi-Region Access Points, which are in no region of their own.
    regionSet: target.originAccessControl?.signingProtocol === 'sigv4a' ? '*' : undefined,
    payloadHash: payloadHash(decision, request.fields, hasBody),
    now,
    uriEncodePath: decision !== 's3',
  });
  // CloudFront: a viewer's own Authorization and session are overwritten.
  const replaced = new Set([...added.map((field) => field[0]), 'x-amz-security-token']);
  return [...withoutFields(request.fields, replaced), ...added];
}

function decideSigning(target: OriginTarget, viewerAuthorized: boolean): Service | 'none' | { readonly refused: string } {
  const control = target.originAccessControl;
  if (control === undefined) return target.kind.kind === 's3' && target.kind.originAccessIdentity !== undefined ? 's3' : 'none';
  if (control.signingBehavior === 'never') return 'none';
  if (control.signingBehavior === 'no-override' && viewerAuthorized) return 'none';
  // CloudFront does not publish in which fields it signs beside a viewer's Authorization; without one it is an ordinary signature.
  if (control.signingBehavior === 'always-amz-auth' && viewerAuthorized) {
    return { refused: 'signing beside a viewer’s Authorization (always-amz-auth) is not supported' };
  }
  return control.originType;
}

/** The region in an AWS host name, wherever it stands in it. */
export function regionOf(hostname: string): string {
  for (const label of hostname.toLowerCase().split('.').slice(1)) {
    const region = REGION_LABEL.exec(label)?.[1];
    if (region !== undefined) return region;
  }
  return DEFAULT_REGION;
}

function payloadHash(service: Service, fields: Fields, hasBody: boolean): string {
  // CloudFront: bodies are streamed, so S3 gets them unsigned; other services need the hash that the viewer sends with a body.
  if (service === 's3') return UNSIGNED_PAYLOAD;
  return fieldValue(fields, 'x-amz-content-sha256') ?? (hasBody ? UNSIGNED_PAYLOAD : EMPTY_PAYLOAD);
}
