/**
 * The request as a Lambda@Edge function returned it, for the viewer's side and the origin's: judged, part by part. Facts: aws-api B8. Of what is
 * not returned, headers are gone, and the rest is as it was. How it goes on from there: edge/lambdas.
 */
import type { Field, Fields } from '../../http/fields.ts';
import type { Origin } from '../../model/distribution.ts';
import type { JsonObject } from '../../model/json-object.ts';
import { LAMBDA_EVENT_LIMITS } from '../../tables/lambda-edge.ts';
import { REQUEST_QUOTAS } from '../../tables/quotas.ts';
import { isDomainName, isOfThisMachine } from '../origin-request/update-origin.ts';
import type { OriginRequest, ViewerRequest } from '../request.ts';
import { readQueryText, readUri } from '../viewer-request/apply-function-request.ts';
import { readRequestBody, type GivenBody } from './lambda-bodies.ts';
import { isShown, type SeenRequest } from './lambda-event.ts';
import { collectLambdaFaults, type LambdaFault, type LambdaFaults } from './lambda-faults.ts';
import { lambdaOrigin, readLambdaOrigin } from './lambda-origin.ts';
import { readLambdaHeaders } from './read-lambda-headers.ts';

interface Invalid {
  readonly kind: 'invalid';
  readonly fault: LambdaFault;
}

export type AppliedViewerRequest =
  | {
      readonly kind: 'request';
      readonly request: ViewerRequest;
      /** Undefined where the viewer's stays. */
      readonly body: GivenBody | undefined;
    }
  | Invalid;

/** `seen`: what the function got to see of the request. */
export function applyViewerRequest(request: ViewerRequest, seen: SeenRequest, returned: JsonObject): AppliedViewerRequest {
  const faults = collectLambdaFaults();
  const body = readRequestBody(returned['body'], LAMBDA_EVENT_LIMITS['viewer-request'].bodyLength, faults);
  const { path, query, fields } = readRequest(returned, seen, 'viewer-request', faults);
  if (has(fields, 'cloudfront-viewer-country') && !has(seen.fields, 'cloudfront-viewer-country'))
    faults.add('lambdaReadOnly', 'request.headers: the header cloudfront-viewer-country may not be added');
  if (faults.first !== undefined) return { kind: 'invalid', fault: faults.first };
  // What functions do not see stays as it was; Host is no field of a request.
  const hidden = request.fields.filter((field) => !isShown(field));
  const shown = fields.filter(([name]) => name !== 'host');
  return { kind: 'request', request: { ...request, path, query, fields: [...shown, ...hidden] }, body };
}

export type AppliedOriginRequest =
  | {
      readonly kind: 'request';
      readonly origin: Origin;
      /** Without the origin's custom headers, which are its own to add; target and connection are of the origin above. */
      readonly host: string;
      readonly target: string;
      readonly fields: Fields;
      readonly body: GivenBody | undefined;
    }
  | Invalid;

/** `built`: what the origin would have been asked, with its path in the target. */
export function applyOriginRequest(
  built: OriginRequest,
  origin: Origin,
  viewerScheme: 'http' | 'https',
  seen: SeenRequest,
  returned: JsonObject,
): AppliedOriginRequest {
  const faults = collectLambdaFaults();
  const body = readRequestBody(returned['body'], LAMBDA_EVENT_LIMITS['origin-request'].bodyLength, faults);
  const { path, query, fields } = readRequest(returned, seen, 'origin-request', faults);
  const chosen = readLambdaOrigin(returned['origin'], origin, lambdaOrigin(origin, viewerScheme), faults);
  const host = hostOf(fields, chosen, built.host, faults);
  // CloudFront: a custom header may not be there as the request's, too.
  const twice = chosen.customHeaders.find(([name]) => has(fields, name));
  if (twice !== undefined) faults.add('lambdaInvalid', `request.headers: ${twice[0]} is a custom header of the origin already`);
  if (faults.first !== undefined) return { kind: 'invalid', fault: faults.first };
  const hidden = built.fields.filter((field) => !isShown(field));
  return {
    kind: 'request',
    origin: chosen,
    host,
    target: `${chosen.originPath}${path}${query === undefined ? '' : `?${query}`}`,
    fields: [...fields.filter(([name]) => name !== 'host' && name !== 'content-length'), ...hidden],
    body,
  };
}

/** CloudFront: Host is the function's to say, also when it names another origin and forgets to. */
function hostOf(fields: Fields, origin: Origin, before: string, faults: LambdaFaults): string {
  const lines = fields.filter(([name]) => name === 'host').map(([, value]) => value);
  const [host = origin.domainName, ...others] = lines;
  if (host === before && others.length === 0) return host;
  const name = host.replace(/:\d+$/, '');
  if (others.length > 0 || !isDomainName(name)) faults.add('lambdaInvalid', 'request.headers.host must be one domain name');
  else if (isOfThisMachine(name) && !isOfThisMachine(origin.domainName))
    faults.add('lambdaInvalid', 'request.headers.host must not be an address or a name of the loopback');
  return host;
}

interface ReadRequest {
  readonly path: string;
  readonly query: string | undefined;
  readonly fields: Fields;
}

function readRequest(
  returned: JsonObject,
  seen: SeenRequest,
  eventType: 'viewer-request' | 'origin-request',
  faults: LambdaFaults,
): ReadRequest {
  const { uri = seen.path, querystring = seen.query ?? '', headers, method = seen.method, clientIp = seen.clientIp } = returned;
  const plain = { add: (message: string) => faults.add('lambdaInvalid', message) };
  if (method !== seen.method) plain.add('request.method is read-only');
  if (clientIp !== seen.clientIp) plain.add('request.clientIp is read-only');
  const path = uri === seen.path ? seen.path : readUri(uri, plain);
  const query = readQuery(querystring, seen.query, plain);
  const isChanged = path !== seen.path || query !== seen.query;
  if (isChanged && path.length + (query === undefined ? 0 : query.length + 1) >= REQUEST_QUOTAS.urlLength) {
    plain.add(`request.uri and request.querystring together must be shorter than ${REQUEST_QUOTAS.urlLength} characters`);
  }
  return { path, query, fields: readLambdaHeaders(headers, 'request.headers', seen.fields, eventType, faults) };
}

function readQuery(given: unknown, before: string | undefined, plain: Parameters<typeof readQueryText>[2]): string | undefined {
  if (given === (before ?? '')) return before;
  if (typeof given !== 'string') return plain.add('request.querystring must be a string');
  return readQueryText(given, 'request.querystring', plain);
}

function has(fields: Fields, name: string): boolean {
  return fields.some((field: Field) => field[0] === name);
}
