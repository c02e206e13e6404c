/**
 * The origin in the events of functions on the origin's side, and the one that they return in its place: a custom origin or one of S3, exactly
 * one of the two, and either may become the other. Facts: aws-api B8. What is not said there is as it is at the assigned origin. Who is asked
 * then: edge/ask-origin.ts.
 */
import type { Field } from '../../http/fields.ts';
import { fieldCase } from '../../http/field-case.ts';
import type { Origin, OriginKind } from '../../model/distribution.ts';
import { isObject, type JsonObject } from '../../model/json-object.ts';
import { SECOND, seconds, type Duration } from '../../model/units.ts';
import { isForbiddenOriginHeader } from '../../tables/forbidden-origin-headers.ts';
import { ORIGIN_QUOTAS } from '../../tables/quotas.ts';
import { originConnection } from '../origin-request/connection.ts';
import { isDomainName, isOriginPath } from '../origin-request/update-origin.ts';
import type { LambdaFaults } from './lambda-faults.ts';
import type { LambdaHeaders } from './lambda-event.ts';
import { readLambdaHeaders } from './read-lambda-headers.ts';

export type LambdaOrigin = { readonly custom: LambdaCustomOrigin } | { readonly s3: LambdaS3Origin };

export interface LambdaCustomOrigin {
  readonly customHeaders: LambdaHeaders;
  readonly domainName: string;
  /** Seconds. */
  readonly keepaliveTimeout: number;
  readonly path: string;
  readonly port: number;
  readonly protocol: 'http' | 'https';
  /** Seconds. */
  readonly readTimeout: number;
  /** Seconds; absent where there is no such limit. */
  readonly responseCompletionTimeout?: number;
  readonly sslProtocols: readonly string[];
}

export interface LambdaS3Origin {
  readonly authMethod: 'origin-access-identity' | 'none';
  readonly customHeaders: LambdaHeaders;
  readonly domainName: string;
  readonly path: string;
  readonly region: string;
}

