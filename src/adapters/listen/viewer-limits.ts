/**
 * How many connections viewers may have open, and how often one address may ask. Ours throughout: CloudFront's own limits are per
 * account, and its customers limit addresses by WAF rules. Of IPv6, a /64 counts as one address: it is what one household has.
 */
import type { ViewerHandler } from '../../edge/answer.ts';
import { SECOND, type Duration, type Instant } from '../../model/units.ts';

export interface ViewerLimits {
  /** False when there is no room for another connection from there; true counts it until disconnect(). */
  connect(address: string): boolean;
  disconnect(address: string): void;
  /** False when the address has asked more often than it may. */
  ask(address: string): boolean;
  readonly connections: number;
}

export interface ViewerLimitOptions {
  readonly maxConnections: number;
  /** Undefined: no limit. */
  readonly connectionsPerAddress: number | undefined;
  /** Requests in a second, on average; undefined: no limit. */
  readonly requestsPerAddress: number | undefined;
  readonly now: () => Instant;
}

/** Ours: who has been silent may ask for so many seconds' worth at once, as a page with its parts does. */
const BURST: Duration = 2 * SECOND;
/** Addresses remembered; whoever has not asked for a while need not be. */
const MOST_ADDRESSES = 100_000;

export function createViewerLimits(options: ViewerLimitOptions): ViewerLimits {
  const { maxConnections, connectionsPerAddress, requestsPerAddress, now } = options;
  const byAddress = new Map<string, number>();
  /** When the address will have used up what it has asked for: the generic cell rate algorithm's one number. */
  const dueAt = new Map<string, Instant>();
  const cost: Duration = requestsPerAddress === undefined ? 0 : SECOND / requestsPerAddress;
  let connections = 0;

  /** Those who asked longest ago stand first: no more of them are looked at than go, so that a flood of addresses costs no scan each. */
  function makeRoom(at: Instant): void {
    for (const [source, due] of dueAt) {
      if (due > at && dueAt.size < MOST_ADDRESSES) return;
      dueAt.delete(source);
    }
  }

  return {
    connect(address) {
      if (connections >= maxConnections) return false;
      if (connectionsPerAddress !== undefined) {
        const source = sourceOf(address);
        const open = byAddress.get(source) ?? 0;
        if (open >= connectionsPerAddress) return false;
        byAddress.set(source, open + 1);
      }
      connections += 1;
      return true;
    },
    disconnect(address) {
      connections -= 1;
      if (connectionsPerAddress === undefined) return;
      const source = sourceOf(address);
      const left = (byAddress.get(source) ?? 1) - 1;
      if (left > 0) byAddress.set(source, left);
      else byAddress.delete(source);
    },
    ask(address) {
      if (requestsPerAddress === undefined) return true;
      const source = sourceOf(address);
      const at = now();
      const due = Math.max(at, dueAt.get(source) ?? at) + cost;
      if (due - at > Math.max(BURST, cost)) return false;
      if (dueAt.size >= MOST_ADDRESSES) makeRoom(at);
      dueAt.delete(source);
      dueAt.set(source, due);
      return true;
    },
    get connections() {
      return connections;
    },
  };
}

/** The handler for viewers who may ask only so often; the handler itself where there is no limit. */
export function limitRequests(handler: ViewerHandler, limits: ViewerLimits, isLimited: boolean): ViewerHandler {
  if (!isLimited) return handler;
  return {
    handle: (request, body, leaving, interim) =>
      limits.ask(request.viewerAddress)
        ? handler.handle(request, body, leaving, interim)
        : handler.handle({ ...request, fault: TOO_MANY }, body, leaving),
    tlsTerms: (serverName) => handler.tlsTerms?.(serverName),
  };
}

const TOO_MANY = { kind: 'too many requests', message: 'the address asks more often than it may' } as const;

/** The first four groups of an IPv6 address, written as they are: one writer, the kernel, so one form. */
function sourceOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::', 2);
  const first = head === '' ? [] : head.split(':');
  if (tail === undefined || first.length >= 4) return first.slice(0, 4).join(':');
  const last = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
