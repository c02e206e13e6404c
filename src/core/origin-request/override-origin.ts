/**
 * The origin that a viewer-request function asks for, for this request alone: another one of the distribution's, the assigned one with
 * other settings, or a group of two. Facts: aws-api B8. What is not said is as it is at the assigned origin. Noted by the function's
 * runtime, judged here; who is asked then is as ever (edge/ask-origin.ts).
 */
import type { Field } from '../../http/fields.ts';
import { isObject } from '../../model/json-object.ts';
import type { CompiledCacheBehavior, CompiledDistribution } from '../../model/compile.ts';
import type { Origin, OriginAccessControl } from '../../model/distribution.ts';
import { seconds, type Duration } from '../../model/units.ts';
import { isForbiddenOriginHeader } from '../../tables/forbidden-origin-headers.ts';
import { ORIGIN_QUOTAS } from '../../tables/quotas.ts';
import { isToken } from '../../http/token.ts';
import { collectFaults, type Faults, type FunctionFault } from '../viewer-request/function-values.ts';
import { chooseOrigin, mayFailOver, type ChosenOrigin } from './choose-origin.ts';

export type OverriddenOrigin =
  | { readonly kind: 'chosen'; readonly chosen: ChosenOrigin }
  | { readonly kind: 'invalid'; readonly fault: FunctionFault };

/** `asked` is what the function noted: `{ kind: 'update' | 'select' | 'group', ... }`. */
export function overrideOrigin(
  distribution: CompiledDistribution,
  behavior: CompiledCacheBehavior,
  method: string,
  asked: unknown,
): OverriddenOrigin {
  const faults = collectFaults();
  const chosen = isObject(asked) ? choose(distribution, behavior, method, asked, faults) : undefined;
  if (faults.first !== undefined) return { kind: 'invalid', fault: faults.first };
  return { kind: 'chosen', chosen: chosen ?? chooseOrigin(distribution, behavior, method) };
}

function choose(
  distribution: CompiledDistribution,
  behavior: CompiledCacheBehavior,
  method: string,
  asked: Readonly<Record<string, unknown>>,
  faults: Faults,
): ChosenOrigin | undefined {
  switch (asked['kind']) {
    case 'update': {
      const { primary } = chooseOrigin(distribution, behavior, method);
      return alone(updated(primary, settingsOf(asked), 'updateRequestOrigin', faults));
    }
    case 'select': {
      const id = String(asked['id']);
      const target = { ...behavior, source: { ...behavior.source, targetOriginId: id } };
      if (!distribution.origins.has(id) && !distribution.originGroups.has(id)) {
        return faults.add(`selectRequestOriginById: the distribution has no origin ${JSON.stringify(id)}`);
      }
      const selected = chooseOrigin(distribution, target, method);
      const { originOverrides, ...direct } = settingsOf(asked);
      const overrides = isObject(originOverrides) ? originOverrides : direct;
      if (Object.keys(overrides).length === 0) return selected;
      return { ...selected, primary: updated(selected.primary, overrides, 'selectRequestOriginById', faults) };
    }
    default:
      return group(distribution, behavior, method, settingsOf(asked), faults);
  }
}

function group(
  distribution: CompiledDistribution,
  behavior: CompiledCacheBehavior,
  method: string,
  settings: Readonly<Record<string, unknown>>,
  faults: Faults,
): ChosenOrigin | undefined {
  const where = 'createRequestOriginGroup';
  const { originIds, failoverCriteria } = settings;
  const codes = isObject(failoverCriteria) ? failoverCriteria['statusCodes'] : undefined;
  if (!Array.isArray(originIds) || originIds.length !== 2) return faults.add(`${where}: originIds must be two ids`);
  const ids = originIds.map((one: unknown) => (isObject(one) ? String(one['originId']) : String(one)));
  const missing = ids.find((id) => !distribution.origins.has(id));
  if (missing !== undefined) return faults.add(`${where}: the distribution has no origin ${JSON.stringify(missing)}`);
  if (!Array.isArray(codes) || codes.length === 0 || codes.some((code) => !Number.isInteger(code))) {
    return faults.add(`${where}: failoverCriteria.statusCodes must be a list of status codes`);
  }
  const [primary, secondary] = ids.map((id) => distribution.origins.get(id)!);
  return mayFailOver(behavior, method) ? { primary: primary!, secondary, failoverOn: codes as number[] } : alone(primary!);
}