/** CloudFront: the same bounds as for the distribution's origins, but for the longest keep-alive. */
const KEEPALIVE = inSeconds(ORIGIN_QUOTAS.functionKeepaliveTimeout);
const READ = inSeconds(ORIGIN_QUOTAS.responseTimeout);
/** Ours: CloudFront names no bound; nobody waits for an hour. */
const COMPLETION = { least: 1, most: 3600 } as const;
const SSL_PROTOCOLS: readonly string[] = ['TLSv1.2', 'TLSv1.1', 'TLSv1', 'SSLv3'];
const S3_REGION = /\.s3[.-](?:website[.-])?(?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/;
const S3_DOMAIN = /(?:^|\.)s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;

/** `scheme`: of the viewer, whom `match-viewer` follows. */
export function lambdaOrigin(origin: Origin, scheme: 'http' | 'https'): LambdaOrigin {
  const { domainName, originPath: path, kind, responseCompletionTimeout } = origin;
  const customHeaders = headersOf(origin.customHeaders);
  if (kind.kind === 's3') {
    const authMethod = kind.originAccessIdentity === undefined ? 'none' : 'origin-access-identity';
    return { s3: { authMethod, customHeaders, domainName, path, region: regionOf(domainName) } };
  }
  const { scheme: protocol, port } = originConnection(origin, scheme);
  return {
    custom: {
      customHeaders,
      domainName,
      keepaliveTimeout: kind.keepaliveTimeout / SECOND,
      path,
      port,
      protocol,
      readTimeout: origin.responseTimeout / SECOND,
      ...(responseCompletionTimeout !== undefined && { responseCompletionTimeout: responseCompletionTimeout / SECOND }),
      sslProtocols: kind.sslProtocols,
    },
  };
}

/** The event spells them as the distribution does; names are all that is left of that. */
function headersOf(fields: Origin['customHeaders']): LambdaHeaders {
  const headers: Record<string, { key: string; value: string }[]> = {};
  for (const [name, value] of fields) (headers[name] ??= []).push({ key: fieldCase(name), value });
  return headers;
}

/** S3: a name without a region is of the first. */
function regionOf(domainName: string): string {
  return S3_REGION.exec(domainName)?.[1] ?? 'us-east-1';
}

/** `before`: what the function got to see of the origin. */
export function readLambdaOrigin(given: unknown, origin: Origin, before: LambdaOrigin, faults: LambdaFaults): Origin {
  if (given === undefined || given === null || JSON.stringify(given) === JSON.stringify(before)) return origin;
  if (!isObject(given)) return faults.add('lambdaInvalid', 'request.origin must be an object') ?? origin;
  const { custom, s3 } = given;
  // CloudFront: one of the two.
  if ((custom === undefined) === (s3 === undefined))
    return faults.add('lambdaInvalid', 'request.origin must have either custom or s3') ?? origin;
  const path = custom === undefined ? 'request.origin.s3' : 'request.origin.custom';
  const settings = custom ?? s3;
  if (!isObject(settings)) return faults.add('lambdaInvalid', `${path} must be an object`) ?? origin;
  const read = reader(settings, path, faults);
  const shared = {
    ...origin,
    domainName: read.domainName(),
    originPath: read.path(),
    customHeaders: read.customHeaders(),
    responseCompletionTimeout: completionTimeout(origin, settings, read, faults, path),
  };
  return custom === undefined
    ? s3Origin(shared, origin, settings, path, faults)
    : customOrigin(shared, origin, 'custom' in before ? before.custom : undefined, settings, read);
}

/** CloudFront: at least as long as the wait for the next packet. */
function completionTimeout(
  origin: Origin,
  { responseCompletionTimeout: given, readTimeout }: JsonObject,
  read: Reader,
  faults: LambdaFaults,
  path: string,
): Duration | undefined {
  if (given === undefined) return origin.responseCompletionTimeout;
  const completion = seconds(read.number('responseCompletionTimeout', COMPLETION.least, COMPLETION.most, undefined));
  const response = typeof readTimeout === 'number' ? seconds(readTimeout) : origin.responseTimeout;
  if (completion < response) faults.add('lambdaInvalid', `${path}.responseCompletionTimeout must be at least the readTimeout`);
  return completion;
}

function inSeconds({ least, most }: { readonly least: Duration; readonly most: Duration }): {
  readonly least: number;
  readonly most: number;
} {
  return { least: least / SECOND, most: most / SECOND };
}

interface Reader {
  domainName(): string;
  path(): string;
  customHeaders(): Origin['customHeaders'];
  number(name: string, least: number, most: number, before: number | undefined): number;
  choice<Choice extends string>(name: string, among: readonly Choice[], otherwise: Choice | undefined): Choice;
  sslProtocols(): readonly string[];
}

function reader(settings: JsonObject, at: string, faults: LambdaFaults): Reader {
  const wrong = (name: string, rule: string): undefined => faults.add('lambdaInvalid', `${at}.${name} ${rule}`);
  return {
    domainName() {
      const { domainName } = settings;
      if (isDomainName(domainName)) return domainName.toLowerCase();
      return wrong('domainName', 'must be a domain name') ?? '';
    },
    path() {
      const { path = '' } = settings;
      if (isOriginPath(path)) return path;
      return wrong('path', 'must begin with a slash and not end with one, in visible ASCII without ? and #') ?? '';
    },
    customHeaders() {
      const { customHeaders = {} } = settings;
      const fields = readLambdaHeaders(customHeaders, `${at}.customHeaders`, [], 'origin-response', faults);
      const forbidden = fields.find(([name]) => isForbiddenOriginHeader(name));
      if (forbidden !== undefined) wrong('customHeaders', `cannot have ${forbidden[0]}`);
      return fields.map(([name, value]): Field => [name, value]);
    },
    number(name, least, most, before) {
      const given = settings[name];
      const isInside = typeof given === 'number' && Number.isInteger(given) && given >= least && given <= most;
      if (isInside || (given === before && before !== undefined)) return given as number;
      if (given !== undefined || before === undefined) wrong(name, `must be a whole number from ${least} to ${most}`);
      return before ?? least;
    },
    choice(name, among, otherwise) {
      const given = settings[name] ?? otherwise;
      const found = among.find((one) => one === given);
      if (found === undefined) wrong(name, `must be one of ${among.join(', ')}`);
      return found ?? among[0]!;
    },
    sslProtocols() {
      const { sslProtocols } = settings;
      if (sslProtocols === undefined) return ['TLSv1.2'];
      const isList = Array.isArray(sslProtocols) && sslProtocols.every((one) => SSL_PROTOCOLS.includes(one as string));
      if (!isList || sslProtocols.length === 0) wrong('sslProtocols', `must be a list of ${SSL_PROTOCOLS.join(', ')}`);
      return isList ? (sslProtocols as readonly string[]) : [];
    },
  };
}

function customOrigin(
  shared: Origin,
  origin: Origin,
  before: LambdaCustomOrigin | undefined,
  settings: JsonObject,
  read: Reader,
): Origin {
  const protocol = read.choice('protocol', ['http', 'https'], before?.protocol);
  const port = readPort(settings, read, before?.port);
  const keepaliveTimeout: Duration = seconds(
    read.number('keepaliveTimeout', KEEPALIVE.least, KEEPALIVE.most, before?.keepaliveTimeout),
  );
  const kind: OriginKind = {
    ...(origin.kind.kind === 'custom' ? origin.kind : {}),
    kind: 'custom',
    protocolPolicy: protocol === 'http' ? 'http-only' : 'https-only',
    httpPort: port,
    httpsPort: port,
    sslProtocols: read.sslProtocols(),
    keepaliveTimeout,
  };
  return {
    ...shared,
    kind,
    responseTimeout: seconds(read.number('readTimeout', READ.least, READ.most, before?.readTimeout)),
    // Ours: a signature for S3 is of no use elsewhere.
    originAccessControl: origin.kind.kind === 'custom' ? origin.originAccessControl : undefined,
  };
}

/** CloudFront: 80, 443, or from 1024 up; or as it is. */
function readPort({ port }: JsonObject, read: Reader, before: number | undefined): number {
  return port === 80 || port === 443 ? port : read.number('port', 1024, 65_535, before);
}

function s3Origin(shared: Origin, origin: Origin, settings: JsonObject, path: string, faults: LambdaFaults): Origin {
  const { authMethod, region } = settings;
  if (authMethod !== 'none' && authMethod !== 'origin-access-identity')
    faults.add('lambdaInvalid', `${path}.authMethod must be none or origin-access-identity`);
  if (!S3_DOMAIN.test(shared.domainName)) faults.add('lambdaInvalid', `${path}.domainName must be the name of a bucket at S3`);
  // CloudFront: the region is asked for where the bucket is reached as somebody.
  const isRegion = typeof region === 'string' && /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region);
  if (region !== undefined && region !== '' && !isRegion) faults.add('lambdaInvalid', `${path}.region must be a region of AWS`);
  if (authMethod === 'origin-access-identity' && !isRegion)
    faults.add('lambdaInvalid', `${path}.region is required with authMethod origin-access-identity`);
  const own = origin.kind.kind === 's3' ? origin.kind.originAccessIdentity : undefined;
  if (authMethod === 'origin-access-identity' && own === undefined)
    faults.add('lambdaInvalid', `${path}.authMethod: the origin of the cache behavior has no origin access identity`);
  return {
    ...shared,
    kind: { kind: 's3', originAccessIdentity: authMethod === 'origin-access-identity' ? own : undefined },
    originAccessControl: origin.kind.kind === 's3' ? origin.originAccessControl : undefined,
  };
}
