/**
 * An origin with the settings that a function gives it, for one request. CloudFront: "Helper methods for origin modification"; what is not
 * said is as it is at the origin. Which origin: override-origin.ts.
 */
import { isToken } from '../../http/token.ts';
import type { Field, Fields } from '../../http/fields.ts';
import type { Origin, OriginAccessControl } from '../../model/distribution.ts';
import { isObject, type JsonObject } from '../../model/json-object.ts';
import { isAddress } from '../../model/network.ts';
import { seconds, type Duration } from '../../model/units.ts';
import { isForbiddenOriginHeader } from '../../tables/forbidden-origin-headers.ts';
import { ORIGIN_QUOTAS } from '../../tables/quotas.ts';
import type { Faults } from '../viewer-request/function-values.ts';

const DOMAIN = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\.)*[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/;
const CERTIFICATE_NAME = /^(?:\*\.)?(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]+$/;
/** What RFC 6761 6.3 keeps for the loopback, and whatever a URL parser takes for an IPv4 address: `127.1`, `0x7f000001`. */
const LOCAL_NAME = /(?:^|\.)(?:localhost|\d+|0x[0-9a-f]*)$/i;
const S3_DOMAIN = /\.s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;
const S3_WEBSITE = /\.s3-website[.-]/;

/** Settings that name who is asked for and who may answer; of a selected origin, all that may be overridden. */
export const NAME_SETTINGS: readonly string[] = ['hostHeader', 'sni', 'allowedCertificateNames'];

/** `where` names the call in messages; `fields` are the viewer's. */
export function updateOrigin(origin: Origin, settings: JsonObject, where: string, fields: Fields, faults: Faults): Origin {
  const { domainName, originPath, customHeaders, originShield, originAccessControlConfig, mTLSConfig } = settings;
  if (origin.vpcOriginId !== undefined) faults.add(`${where}: a VPC origin cannot be updated`);
  if (domainName !== undefined && !isDomainName(domainName)) faults.add(`${where}: domainName must be a domain name`);
  if (originPath !== undefined && !isOriginPath(originPath)) {
    faults.add(
      `${where}: originPath must begin with a slash and not end with one, in at most ${ORIGIN_QUOTAS.pathLength} visible characters of ASCII without ? and #`,
    );
  }
  if (mTLSConfig !== undefined && mTLSConfig !== 'off') faults.add(`${where}: mTLSConfig can be off alone`);
  const name = typeof domainName === 'string' ? domainName.toLowerCase() : origin.domainName;
  const timeouts = readTimeouts(origin, settings['timeouts'], where, faults);
  const connectionAttempts = readAttempts(settings['connectionAttempts'], where, faults) ?? origin.connectionAttempts;
  // CloudFront: a new domain name is its Host, too, whatever the viewer's was.
  const host = typeof domainName === 'string' ? { hostHeader: name } : {};
  const named = nameOrigin({ ...origin, domainName: name, ...host }, settings, where, faults);
  return {
    ...named,
    originPath: typeof originPath === 'string' ? originPath : origin.originPath,
    customHeaders: customHeaders === undefined ? origin.customHeaders : readCustomHeaders(customHeaders, where, fields, faults),
    connectionAttempts,
    connectionTimeout: timeouts.connectionTimeout,
    responseTimeout: timeouts.responseTimeout,
    responseCompletionTimeout: timeouts.responseCompletionTimeout,
    kind: readKind(origin, name, settings['customOriginConfig'], timeouts.keepaliveTimeout, where, faults),
    originAccessControl:
      originAccessControlConfig === undefined
        ? origin.originAccessControl
        : readAccessControl(originAccessControlConfig, where, faults),
    originShieldRegion: originShield === undefined ? origin.originShieldRegion : readShield(originShield, where, faults),
    ...(mTLSConfig === 'off' && { clientCertificate: undefined }),
  };
}

/** The origin under other names: in Host, in the TLS handshake, on its certificate. */
export function nameOrigin(origin: Origin, settings: JsonObject, where: string, faults: Faults): Origin {
  const { hostHeader, sni, allowedCertificateNames } = settings;
  if (hostHeader !== undefined && !isDomainName(hostHeader)) faults.add(`${where}: hostHeader must be a domain name`);
  if (typeof hostHeader === 'string' && isOfThisMachine(hostHeader) && !isOfThisMachine(origin.domainName)) {
    faults.add(`${where}: hostHeader must not be an address or a name of the loopback`);
  }
  if (sni !== undefined && !isDomainName(sni)) faults.add(`${where}: sni must be a domain name`);
  return {
    ...origin,
    ...(typeof hostHeader === 'string' && { hostHeader: hostHeader.toLowerCase() }),
    ...(typeof sni === 'string' && { tlsServerName: sni.toLowerCase() }),
    ...(allowedCertificateNames !== undefined && {
      certificateNames: readCertificateNames(allowedCertificateNames, where, faults),
    }),
  };
}

/** Ours: a name under which our own API port takes whoever asks for somebody on this machine. */
export function isOfThisMachine(name: string): boolean {
  return LOCAL_NAME.test(name);
}

/** CloudFront: no colon, and no address. */
export function isDomainName(given: unknown): given is string {
  return typeof given === 'string' && given.length <= ORIGIN_QUOTAS.domainNameLength && DOMAIN.test(given) && !isAddress(given);
}

export function isOriginPath(given: unknown): given is string {
  if (given === '') return true;
  if (typeof given !== 'string' || given.length > ORIGIN_QUOTAS.pathLength) return false;
  return /^\/[\x21-\x7e]+$/.test(given) && !/[?#]|\/$/.test(given);
}

function readCertificateNames(given: unknown, where: string, faults: Faults): readonly string[] {
  const { names, nameLength } = ORIGIN_QUOTAS.allowedCertificates;
  const isList =
    Array.isArray(given) &&
    given.length <= names &&
    given.every((name) => typeof name === 'string' && name.length <= nameLength && CERTIFICATE_NAME.test(name));
  if (isList) return given as string[];
  return (
    faults.add(`${where}: allowedCertificateNames must be at most ${names} domain names of at most ${nameLength} characters`) ??
    []
  );
}

function readAttempts(given: unknown, where: string, faults: Faults): number | undefined {
  if (given === undefined) return undefined;
  const { least, most } = ORIGIN_QUOTAS.connectionAttempts;
  if (typeof given === 'number' && Number.isInteger(given) && given >= least && given <= most) return given;
  return faults.add(`${where}: connectionAttempts must be from ${least} to ${most}`);
}

type Timeouts = Pick<Origin, 'connectionTimeout' | 'responseTimeout' | 'responseCompletionTimeout'> & {
  readonly keepaliveTimeout: Duration | undefined;
};

function readTimeouts(origin: Origin, given: unknown, where: string, faults: Faults): Timeouts {
  if (given !== undefined && !isObject(given)) faults.add(`${where}: timeouts must be an object`);
  const timeouts = isObject(given) ? given : {};
  const time = (field: string, { least, most }: { least: Duration; most: Duration }): Duration | undefined => {
    const value = timeouts[field];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && seconds(value) >= least && seconds(value) <= most) return seconds(value);
    return faults.add(`${where}: timeouts.${field} must be from ${least / 1000} to ${most / 1000} seconds`);
  };
  const responseTimeout = time('readTimeout', ORIGIN_QUOTAS.responseTimeout) ?? origin.responseTimeout;
  const completion = timeouts['responseCompletionTimeout'];
  const isCompletion = typeof completion === 'number' && seconds(completion) >= responseTimeout;
  if (completion !== undefined && !isCompletion)
    faults.add(`${where}: timeouts.responseCompletionTimeout must be at least the readTimeout`);
  return {
    connectionTimeout: time('connectionTimeout', ORIGIN_QUOTAS.connectionTimeout) ?? origin.connectionTimeout,
    responseTimeout,
    responseCompletionTimeout: isCompletion ? seconds(completion) : origin.responseCompletionTimeout,
    keepaliveTimeout: time('keepAliveTimeout', ORIGIN_QUOTAS.functionKeepaliveTimeout),
  };
}

function readShield(given: unknown, where: string, faults: Faults): string | undefined {
  if (!isObject(given) || typeof given['enabled'] !== 'boolean')
    return faults.add(`${where}: originShield.enabled must be true or false`);
  if (!given['enabled']) return undefined;
  const { region } = given;
  return typeof region === 'string' && /^[a-z]{2}(-[a-z]+)+-\d$/.test(region)
    ? region
    : faults.add(`${where}: originShield.region must be a region such as us-east-2`);
}

function readKind(
  origin: Origin,
  name: string,
  given: unknown,
  keepaliveTimeout: Duration | undefined,
  where: string,
  faults: Faults,
): Origin['kind'] {
  const { kind } = origin;
  const base = kind.kind === 'custom' ? kind : undefined;
  const isS3 = S3_DOMAIN.test(name) && !S3_WEBSITE.test(name);
  if (isS3 && name.length > ORIGIN_QUOTAS.bucketDomainNameLength)
    faults.add(`${where}: domainName must be at most ${ORIGIN_QUOTAS.bucketDomainNameLength} characters long`);
  // CloudFront: a bucket that is no website has no such settings, and ignores them.
  if (isS3) return { kind: 's3', originAccessIdentity: kind.kind === 's3' ? kind.originAccessIdentity : undefined };
  if (given === undefined) {
    if (base !== undefined) return keepaliveTimeout === undefined ? base : { ...base, keepaliveTimeout };
    if (name !== origin.domainName) faults.add(`${where}: customOriginConfig is required for an origin that is not S3`);
    return kind;
  }
  if (!isObject(given)) {
    faults.add(`${where}: customOriginConfig must be an object`);
    return kind;
  }
  const { port, protocol, sslProtocols, ipAddressType = base?.ipAddressType } = given;
  const isPort =
    typeof port === 'number' && Number.isInteger(port) && (port === 80 || port === 443 || (port >= 1024 && port <= 65_535));
  if (!isPort) faults.add(`${where}: customOriginConfig.port must be 80, 443, or from 1024 to 65535`);
  if (protocol !== 'http' && protocol !== 'https') faults.add(`${where}: customOriginConfig.protocol must be http or https`);
  const isList = Array.isArray(sslProtocols) && sslProtocols.length > 0 && sslProtocols.every((one) => isSslProtocol(one));
  if (!isList) faults.add(`${where}: customOriginConfig.sslProtocols must be a list of ${SSL_PROTOCOLS.join(', ')}`);
  if (ipAddressType !== undefined && !isIpAddressType(ipAddressType)) {
    faults.add(`${where}: customOriginConfig.ipAddressType must be ipv4, ipv6 or dualstack`);
  } else if (ipAddressType !== base?.ipAddressType && name === origin.domainName) {
    faults.add(`${where}: customOriginConfig.ipAddressType can be changed together with domainName alone`);
  }
  const chosenPort = isPort ? port : 443;
  return {
    kind: 'custom',
    protocolPolicy: protocol === 'http' ? 'http-only' : 'https-only',
    httpPort: chosenPort,
    httpsPort: chosenPort,
    sslProtocols: isList ? (sslProtocols as string[]) : [],
    keepaliveTimeout: keepaliveTimeout ?? base?.keepaliveTimeout ?? ORIGIN_QUOTAS.keepaliveTimeout.usual,
    ...(isIpAddressType(ipAddressType) && { ipAddressType }),
  };
}

const SSL_PROTOCOLS: readonly unknown[] = ['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2'];

function isSslProtocol(given: unknown): boolean {
  return SSL_PROTOCOLS.includes(given);
}

function isIpAddressType(given: unknown): given is 'ipv4' | 'ipv6' | 'dualstack' {
  return given === 'ipv4' || given === 'ipv6' || given === 'dualstack';
}

/** CloudFront: they take the place of the origin's, and none may be there as the viewer's. */
function readCustomHeaders(given: unknown, where: string, fields: Fields, faults: Faults): readonly Field[] {
  if (!isObject(given)) return faults.add(`${where}: customHeaders must be an object`) ?? [];
  return Object.entries(given).map(([givenName, value]): Field => {
    const name = givenName.toLowerCase();
    const isValue =
      typeof value === 'string' &&
      value.length <= ORIGIN_QUOTAS.customHeaderValueLength &&
      /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
    if (!isToken(name) || isForbiddenOriginHeader(name))
      faults.add(`${where}: the header ${JSON.stringify(givenName)} cannot be a custom header`);
    else if (!isValue) faults.add(`${where}: customHeaders[${JSON.stringify(givenName)}] must be a header value`);
    else if (fields.some(([field]) => field === name))
      faults.add(`${where}: the header ${JSON.stringify(givenName)} is already in the request`);
    return [name, String(value)];
  });
}

function readAccessControl(given: unknown, where: string, faults: Faults): OriginAccessControl | undefined {
  const at = `${where}: originAccessControlConfig`;
  if (!isObject(given) || typeof given['enabled'] !== 'boolean') return faults.add(`${at}.enabled must be true or false`);
  if (!given['enabled']) return undefined;
  const { signingBehavior, signingProtocol, originType } = given;
  const behaviors = ['always', 'never', 'no-override'];
  const types = ['s3', 'mediastore', 'mediapackagev2', 'lambda'];
  if (!behaviors.includes(String(signingBehavior)))
    return faults.add(`${at}.signingBehavior must be one of ${behaviors.join(', ')}`);
  if (signingProtocol !== 'sigv4') return faults.add(`${at}.signingProtocol must be sigv4`);
  if (!types.includes(String(originType))) return faults.add(`${at}.originType must be one of ${types.join(', ')}`);
  return {
    id: 'function',
    originType: originType as OriginAccessControl['originType'],
    signingBehavior: signingBehavior as OriginAccessControl['signingBehavior'],
    signingProtocol: 'sigv4',
  };
}
