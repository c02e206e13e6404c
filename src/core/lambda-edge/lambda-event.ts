/**
 * What a Lambda@Edge function gets to see, for each of the four events: facts aws-api B8. What it may give back is judged in
 * apply-lambda-request.ts and apply-lambda-response.ts; how it runs, in functions/lambda-edge.
 */
import { fieldCase } from '../../http/field-case.ts';
import type { Field, Fields } from '../../http/fields.ts';
import { textOfOctets } from '../../http/octet-text.ts';
import { reasonPhrase } from '../../http/reason-phrase.ts';
import type { CompiledDistribution } from '../../model/compile.ts';
import type { Origin } from '../../model/distribution.ts';
import type { Bytes } from '../../model/units.ts';
import { isDisallowedHeader } from '../../tables/function-headers.ts';
import type { LambdaEventType } from '../../tables/lambda-edge.ts';
import type { OriginRequest, ViewerRequest } from '../request.ts';
import { lambdaOrigin, type LambdaOrigin } from './lambda-origin.ts';

export interface LambdaEvent {
  readonly Records: readonly [{ readonly cf: LambdaRecord }];
}

export interface LambdaRecord {
  readonly config: {
    readonly distributionDomainName: string;
    readonly distributionId: string;
    readonly eventType: LambdaEventType;
    readonly requestId: string;
  };
  readonly request: LambdaRequest;
  readonly response?: LambdaResponse;
}

export interface LambdaRequest {
  readonly clientIp: string;
  readonly headers: LambdaHeaders;
  readonly method: string;
  /** Raw, without `?`. */
  readonly querystring: string;
  readonly uri: string;
  readonly origin?: LambdaOrigin;
  readonly body?: LambdaBody;
}

export interface LambdaResponse {
  readonly status: string;
  readonly statusDescription: string;
  readonly headers: LambdaHeaders;
}

/** By lower-case names; `key` is the name as HTTP/1.1 spells it. */
export type LambdaHeaders = Readonly<Record<string, readonly { readonly key: string; readonly value: string }[]>>;

export interface LambdaBody {
  readonly inputTruncated: boolean;
  readonly action: 'read-only';
  readonly encoding: 'base64';
  readonly data: string;
}

/** A request as functions see it, and as what they return is held against. */
export interface SeenRequest {
  readonly clientIp: string;
  readonly method: string;
  readonly path: string;
  readonly query: string | undefined;
  /** Host is the first; what functions do not see is not there. */
  readonly fields: Fields;
}

/** Where it runs. */
export interface LambdaPlace {
  readonly distribution: Pick<CompiledDistribution, 'source'>;
  readonly requestId: string;
}

/**
 * What the viewer asks, as a function on the viewer's side sees it. CloudFront: CloudFront-* headers are added after that, so those that are
 * there are the viewer's own; functions on the origin's side find the edge's.
 */
export function seenByViewerFunction(request: ViewerRequest, path: string): SeenRequest {
  const fields: Field[] = [['host', request.host], ...request.fields.filter(isShown)];
  return { clientIp: request.viewerAddress, method: request.method, path, query: request.query, fields };
}

/** What the origin would be asked, as a function on the origin's side sees it. `originPath` is the origin's own. */
export function seenByOriginFunction(request: ViewerRequest, built: OriginRequest, originPath: string): SeenRequest {
  const target = built.target.slice(originPath.length);
  const queryAt = target.indexOf('?');
  return {
    clientIp: request.viewerAddress,
    method: built.method,
    path: queryAt < 0 ? target : target.slice(0, queryAt),
    query: queryAt < 0 ? undefined : target.slice(queryAt + 1),
    fields: [['host', built.host], ...built.fields.filter(isShown)],
  };
}

export function isShown([name]: Field): boolean {
  return !isDisallowedHeader(name);
}

export interface LambdaEventParts {
  readonly eventType: LambdaEventType;
  readonly place: LambdaPlace;
  readonly request: SeenRequest;
  /** On the origin's side. */
  readonly origin?: { readonly origin: Origin; readonly scheme: 'http' | 'https' } | undefined;
  readonly body?: LambdaBody | undefined;
  readonly response?: { readonly status: number; readonly fields: Fields } | undefined;
}

export function lambdaEvent({ eventType, place, request, origin, body, response }: LambdaEventParts): LambdaEvent {
  const { id, domainName } = place.distribution.source;
  const cf: LambdaRecord = {
    config: { distributionDomainName: domainName, distributionId: id, eventType, requestId: place.requestId },
    request: {
      clientIp: request.clientIp,
      headers: lambdaHeaders(request.fields),
      method: request.method,
      ...(origin && { origin: lambdaOrigin(origin.origin, origin.scheme) }),
      querystring: request.query ?? '',
      uri: request.path,
      ...(body && { body }),
    },
    ...(response && {
      response: {
        status: String(response.status),
        statusDescription: reasonPhrase(response.status),
        headers: lambdaHeaders(response.fields),
      },
    }),
  };
  return { Records: [{ cf }] };
}

/** Made without a prototype: a name may be anything. */
export function lambdaHeaders(fields: Fields): LambdaHeaders {
  const headers = Object.create(null) as Record<string, { key: string; value: string }[]>;
  for (const [name, value] of fields) (headers[name] ??= []).push({ key: fieldCase(name), value: textOfOctets(value) });
  return headers;
}

/** What a response has for functions to see, its length among it. */
export function shownResponseFields(fields: Fields, bodyLength: Bytes | undefined): Fields {
  const shown = fields.filter((field) => field[0] !== 'content-length' && isShown(field));
  return bodyLength === undefined ? shown : [...shown, ['content-length', String(bodyLength)]];
}
