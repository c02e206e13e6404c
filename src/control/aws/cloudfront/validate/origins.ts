/**
 * Origins and origin groups. Facts: data plane 8.1, 8.2, 8.5, 14; aws-api B5. How an origin is asked is decided in core/origin-request.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { Duration } from '../../../../model/units.ts';
import { seconds } from '../../../../model/units.ts';
import { isForbiddenOriginHeader } from '../../../../tables/forbidden-origin-headers.ts';
import { DISTRIBUTION_QUOTAS, ORIGIN_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { Defined, FilledConfig, FilledOrigin } from '../filled-config.ts';
import { firstRepeated, invalidArgument } from './references.ts';
import type { References } from './references.ts';

const FAILOVER_CODES = new Set([400, 403, 404, 416, 429, 500, 502, 503, 504]);

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** `bucket.s3.eu-west-1.amazonaws.com`, and the same below any other zone. */
const S3_HOST = /^.+\.s3([.-][a-z0-9.-]+)?\.[a-z0-9-]+$/i;
/** The names of what else an origin access control can sign for; as with S3, the zone is free. */
const SERVICE_HOSTS: Readonly<Record<'mediastore' | 'mediapackagev2' | 'lambda', RegExp>> = {
  mediastore: /\.data\.mediastore\.[a-z0-9-]+\../i,
  mediapackagev2: /\.mediapackagev2\.[a-z0-9-]+\../i,
  lambda: /\.lambda-url\.[a-z0-9-]+\../i,
};
/** CloudFront: website endpoints are custom origins, and transfer acceleration is not for origins. */
const NO_S3_ORIGIN = /\.s3-(website[.-]|accelerate\.)/i;
const OAI_PATH = /^origin-access-identity\/cloudfront\/([A-Z0-9]+)$/;

export function validateOrigins(config: FilledConfig, references: References): void {
  const origins = config.Origins.Items;
  if (origins.length === 0) throw invalidArgument('The parameter Origins must contain at least one origin.');
  if (origins.length > DISTRIBUTION_QUOTAS.origins)
    throw new ApiError('TooManyOrigins', 'You cannot create more origins for the distribution.', 400);
  const repeated = firstRepeated([...origins.map(({ Id }) => Id), ...items(config.OriginGroups).map(({ Id }) => Id)]);
  if (repeated !== undefined) throw invalidArgument(`The parameter Origin Id ${repeated} is used more than once.`);
  for (const origin of origins) validateOrigin(origin, references);
}

