/**
 * Where a request to an origin really goes: overrides first (`--origin-override`, built-in buckets), the system's resolver otherwise.
 * The Host field and the names a certificate may carry are not touched by an override. Which hosts are overridden is decided in compose.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { OriginRequest } from '../../core/request.ts';
import type { OriginTarget } from '../../edge/ports.ts';
import type { JudgeAddress } from '../../model/judge-address.ts';
import { addressRefused, nameNotResolved } from './failures.ts';

export type Scheme = OriginRequest['scheme'];

export interface Elsewhere {
  readonly connectHost: string;
  readonly connectPort: number;
  readonly scheme: Scheme;
  readonly tlsVerify?: boolean;
}

/** Sends an origin elsewhere; undefined leaves it where its name says. */
export type ResolveOrigin = (
  hostname: string,
  port: number,
  scheme: Scheme,
) => Elsewhere | undefined | Promise<Elsewhere | undefined>;

export interface Route {
  readonly scheme: Scheme;
  readonly host: string;
  readonly port: number;
  readonly tlsVerify: boolean;
  /** Which addresses of the host's are used. */
  readonly family: AddressFamily;
  /** The operator has said where to go: any address will do. */
  readonly isOverridden: boolean;
  /** The origin as messages call it. */
  readonly origin: string;
}

/** `elsewhere`: what ResolveOrigin says. */
export function routeOf(request: OriginRequest, { kind }: Pick<OriginTarget, 'kind'>, elsewhere: Elsewhere | undefined): Route {
  const name = `origin ${request.scheme}://${request.hostname}:${request.port}`;
  if (elsewhere === undefined) {
    const family = (kind.kind === 'custom' ? kind.ipAddressType : undefined) ?? 'dualstack';
    return {
      scheme: request.scheme,
      host: request.hostname,
      port: request.port,
      tlsVerify: true,
      family,
      isOverridden: false,
      origin: name,
    };
  }
  return {
    scheme: elsewhere.scheme,
    host: elsewhere.connectHost,
    port: elsewhere.connectPort,
    tlsVerify: elsewhere.tlsVerify ?? true,
    family: 'dualstack',
    isOverridden: true,
    origin: `${name} (sent to ${elsewhere.scheme}://${elsewhere.connectHost}:${elsewhere.connectPort})`,
  };
}

export type AddressFamily = 'ipv4' | 'ipv6' | 'dualstack';

/** The addresses of a name, best first; rejects when it has none. */
export type Lookup = (hostname: string, family: AddressFamily) => Promise<readonly string[]>;

const FAMILIES = { ipv4: 4, ipv6: 6, dualstack: 0 } as const;

/** What the system's resolver says, in its order of preference. */
export async function lookupBySystem(hostname: string, family: AddressFamily): Promise<readonly string[]> {
  const found = await lookup(hostname, { all: true, order: 'verbatim', family: FAMILIES[family] });
  return found.map((entry) => entry.address);
}

export interface Resolving {
  readonly lookup: Lookup;
  readonly judge: JudgeAddress;
}

/**
 * Every address of the route's host where an origin may be. What is connected to is what was judged here: the name is not resolved
 * again. Rejects with AttemptFailure when there is none.
 */
export async function addressesOf(route: Route, { lookup: lookupName, judge }: Resolving): Promise<readonly string[]> {
  const host = withoutBrackets(route.host);
  const addresses = isIP(host) !== 0 ? [host] : await resolved(route, host, lookupName);
  if (route.isOverridden) return addresses;
  const allowed = addresses.filter((address) => judge(address) === undefined);
  const [first = ''] = addresses;
  if (allowed.length === 0) throw addressRefused(route.origin, first, judge(first) ?? '');
  return alternating(allowed);
}

async function resolved(route: Route, host: string, lookupName: Lookup): Promise<readonly string[]> {
  try {
    const addresses = await lookupName(host, route.family);
    if (addresses.length === 0) throw new Error('it has no addresses');
    return addresses;
  } catch (error) {
    throw nameNotResolved(route.origin, host, error);
  }
}

/** RFC 8305 4: the families take turns, beginning with the resolver's first, so that one that leads nowhere costs little time. */
function alternating(addresses: readonly string[]): readonly string[] {
  const first = isIP(addresses[0] ?? '');
  const preferred = addresses.filter((address) => isIP(address) === first);
  const others = addresses.filter((address) => isIP(address) !== first);
  return Array.from({ length: addresses.length }, (_, index) => [preferred[index], others[index]])
    .flat()
    .filter((address) => address !== undefined);
}

/** IPv6 addresses come in brackets where a port may follow. */
export function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
