/**
 * The API port: every AWS service on one address, told apart by the SigV4 scope, then X-Amz-Target, then path, else S3.
 * Signatures are judged here, before any service sees a call; what a principal may do is each service's. `/_warmfront/` is the admin's.
 * Limit: Bun gives the path with dot segments resolved and `\` turned into `/`. A signed request for such an S3 key therefore fails its
 * signature, with a 403, and an unsigned one reads the resolved key: neither reaches a key it was not meant for under a signature.
 */
import { UNSIGNED_PAYLOAD, sha256Hex } from '../../sigv4/canonical-request.ts';
import { isRefusal, readClaim, type Claim, type SignedHead } from '../../sigv4/claim.ts';
import { hashedBody } from '../../sigv4/hashed-body.ts';
import { verifyClaim, type Verified } from '../../sigv4/verify.ts';
import type { Instant } from '../../model/units.ts';
import type { Credentials } from './credentials.ts';
import { bodyHashError, refusalError, unsignedError } from './refusals.ts';
import { WireFault } from './wire/faults.ts';
import { DOCUMENT_LIMIT, readBody } from './wire/read-body.ts';
import { ApiError, type IncomingCall, type Principal, type Service } from './wire/types.ts';
import { writeStyledError } from './wire/write-error.ts';

/** What the listener knows of the connection. */
export interface Connection {
  readonly peerAddress: string | undefined;
}

export interface ApiServerOptions {
  readonly services: readonly Service[];
  readonly credentials: Pick<Credentials, 'lookup'>;
  /** Answers everything unsigned under `/_warmfront/`. */
  readonly admin?: (request: Request, connection: Connection) => Response | Promise<Response>;
  readonly now: () => Instant;
  /** Takes one line for the operator. */
  readonly report: (line: string, severity: 'error') => void;
}

export interface ApiServer {
  /** For Bun.serve's `fetch`. Never rejects. */
  handle(request: Request, connection?: Connection): Promise<Response>;
}

/** For unsigned calls, which have no scope: X-Amz-Target's service, then what is at the head of the path. */
const BY_TARGET: ReadonlyMap<string, string> = new Map([
  ['AWSWAF_20190729', 'wafv2'],
  ['CertificateManager', 'acm'],
]);
const BY_PATH: readonly (readonly [prefix: string, service: string])[] = [
  ['/key-value-stores/arn%3Aaws%3Acloudfront', 'cloudfront-keyvaluestore'],
  ['/2020-05-31/', 'cloudfront'],
  ['/2013-04-01/', 'route53'],
  ['/2015-03-31/', 'lambda'],
  ['/2017-03-31/', 'lambda'],
];
const DEFAULT_REGION = 'us-east-1';
const ANONYMOUS: Principal = { kind: 'anonymous' };

export function createApiServer(options: ApiServerOptions): ApiServer {
  const services = new Map(options.services.map((service) => [service.signingName, service]));
  // Who serves one service alone need not tell it from others.
  const sole = options.services.length === 1 ? options.services[0] : undefined;

  async function route(request: Request, connection: Connection, requestId: string): Promise<Response> {
    const head = headOf(request);
    const claim = readClaim(head);
    if (claim.kind === 'unsigned' && options.admin !== undefined && head.rawPath.startsWith('/_warmfront/')) {
      return options.admin(request, connection);
    }
    const name = sole?.signingName ?? (claim.kind === 'claim' ? claim.service : guessService(head, request.headers));
    const service = services.get(name);
    if (service === undefined) return unserved(name, request.headers, requestId);
    try {
      if (isRefusal(claim)) throw refusalError(service.errorStyle, claim, undefined, options.now());
      const call = { ...head, headers: request.headers, requestId, now: options.now() };
      const judged =
        name === 's3'
          ? judgeS3(request, head, claim, { ...call, ...peerOf(connection) }, options)
          : await judge(request, head, claim, call, service, options);
      return await service.handle(judged);
    } catch (thrown) {
      return errorResponse(service.errorStyle, asApiError(thrown, request, requestId, options.report), requestId);
    }
  }

  return {
    async handle(request, connection = { peerAddress: undefined }) {
      const requestId = crypto.randomUUID();
      let response: Response;
      try {
        response = await route(request, connection, requestId);
      } catch (thrown) {
        response = errorResponse('xml', asApiError(thrown, request, requestId, options.report), requestId);
      }
      return finish(request, response, requestId);
    },
  };
}

type CallHead = Pick<IncomingCall, 'method' | 'rawPath' | 'rawQuery' | 'requestId' | 'now' | 'sourceIp'> & {
  readonly headers: Headers;
};

/** For bucket policies on aws:SourceIp. */
function peerOf({ peerAddress }: Connection): Pick<IncomingCall, 'sourceIp'> {
  return peerAddress === undefined ? {} : { sourceIp: peerAddress };
}

/** S3 streams: the body is checked as it passes, against the hash that was signed. */
function judgeS3(
  request: Request,
  head: SignedHead,
  claim: Claim | { kind: 'unsigned' },
  call: CallHead,
  options: ApiServerOptions,
): IncomingCall {
  const { body } = request;
  if (claim.kind === 'unsigned') return { ...call, body, principal: ANONYMOUS, region: DEFAULT_REGION, streaming: undefined };
  const payloadHash = s3PayloadHash(claim, request.headers);
  const { principal, signingKey } = verified(claim, head, payloadHash, 's3', options);
  const { region, scope, timestamp, signature } = claim;
  const hasSignedChunks = payloadHash.startsWith('STREAMING-AWS4-HMAC-');
  if (hasSignedChunks && signingKey === undefined)
    throw new ApiError('InvalidRequest', `${payloadHash} does not go with ${claim.algorithm}.`, 400);
  const streaming =
    hasSignedChunks && signingKey !== undefined ? { signingKey, seedSignature: signature, scope, timestamp } : undefined;
  const isHash = HEX_SHA256.test(payloadHash);
  const checked = isHash ? hashedBody(body, payloadHash, (actual) => bodyHashError(payloadHash, actual)) : body;
  return { ...call, body: checked, principal, region, streaming };
}