function alone(primary: Origin): ChosenOrigin {
  return { primary, secondary: undefined, failoverOn: [] };
}

function settingsOf({ settings }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return isObject(settings) ? settings : {};
}

const DOMAIN = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\.)*[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/;
/** What RFC 6761 6.3 keeps for the loopback, and whatever a URL parser takes for an IPv4 address: `127.1`, `0x7f000001`. */
const LOCAL_NAME = /(?:^|\.)(?:localhost|\d+|0x[0-9a-f]*)$/i;
const S3_DOMAIN = /\.s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/;
const S3_WEBSITE = /\.s3-website[.-]/;

/** Ours: a name under which our own API port takes whoever asks for somebody on this machine. */
function isOfThisMachine(name: string): boolean {
  return LOCAL_NAME.test(name);
}

function isOriginPath(given: unknown): boolean {
  return given === '' || (typeof given === 'string' && /^\/[\x21-\x7e]+$/.test(given) && !/[?#]|\/$/.test(given));
}

function updated(origin: Origin, settings: Readonly<Record<string, unknown>>, where: string, faults: Faults): Origin {
  const { domainName, originPath, customHeaders, connectionAttempts, originShield, originAccessControlConfig, hostHeader } =
    settings;
  const timeouts = isObject(settings['timeouts']) ? settings['timeouts'] : {};
  if (domainName !== undefined && !(typeof domainName === 'string' && DOMAIN.test(domainName))) {
    faults.add(`${where}: domainName must be a domain name`);
  }
  if (originPath !== undefined && !isOriginPath(originPath)) {
    faults.add(`${where}: originPath must begin with a slash and not end with one, in visible ASCII without ? and #`);
  }
  if (hostHeader !== undefined && !(typeof hostHeader === 'string' && DOMAIN.test(hostHeader))) {
    faults.add(`${where}: hostHeader must be a domain name`);
  }
  const name = typeof domainName === 'string' ? domainName.toLowerCase() : origin.domainName;
  if (typeof hostHeader === 'string' && isOfThisMachine(hostHeader) && !isOfThisMachine(name)) {
    faults.add(`${where}: hostHeader must not be an address or a name of the loopback`);
  }
  const { sni } = settings;
  const serverName = typeof hostHeader === 'string' ? hostHeader.toLowerCase() : name;
  // Ours: the server name is the Host that is asked for; another one cannot be said yet, and is not ignored.
  if (sni !== undefined && (typeof sni === 'string' ? sni.toLowerCase() : undefined) !== serverName)
    faults.add(`${where}: sni must be the same as Host: ${serverName}`);
  const time = (field: string, limits: { least: Duration; most: Duration }, otherwise: Duration): Duration => {
    const given = timeouts[field];
    if (given === undefined) return otherwise;
    const isInside = typeof given === 'number' && seconds(given) >= limits.least && seconds(given) <= limits.most;
    if (!isInside) faults.add(`${where}: timeouts.${field} must be from ${limits.least / 1000} to ${limits.most / 1000} seconds`);
    return seconds(Number(given));
  };
  const attempts = ORIGIN_QUOTAS.connectionAttempts;
  const isCount =
    Number.isInteger(connectionAttempts) &&
    Number(connectionAttempts) >= attempts.least &&
    Number(connectionAttempts) <= attempts.most;
  if (connectionAttempts !== undefined && !isCount)
    faults.add(`${where}: connectionAttempts must be from ${attempts.least} to ${attempts.most}`);
  return {
    ...origin,
    domainName: name,
    originPath: typeof originPath === 'string' ? originPath : origin.originPath,
    customHeaders: customHeaders === undefined ? origin.customHeaders : readCustomHeaders(customHeaders, where, faults),
    connectionAttempts: isCount ? Number(connectionAttempts) : origin.connectionAttempts,
    connectionTimeout: time('connectionTimeout', ORIGIN_QUOTAS.connectionTimeout, origin.connectionTimeout),
    responseTimeout: time('readTimeout', ORIGIN_QUOTAS.responseTimeout, origin.responseTimeout),
    kind: kindOf(
      origin,
      name,
      settings['customOriginConfig'],
      time('keepAliveTimeout', ORIGIN_QUOTAS.keepaliveTimeout, seconds(5)),
      where,
      faults,
    ),
    originAccessControl:
      originAccessControlConfig === undefined
        ? origin.originAccessControl
        : readAccessControl(originAccessControlConfig, where, faults),
    originShieldRegion: isObject(originShield)
      ? originShield['enabled'] === true
        ? String(originShield['region'])
        : undefined
      : origin.originShieldRegion,
    ...(typeof hostHeader === 'string' && { hostHeader: hostHeader.toLowerCase() }),
  };
}

function kindOf(
  origin: Origin,
  name: string,
  given: unknown,
  keepaliveTimeout: Duration,
  where: string,
  faults: Faults,
): Origin['kind'] {
  if (given === undefined) {
    const isS3 = S3_DOMAIN.test(name) && !S3_WEBSITE.test(name);
    if (isS3)
      return { kind: 's3', originAccessIdentity: origin.kind.kind === 's3' ? origin.kind.originAccessIdentity : undefined };
    if (origin.kind.kind === 'custom') return origin.kind;
    if (name === origin.domainName) return origin.kind;
    faults.add(`${where}: customOriginConfig is required for an origin that is not S3`);
    return origin.kind;
  }
  if (!isObject(given)) {
    faults.add(`${where}: customOriginConfig must be an object`);
    return origin.kind;
  }
  const { port, protocol, sslProtocols } = given;
  const base = origin.kind.kind === 'custom' ? origin.kind : undefined;
  const isPort =
    typeof port === 'number' && Number.isInteger(port) && (port === 80 || port === 443 || (port >= 1024 && port <= 65_535));
  if (port !== undefined && !isPort) faults.add(`${where}: customOriginConfig.port must be 80, 443, or from 1024 to 65535`);
  if (protocol !== undefined && protocol !== 'http' && protocol !== 'https') {
    faults.add(`${where}: customOriginConfig.protocol must be http or https`);
  }
  if (sslProtocols !== undefined && !(Array.isArray(sslProtocols) && sslProtocols.every((one) => typeof one === 'string'))) {
    faults.add(`${where}: customOriginConfig.sslProtocols must be a list`);
  }
  return {
    kind: 'custom',
    protocolPolicy:
      protocol === undefined ? (base?.protocolPolicy ?? 'https-only') : protocol === 'http' ? 'http-only' : 'https-only',
    httpPort: isPort ? port : (base?.httpPort ?? 80),
    httpsPort: isPort ? port : (base?.httpsPort ?? 443),
    sslProtocols: Array.isArray(sslProtocols) ? (sslProtocols as string[]) : (base?.sslProtocols ?? ['TLSv1.2']),
    keepaliveTimeout,
  };
}

/** CloudFront: they take the place of the assigned origin's. */
function readCustomHeaders(given: unknown, where: string, faults: Faults): readonly Field[] {
  if (!isObject(given)) return faults.add(`${where}: customHeaders must be an object`) ?? [];
  return Object.entries(given).map(([name, value]): Field => {
    const isValue =
      typeof value === 'string' &&
      value.length <= ORIGIN_QUOTAS.customHeaderValueLength &&
      /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
    if (!isToken(name) || isForbiddenOriginHeader(name))
      faults.add(`${where}: the header ${JSON.stringify(name)} cannot be a custom header`);
    else if (!isValue) faults.add(`${where}: customHeaders[${JSON.stringify(name)}] must be a header value`);
    return [name.toLowerCase(), String(value)];
  });
}

function readAccessControl(given: unknown, where: string, faults: Faults): OriginAccessControl | undefined {
  const at = `${where}: originAccessControlConfig`;
  if (!isObject(given)) return faults.add(`${at} must be an object`);
  if (given['enabled'] !== true) return undefined;
  const { signingBehavior = 'always', signingProtocol = 'sigv4', originType = 's3' } = given;
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
