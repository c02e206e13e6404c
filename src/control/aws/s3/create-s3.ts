/**
 * The S3 service: address -> operation -> bucket there -> permission -> input -> handler -> answer, in that order.
 * Signatures were judged before (wire/api-server.ts); what operations mean is in operations/, how messages are spelt in the model and
 * its codec. An operation without a handler is a 501 that names it.
 */
import { SECOND } from '../../../model/units.ts';
import type { BucketStore } from '../../buckets/bucket-store.ts';
import { StorageFailure } from '../../buckets/bucket-store.ts';
import type { Operation, ServiceModel, StructureShape } from '../wire/model.ts';
import { WireFault } from '../wire/faults.ts';
import { decodeUtf8 } from '../wire/read-body.ts';
import { readInput, writeOutput } from '../wire/rest-binding.ts';
import { ApiError } from '../wire/types.ts';
import type { IncomingCall, Service } from '../wire/types.ts';
import { validationMessage } from '../wire/validate.ts';
import { writeError } from '../wire/write-error.ts';
import type { Values } from '../wire/xml-codec.ts';
import { authorize, authorizeAccount } from './access.ts';
import { receiveDocument } from './body/receive-body.ts';
import { corsHeaders } from './cors.ts';
import { malformedXml, noSuchBucket } from './errors.ts';
import { addressOf } from './front/address.ts';
import { createOperationChooser } from './front/choose-operation.ts';
import { OPERATION_PERMISSIONS } from './operation-permissions.ts';
import { bucketAcl } from './operations/bucket-acl.ts';
import { bucketOperations } from './operations/bucket-operations.ts';
import { bucketSettings } from './operations/bucket-settings.ts';
import { listOperations } from './operations/listing.ts';
import { multipartOperations } from './operations/multipart.ts';
import { readOperations } from './operations/read-object.ts';
import { objectTagging } from './operations/tagging.ts';
import { writeOperations } from './operations/write-object.ts';
import type { Answer, S3Call, S3Context } from './s3-call.ts';
import { serveWebsite } from './website/serve-website.ts';

export interface S3Options {
  readonly buckets: BucketStore;
  readonly accountId: string;
  readonly model: ServiceModel;
  /** Asked when a bucket policy names an origin access identity. */
  readonly oaiExists: (id: string) => boolean;
  /** Takes one line for the operator: a handler that broke, a disk that is full. */
  readonly report: (line: string, severity: 'error') => void;
}

type Handler = (input: Values, call: S3Call) => Answer | Promise<Answer>;

const HANDLERS: ReadonlyMap<string, Handler> = new Map(
  Object.entries({
    ...bucketOperations,
    ...bucketSettings,
    ...bucketAcl,
    ...listOperations,
    ...readOperations,
    ...writeOperations,
    ...multipartOperations,
    ...objectTagging,
  } as unknown as Readonly<Record<string, Handler>>),
);

/** Operations this service has a handler for; the coverage table reads it. */
export const S3_OPERATIONS: readonly string[] = [...HANDLERS.keys()];

