/**
 * What the origin is asked: facts 3.3-3.6, 7.1, 7.2 and 8.1. Method, path, query and fields as the policies let them pass, and what
 * CloudFront adds. Signing and framing come after, in the origin client; conditional fields of a revalidation are added by
 * core/cache/revalidation.ts. A HEAD stays a HEAD: what is stored of it answers HEAD only.
 */
import { normaliseAcceptEncoding, type Codings } from '../../http/accept-encoding.ts';
import { cookieField, formatCookies, parseCookies } from '../../http/cookie.ts';
import { fieldValue, type Field, type Fields } from '../../http/fields.ts';
import { connectionNames, HOP_BY_HOP } from '../../http/hop-by-hop.ts';
import { selectParameters } from '../../http/query-string.ts';
import { CONTENT_TYPE_TRAVELS_WITH_BODY, FORWARDED_FOR_SEPARATOR } from '../../model/assumptions.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { Origin } from '../../model/distribution.ts';
import { selects, type Selector } from '../../model/selector.ts';
import { VIEWER_HEADERS } from '../../tables/viewer-headers.ts';
import { decideLookup } from '../cache/decide-lookup.ts';
import type { OriginRequest, ViewerRequest } from '../request.ts';
import { cloudFrontHeader, type ViewerPlace } from '../viewer-request/cloudfront-header.ts';
import { passesAuthorization, passesPayloadHash, PAYLOAD_HASH } from './authorization.ts';
import { clientCert, isClientCertField } from './client-cert.ts';
import { originConnection } from './connection.ts';
import { forwardedUpgrade } from './upgrade.ts';

export interface OriginRequestInput {
  readonly distribution: CompiledDistribution;
  readonly behavior: CompiledCacheBehavior;
  readonly origin: Origin;
  readonly request: ViewerRequest;
  /** Raw, after the default root object. */
  readonly path: string;
  readonly requestId: string;
  /** This edge's name in Via: `<32 hex>.cloudfront.net`. */
  readonly viaHost: string;
  readonly place?: ViewerPlace | undefined;
}

export function buildOriginRequest(input: OriginRequestInput): OriginRequest {
  const { behavior, origin, request, path } = input;
  const query = forwardedQuery(behavior.origin.queryStrings, request.query);
  const fields = originFields(input);
  return {
    method: request.method,
    ...originConnection(origin, request.scheme),
    hostname: origin.domainName,
    host: origin.hostHeader ?? (behavior.origin.host === 'viewer' ? request.host : origin.domainName),
    target: `${origin.originPath}${path}${query === undefined ? '' : `?${query}`}`,
    fields,
    upgrade: forwardedUpgrade(origin, request, fields),
  };
}

function forwardedQuery(selector: Selector, query: string | undefined): string | undefined {
  if (query === undefined || selector.kind === 'none') return undefined;
  return selector.kind === 'all' ? query : selectParameters(query, selector.selects);
}

function originFields(input: OriginRequestInput): Fields {
  const fields = [...passedFields(input), ...edgeFields(input)];
  const custom = input.origin.customHeaders;
  if (custom.length === 0) return fields;
  // CloudFront: an origin custom header takes the place of a viewer's of the same name.
  const names = new Set(custom.map(([name]) => name));
  return [...fields.filter(([name]) => !names.has(name)), ...custom];
}

const PARTIAL: ReadonlySet<string> = new Set(
  VIEWER_HEADERS.filter((header) => header.unlisted === 'partial').map((header) => header.name.toLowerCase()),
);

/** The viewer's fields that pass as they are, in their order. */
export function passedFields({
  distribution,
  behavior,
  origin,
  request,
}: Pick<OriginRequestInput, 'distribution' | 'behavior' | 'origin' | 'request'>): Fields {
  const named = connectionNames(request.fields);
  const isStorable = decideLookup(behavior, request).kind === 'lookup';
  const passes = (name: string): boolean => {
    if (HOP_BY_HOP.has(name) || named.has(name) || isClientCertField(distribution, name)) return false;
    // What is to be stored is fetched whole and unconditionally; parts and preconditions are the edge's own to answer (facts 4.5).
    if (PARTIAL.has(name)) return !isStorable;
    if (name === PAYLOAD_HASH && passesPayloadHash(origin)) return true;
    if (name === 'authorization') return passesAuthorization(behavior, origin, request.method);
    // CloudFront: an HTTP/1.0 viewer's Accept-Encoding is removed.
    if (name === 'accept-encoding' && request.httpVersion === '1.0') return false;
    if (name === 'content-type' && CONTENT_TYPE_TRAVELS_WITH_BODY && request.body.kind !== 'none') return true;
    return behavior.origin.passes(name);
  };
  return request.fields.filter(([name]) => passes(name));
}

/** The fields whose value the edge decides. */
function edgeFields({ distribution, behavior, request, requestId, viaHost, place = {} }: OriginRequestInput): Fields {
  const recipe = behavior.origin;
  const fields: Field[] = [
    ['user-agent', (recipe.userAgent === 'viewer' ? fieldValue(request.fields, 'user-agent') : undefined) ?? 'Amazon CloudFront'],
    ['via', appended(request, 'via', `${request.httpVersion ?? '1.1'} ${viaHost} (CloudFront)`, ', ')],
    ['x-amz-cf-id', requestId],
    ['x-forwarded-for', appended(request, 'x-forwarded-for', request.viewerAddress, FORWARDED_FOR_SEPARATOR)],
  ];
  const cookies = recipe.cookies.kind === 'none' ? undefined : forwardedCookies(recipe.cookies, request);
  if (cookies !== undefined) fields.push(['cookie', cookies]);
  const codings = recipe.acceptEncoding === undefined ? undefined : forwardedCodings(recipe.acceptEncoding, request);
  if (codings !== undefined) fields.push(['accept-encoding', codings]);
  const shown = clientCert(distribution, behavior, request);
  if (shown !== undefined) fields.push(['client-cert', shown]);
  for (const name of recipe.cloudFrontHeaders) {
    const value = cloudFrontHeader(name, request, place);
    if (value !== undefined) fields.push([name, value]);
  }
  return fields;
}

function appended(request: ViewerRequest, name: string, value: string, separator: string): string {
  const sent = fieldValue(request.fields, name);
  return sent === undefined || sent === '' ? value : `${sent}${separator}${value}`;
}

function forwardedCookies(selector: Selector, request: ViewerRequest): string | undefined {
  const cookies = parseCookies(cookieField(request.fields) ?? '') ?? [];
  return formatCookies(cookies.filter((cookie) => selects(selector, cookie.name)));
}

function forwardedCodings(wanted: Codings, request: ViewerRequest): string | undefined {
  if (request.httpVersion === '1.0') return undefined;
  return normaliseAcceptEncoding(fieldValue(request.fields, 'accept-encoding'), wanted);
}