function validateOrigin(origin: FilledOrigin, references: References): void {
  const kinds = [origin.S3OriginConfig, origin.CustomOriginConfig, origin.VpcOriginConfig].filter((kind) => kind !== undefined);
  if (kinds.length !== 1) {
    const message = `The specified origin server does not exist or is not valid. Origin ${origin.Id} needs exactly one of S3OriginConfig, CustomOriginConfig and VpcOriginConfig.`;
    throw new ApiError('InvalidOrigin', message, 400);
  }
  if (!HOST_NAME.test(origin.DomainName)) throw invalidArgument('The parameter origin name must be a domain name.');
  if (origin.OriginPath !== '' && !/^\/[^?#\s]*[^?#\s/]$/.test(origin.OriginPath)) {
    throw new ApiError(
      'InvalidRelativePath',
      'The parameter OriginPath must begin with a slash (/) and must not end with one.',
      400,
    );
  }
  if (origin.OriginPath.length > DISTRIBUTION_QUOTAS.originPathLength)
    throw new ApiError('InvalidRelativePath', 'The parameter OriginPath is too long.', 400);
  validateTimes(origin);
  validateCustomHeaders(origin);
  validateAccess(origin, references);
  if (origin.CustomOriginConfig) validateCustomOrigin(origin.CustomOriginConfig);
  // No VPC origin can be created yet, so none exists.
  if (origin.VpcOriginConfig)
    throw new ApiError('EntityNotFound', `The VPC origin ${origin.VpcOriginConfig.VpcOriginId} does not exist.`, 404);
  if (origin.OriginShield.Enabled && !/^[a-z]{2}-[a-z]+-\d$/.test(origin.OriginShield.OriginShieldRegion ?? '')) {
    throw invalidArgument('The parameter OriginShieldRegion must name an AWS Region when Origin Shield is enabled.');
  }
}

function validateTimes(origin: FilledOrigin): void {
  const { ConnectionAttempts: attempts, ConnectionTimeout: connect, ResponseCompletionTimeout: completion } = origin;
  if (!isWithin(attempts, 1, ORIGIN_QUOTAS.connectionAttempts.most))
    throw invalidArgument('The parameter ConnectionAttempts must be between 1 and 3.');
  if (!isTime(connect, ORIGIN_QUOTAS.connectionTimeout))
    throw invalidArgument('The parameter ConnectionTimeout must be between 1 and 10.');
  const read = (origin.S3OriginConfig ?? origin.CustomOriginConfig ?? origin.VpcOriginConfig)?.OriginReadTimeout ?? 30;
  if (!isTime(read, ORIGIN_QUOTAS.responseTimeout)) {
    throw new ApiError(
      'InvalidOriginReadTimeout',
      'The read timeout specified for the origin is not valid: it must be between 1 and 120.',
      400,
    );
  }
  if (completion !== 0 && !(Number.isInteger(completion) && completion >= read)) {
    throw invalidArgument('The parameter ResponseCompletionTimeout must be greater than or equal to OriginReadTimeout.');
  }
}

function validateCustomOrigin(custom: Defined<Sdk.CustomOriginConfig>): void {
  for (const [name, port] of [
    ['HTTPPort', custom.HTTPPort],
    ['HTTPSPort', custom.HTTPSPort],
  ] as const) {
    if (port !== 80 && port !== 443 && !isWithin(port, 1024, 65_535)) {
      throw invalidArgument(`The parameter ${name} must be 80, 443, or between 1024 and 65535.`);
    }
  }
  if (!isTime(custom.OriginKeepaliveTimeout ?? 5, ORIGIN_QUOTAS.keepaliveTimeout)) {
    const message = 'The keep alive timeout specified for the origin is not valid: it must be between 1 and 300.';
    throw new ApiError('InvalidOriginKeepaliveTimeout', message, 400);
  }
  if (items(custom.OriginSslProtocols).length === 0) throw invalidArgument('The parameter OriginSslProtocols must not be empty.');
}

function validateCustomHeaders(origin: FilledOrigin): void {
  const headers = items(origin.CustomHeaders);
  if (headers.length > ORIGIN_QUOTAS.customHeaders) {
    throw new ApiError('TooManyOriginCustomHeaders', 'Your request contains too many origin custom headers.', 400);
  }
  for (const { HeaderName: name, HeaderValue: value } of headers) {
    if (!FIELD_NAME.test(name) || name.length > ORIGIN_QUOTAS.customHeaderNameLength || isForbiddenOriginHeader(name)) {
      throw invalidArgument(`The parameter HeaderName contains ${name} that is not allowed.`);
    }
    if (!FIELD_VALUE.test(value) || value.length > ORIGIN_QUOTAS.customHeaderValueLength) {
      throw invalidArgument(`The parameter HeaderValue of ${name} is not valid.`);
    }
  }
  const total = headers.reduce((sum, { HeaderName, HeaderValue }) => sum + HeaderName.length + HeaderValue.length, 0);
  if (total > ORIGIN_QUOTAS.customHeadersLength) throw invalidArgument('The parameter CustomHeaders is too long.');
  const repeated = firstRepeated(headers.map(({ HeaderName }) => HeaderName.toLowerCase()));
  if (repeated !== undefined) throw invalidArgument(`The parameter HeaderName contains ${repeated} more than once.`);
}

function validateAccess(origin: FilledOrigin, references: References): void {
  const isS3Host = S3_HOST.test(origin.DomainName) && !NO_S3_ORIGIN.test(origin.DomainName);
  const identity = origin.S3OriginConfig?.OriginAccessIdentity ?? '';
  const controlId = origin.OriginAccessControlId;
  // Ours: the zone after `.s3` is free, so that a bucket store of one's own counts as S3.
  if (origin.S3OriginConfig && !isS3Host) {
    throw invalidArgument('The parameter Origin DomainName does not refer to a valid S3 bucket.');
  }
  if (identity !== '' && controlId !== '') {
    const message = 'An origin cannot contain both an origin access control (OAC) and an origin access identity (OAI).';
    throw new ApiError('IllegalOriginAccessConfiguration', message, 400);
  }
  if (identity !== '' && !references.hasOriginAccessIdentity(OAI_PATH.exec(identity)?.[1] ?? '')) {
    throw new ApiError(
      'InvalidOriginAccessIdentity',
      'The specified origin access identity does not exist or is not valid.',
      400,
    );
  }
  if (controlId === '') return;
  const control = references.originAccessControl(controlId);
  if (control === undefined) throw new ApiError('InvalidOriginAccessControl', 'The origin access control is not valid.', 400);
  const type = control.OriginAccessControlOriginType;
  if (type === 's3' ? !isS3Host : !SERVICE_HOSTS[type].test(origin.DomainName)) {
    const message = 'The domain name associated with the origin access control is not supported.';
    throw new ApiError('InvalidDomainNameForOriginAccessControl', message, 400);
  }
}

export function validateOriginGroups(config: FilledConfig): void {
  const groups = items(config.OriginGroups);
  if (groups.length > DISTRIBUTION_QUOTAS.originGroups) {
    throw new ApiError(
      'TooManyOriginGroupsPerDistribution',
      'Processing your request would cause you to exceed the maximum number of origin groups allowed.',
      400,
    );
  }
  const ids = new Set(config.Origins.Items.map(({ Id }) => Id));
  for (const group of groups) {
    const members = items(group.Members).map(({ OriginId }) => OriginId);
    if (members.length !== DISTRIBUTION_QUOTAS.originGroupMembers)
      throw invalidArgument(`The origin group ${group.Id} must have exactly two members.`);
    if (members[0] === members[1]) throw invalidArgument(`The origin group ${group.Id} names the same origin twice.`);
    if (!members.every((id) => ids.has(id))) throw noSuchOrigin();
    const codes = items(group.FailoverCriteria.StatusCodes);
    const strange = codes.find((code) => !FAILOVER_CODES.has(code));
    if (codes.length === 0 || strange !== undefined) {
      throw invalidArgument(
        `The failover criteria of origin group ${group.Id} are not valid${strange === undefined ? '' : `: ${strange}`}.`,
      );
    }
  }
}

export function noSuchOrigin(): ApiError {
  return new ApiError('NoSuchOrigin', 'One or more of your origins or origin groups do not exist.', 404);
}

/** Whether whole seconds lie within the bounds. */
function isTime(count: number, { least, most }: { readonly least: Duration; readonly most: Duration }): boolean {
  return Number.isInteger(count) && seconds(count) >= least && seconds(count) <= most;
}

function isWithin(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}