export function createS3(options: S3Options): Service {
  const { model, buckets, accountId, oaiExists } = options;
  const context: S3Context = { buckets, accountId, oaiExists };
  const choose = createOperationChooser(model);

  async function answer(given: IncomingCall): Promise<Response> {
    // S3: its times are whole seconds, in headers and documents alike.
    const incoming = { ...given, now: Math.floor(given.now / SECOND) * SECOND };
    const query = new URLSearchParams(incoming.rawQuery);
    const { bucket, key, kind } = addressOf(incoming.headers.get('host') ?? '', incoming.rawPath);
    const call: S3Call = { incoming, context, bucket, key, query };
    if (kind === 'website') {
      const page = await serveWebsite(
        call,
        (read) => runRead(read),
        (read) => respond(call, 'GetObject', read),
      );
      for (const [name, value] of Object.entries(identity(incoming.requestId))) page.headers.set(name, value);
      return page;
    }
    if (incoming.method === 'OPTIONS') return preflight(call);

    const level = bucket === '' ? 'account' : key === '' ? 'bucket' : 'object';
    const operation = choose(incoming.method, level, query, incoming.headers);
    if (operation === undefined) throw methodNotAllowed(incoming.method, level);
    const handler = HANDLERS.get(operation.name);
    if (level === 'account' || operation.name === 'CreateBucket') authorizeAccount(incoming.principal, context);
    else if (buckets.bucket(bucket) === undefined) throw noSuchBucket(bucket);
    if (handler === undefined)
      throw new ApiError('NotImplemented', `Warmfront does not implement s3 ${operation.name} yet.`, 501);
    if (level !== 'account' && operation.name !== 'CreateBucket' && operation.name !== 'DeleteObjects') {
      const permission = OPERATION_PERMISSIONS[operation.name];
      if (permission === undefined) throw new Error(`no permission is named for ${operation.name}`);
      authorize(call, permission, { bucket, key });
    }
    const result = await handler(await inputOf(operation, call), call);
    return respond(call, operation.name, result);
  }

  async function runRead(call: S3Call): Promise<Answer> {
    const name = call.incoming.method === 'HEAD' ? 'HeadObject' : 'GetObject';
    return (HANDLERS.get(name) as Handler)({ Bucket: call.bucket, Key: call.key }, call);
  }

  async function inputOf(operation: Operation, call: S3Call): Promise<Values> {
    const { incoming, bucket, key, query } = call;
    const labels = new Map([
      ...(bucket === '' ? [] : [['Bucket', bucket] as const]),
      ...(key === '' ? [] : [['Key', key] as const]),
    ]);
    const bodyText = takesDocument(operation) ? decodeUtf8(await receiveDocument(documentCall(operation, incoming))) : undefined;
    const { input } = readInput(model, operation, { labels, query, headers: readableHeaders(incoming.headers), bodyText });
    // A region may be any; every other document keeps the model's words.
    const message =
      bodyText === undefined || operation.name === 'CreateBucket'
        ? undefined
        : validationMessage(operation.input as StructureShape, input);
    if (message !== undefined) throw malformedXml(message);
    return input;
  }

  function respond({ incoming, bucket }: S3Call, operationName: string, result: Answer): Response {
    const operation = model.operations.get(operationName) as Operation;
    const written = writeOutput(model, operation, result.output as Values, incoming.requestId);
    const headers = new Headers({ ...written.headers, ...result.headers, ...identity(incoming.requestId) });
    for (const [name, value] of Object.entries(cors(bucket, incoming) ?? {})) headers.set(name, value);
    const body = result.body === undefined ? written.body : result.body;
    return new Response(incoming.method === 'HEAD' ? null : body, { status: result.status ?? written.status, headers });
  }

  function cors(bucket: string, { method, headers }: IncomingCall): Readonly<Record<string, string>> | undefined {
    const rules = bucket === '' || !headers.has('origin') ? undefined : buckets.setting(bucket, 'cors');
    return rules === undefined ? undefined : corsHeaders(rules, method, headers);
  }

  function preflight({ incoming, bucket }: S3Call): Response {
    const { headers } = incoming;
    if (headers.get('origin') === null || headers.get('access-control-request-method') === null) {
      throw new ApiError('BadRequest', 'Insufficient information. Origin request header needed.', 400);
    }
    const allowed = cors(bucket, incoming);
    if (allowed === undefined)
      throw new ApiError(
        'AccessForbidden',
        "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
        403,
      );
    return new Response(null, { status: 200, headers: { ...allowed, ...identity(incoming.requestId) } });
  }

  function refuse(incoming: IncomingCall, thrown: unknown): Response {
    const error = asApiError(thrown, incoming, options.report);
    const extra = { Resource: incoming.rawPath, HostId: identity(incoming.requestId)['x-amz-id-2'] };
    const written = writeError(model, error, incoming.requestId, extra);
    // S3: HEAD says its errors by the status alone.
    const body = incoming.method === 'HEAD' ? null : written.body;
    const { Allow: allow } = error.members;
    const more = { ...(typeof allow === 'string' ? { allow } : {}), ...regionHint(incoming) };
    return new Response(body, {
      status: written.status,
      headers: { ...written.headers, ...identity(incoming.requestId), ...more },
    });
  }

  /** Clients that lost their way look for the bucket's region in errors too. */
  function regionHint(incoming: IncomingCall): Readonly<Record<string, string>> {
    try {
      const region = buckets.bucket(addressOf(incoming.headers.get('host') ?? '', incoming.rawPath).bucket)?.region;
      return region === undefined ? {} : { 'x-amz-bucket-region': region };
    } catch {
      // The address itself was what was wrong.
      return {};
    }
  }

  return {
    signingName: 's3',
    errorStyle: 's3',
    async handle(incoming) {
      try {
        return await answer(incoming);
      } catch (thrown) {
        return refuse(incoming, thrown);
      }
    },
  };
}

function takesDocument({ input }: Operation): boolean {
  const payload = input?.members.find((member) => member.binding.at === 'payload');
  if (payload === undefined) return false;
  return !(payload.shape.kind === 'scalar' && payload.shape.streaming);
}

/** The checksums that CompleteMultipartUpload carries are the object's, not the document's. */
function documentCall({ name }: Operation, call: IncomingCall): IncomingCall {
  if (name !== 'CompleteMultipartUpload') return call;
  const headers = new Headers(call.headers);
  for (const field of call.headers.keys()) if (field.startsWith('x-amz-checksum-')) headers.delete(field);
  return { ...call, headers };
}

/** Dates that handlers read themselves, because a wrong one is ignored or kept and never refused. */
const LENIENT = [
  'expires',
  'if-modified-since',
  'if-unmodified-since',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-unmodified-since',
];

function readableHeaders(given: Headers): Headers {
  const headers = new Headers(given);
  for (const name of LENIENT) headers.delete(name);
  return headers;
}

function identity(requestId: string): Readonly<Record<'x-amz-request-id' | 'x-amz-id-2' | 'server', string>> {
  return {
    'x-amz-request-id': requestId,
    'x-amz-id-2': Buffer.from(`warmfront ${requestId}`).toString('base64'),
    server: 'AmazonS3',
  };
}

function methodNotAllowed(method: string, level: string): ApiError {
  const allow = level === 'object' ? 'GET, HEAD, PUT, POST, DELETE' : 'GET, HEAD, PUT, DELETE';
  if (method === 'POST' && level === 'bucket')
    return new ApiError('NotImplemented', 'Warmfront does not implement s3 POST uploads from browsers yet.', 501);
  return new ApiError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, {
    Method: method,
    ResourceType: level.toUpperCase(),
    Allow: allow,
  });
}

function asApiError(thrown: unknown, call: IncomingCall, report: S3Options['report']): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof WireFault) {
    return malformedXml(thrown.message);
  }
  const where = `s3: ${call.method} ${call.rawPath} failed (request ${call.requestId})`;
  if (thrown instanceof StorageFailure) {
    report(`${where}: ${thrown.message} ${thrown.cause instanceof Error ? thrown.cause.message : ''}`, 'error');
    // Not one of the statuses clients retry: a full disk stays full for now.
    if (thrown.reason === 'disk-full') return new ApiError('InsufficientStorage', thrown.message, 507);
  } else report(`${where}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`, 'error');
  return new ApiError('InternalError', 'We encountered an internal error. Please try again.', 500);
}
