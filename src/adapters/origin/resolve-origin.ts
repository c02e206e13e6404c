/**
 * Where a request to an origin really goes: overrides first (`--origin-override`, built-in buckets), the system's resolver otherwise.
 * The Host field and the names a certificate may carry are not touched by an override. Which hosts are overridden is decided in compose.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { OriginRequest } from '../../core/request.ts';
import { nameNotResolved } from './failures.ts';

export type Scheme = OriginRequest['scheme'];

/** Sends an origin elsewhere; undefined leaves it where its name says. */
export type ResolveOrigin = (
  hostname: string,
  port: number,
  scheme: Scheme,
) =>
  | { readonly connectHost: string; readonly connectPort: number; readonly scheme: Scheme; readonly tlsVerify?: boolean }
  | undefined;

export interface Route {
  readonly scheme: Scheme;
  readonly host: string;
  readonly port: number;
  readonly tlsVerify: boolean;
  /** The origin as messages call it. */
  readonly origin: string;
}

export function routeOf(request: OriginRequest, resolve: ResolveOrigin | undefined): Route {
  const name = `origin ${request.scheme}://${request.hostname}:${request.port}`;
  const elsewhere = resolve?.(request.hostname, request.port, request.scheme);
  if (elsewhere === undefined) {
    return { scheme: request.scheme, host: request.hostname, port: request.port, tlsVerify: true, origin: name };
  }
  return {
    scheme: elsewhere.scheme,
    host: elsewhere.connectHost,
    port: elsewhere.connectPort,
    tlsVerify: elsewhere.tlsVerify ?? true,
    origin: `${name} (sent to ${elsewhere.scheme}://${elsewhere.connectHost}:${elsewhere.connectPort})`,
  };
}

/** The addresses of a name, best first; rejects when it has none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

/** What the system's resolver says, in its order of preference. */
export async function lookupBySystem(hostname: string): Promise<readonly string[]> {
  const found = await lookup(hostname, { all: true, order: 'verbatim' });
  return found.map((entry) => entry.address);
}

/** Every address of the route's host; rejects with AttemptFailure. */
export async function addressesOf(route: Route, lookupName: Lookup): Promise<readonly string[]> {
  const host = withoutBrackets(route.host);
  if (isIP(host) !== 0) return [host];
  try {
    const addresses = await lookupName(host);
    if (addresses.length === 0) throw new Error('it has no addresses');
    return addresses;
  } catch (error) {
    throw nameNotResolved(route.origin, host, error);
  }
}

/** IPv6 addresses come in brackets where a port may follow. */
export function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