const HEX_SHA256 = /^[0-9a-f]{64}$/;
const S3_PAYLOADS: ReadonlySet<string> = new Set([
  UNSIGNED_PAYLOAD,
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
]);

function s3PayloadHash(claim: Claim, headers: Headers): string {
  const declared = claim.contentSha256 ?? headers.get('x-amz-content-sha256');
  if (declared === null) {
    if (claim.expiresIn !== undefined) return UNSIGNED_PAYLOAD;
    throw new ApiError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256', 400);
  }
  if (!HEX_SHA256.test(declared) && !S3_PAYLOADS.has(declared)) {
    const message = `x-amz-content-sha256 must be ${[...S3_PAYLOADS].join(', ')} or a valid sha256 value.`;
    throw new ApiError('InvalidArgument', message, 400, { ArgumentName: 'x-amz-content-sha256', ArgumentValue: declared });
  }
  return declared;
}

/** Other services' documents are small: read whole, and hashed, before the signature is judged over that hash. */
async function judge(
  request: Request,
  head: SignedHead,
  claim: Claim | { kind: 'unsigned' },
  call: CallHead,
  service: Service,
  options: ApiServerOptions,
): Promise<IncomingCall> {
  if (claim.kind === 'unsigned') throw unsignedError(service.errorStyle);
  const { documentLimit = DOCUMENT_LIMIT } = service;
  // Ours: a stranger's document is not read any further than others' are.
  const isKnown = options.credentials.lookup(claim.accessKeyId, claim.sessionToken) !== undefined;
  const bytes = await readBody(request.body, request.headers, isKnown ? documentLimit : DOCUMENT_LIMIT);
  const { principal } = verified(claim, head, sha256Hex(bytes), service.errorStyle, options);
  if (principal.kind !== 'account') {
    throw new ApiError('AccessDenied', `CloudFront's own credentials may not call ${service.signingName}.`, 403);
  }
  const body = bytes.length === 0 ? null : new Response(bytes as Uint8Array<ArrayBuffer>).body;
  return { ...call, body, principal, region: claim.region, streaming: undefined };
}

function verified(
  claim: Claim,
  head: SignedHead,
  payloadHash: string,
  style: Service['errorStyle'],
  options: ApiServerOptions,
): Verified<Principal> {
  const now = options.now();
  const verdict = verifyClaim(claim, head, payloadHash, options.credentials.lookup, now);
  if (isRefusal(verdict)) throw refusalError(style, verdict, claim, now);
  return verdict;
}

/** Path and query as they stand in the URL: nothing decoded. */
function headOf(request: Request): SignedHead {
  const { url, method } = request;
  const pathAt = url.indexOf('/', url.indexOf('//') + 2);
  const queryAt = url.indexOf('?', pathAt);
  const rawPath = queryAt < 0 ? url.slice(pathAt) : url.slice(pathAt, queryAt);
  return { method, rawPath, rawQuery: queryAt < 0 ? '' : url.slice(queryAt + 1), headers: [...request.headers] };
}

function guessService(head: SignedHead, headers: Headers): string {
  const target = headers.get('x-amz-target');
  if (target !== null) return BY_TARGET.get(target.split('.', 1)[0]!) ?? target;
  // A bucket's own host: its keys may begin like any path.
  if (/(?:^|\.)s3[.-]/.test(headers.get('host') ?? '')) return 's3';
  const byPath = BY_PATH.find(([prefix]) => head.rawPath.startsWith(prefix));
  if (byPath !== undefined) return byPath[1];
  const isQueryCall =
    head.method === 'POST' &&
    head.rawPath === '/' &&
    headers.get('content-type')?.startsWith('application/x-www-form-urlencoded');
  return isQueryCall ? 'sts' : 's3';
}

function unserved(name: string, headers: Headers, requestId: string): Response {
  const style = headers.has('x-amz-target') || headers.get('content-type')?.includes('json') ? 'json' : 'xml';
  return errorResponse(
    style,
    new ApiError('NotImplemented', `Warmfront does not serve the AWS service '${name}' yet.`, 501),
    requestId,
  );
}

function asApiError(thrown: unknown, request: Request, requestId: string, report: ApiServerOptions['report']): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof WireFault)
    return new ApiError('RequestEntityTooLarge', `The request is too large: ${thrown.message}.`, 413);
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  report(`api: ${request.method} ${request.url} failed (request ${requestId}): ${detail}`, 'error');
  return new ApiError(
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
    500,
  );
}

function errorResponse(style: Service['errorStyle'], error: ApiError, requestId: string): Response {
  const written = writeStyledError(style, undefined, error, error.status ?? 400, requestId);
  const named = style === 's3' ? { 'x-amz-request-id': requestId } : {};
  return new Response(written.body, { status: written.status, headers: { ...written.headers, ...named } });
}

/** AWS: every answer names its request, S3's in a field of its own; HEAD, 204 and 304 have no body. */
function finish(request: Request, response: Response, requestId: string): Response {
  const bodiless = request.method === 'HEAD' || response.status === 204 || response.status === 304;
  const finished = bodiless && response.body !== null ? new Response(null, response) : response;
  const isNamed = finished.headers.has('x-amzn-requestid') || finished.headers.has('x-amz-request-id');
  if (!isNamed) finished.headers.set('x-amzn-requestid', requestId);
  return finished;
}
