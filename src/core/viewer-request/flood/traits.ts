/**
 * What the flood guard tells requests apart by: the source, as an IPv4 address or a /64 of IPv6, which is what one viewer has; the network
 * around it; what the viewer says it is; the path.
 */
import { fieldValue } from '../../../http/fields.ts';
import type { TraitKind } from '../../../tables/flood.ts';
import type { ViewerRequest } from '../../request.ts';

export type Traits = Readonly<Record<TraitKind, string>>;

/** Ours: what a longer value has in common with others is enough. */
const LONGEST = 200;

export function traitsOf({ viewerAddress, path, fields }: Pick<ViewerRequest, 'viewerAddress' | 'path' | 'fields'>): Traits {
  const source = sourceOf(viewerAddress);
  return {
    source,
    network: networkOf(source),
    agent: (fieldValue(fields, 'user-agent') ?? '').slice(0, LONGEST),
    path: path.slice(0, LONGEST),
  };
}

function sourceOf(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? `${groupsOf(address).slice(0, 4).join(':')}::/64`;
}

/** /24 and /48. */
function networkOf(source: string): string {
  if (!source.includes(':')) return `${source.slice(0, source.lastIndexOf('.'))}.0/24`;
  return `${source.split(':').slice(0, 3).join(':')}::/48`;
}

/** The eight groups of an IPv6 address, without leading zeros (RFC 4291 2.2). */
function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].map((group) => group.replace(/^0+(?=.)/, ''));
}
