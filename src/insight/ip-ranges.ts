/**
 * The addresses of this CDN, in the form of AWS's ip-ranges.json, so that firewalls of origins that are kept current from that file can be
 * kept current from this one. Which addresses these are is the operator's to say (--edge-addresses), or the machine's own.
 */
import type { IpRange, IpRanges } from '../model/admin.ts';
import { canonicalNetwork, parseNetwork } from '../model/network.ts';
import { SECOND, type Instant } from '../model/units.ts';

/** CloudFront: where viewers find it, and whence it asks origins. Ours: the same addresses. */
const SERVICES: readonly IpRange['service'][] = ['CLOUDFRONT', 'CLOUDFRONT_ORIGIN_FACING'];

/** `addresses`: with or without `/length`; readers take a network by its first address alone. What is no address is left out. */
export function ipRanges(addresses: readonly string[], at: Instant): IpRanges {
  const networks = addresses.map(parseNetwork).filter((network) => network !== undefined);
  const cidrs = (family: 4 | 6): ReadonlySet<string> =>
    new Set(networks.filter((network) => network.family === family).map(canonicalNetwork));
  const rows = (family: 4 | 6): readonly (IpRange & { readonly cidr: string })[] =>
    SERVICES.flatMap((service) =>
      [...cidrs(family)].map((cidr) => ({ cidr, region: 'GLOBAL', service, network_border_group: 'GLOBAL' }) as const),
    );
  return {
    syncToken: String(Math.floor(at / SECOND)),
    createDate: new Date(at).toISOString().slice(0, 19).replaceAll(/[T:]/g, '-'),
    prefixes: rows(4).map(({ cidr, ...rest }) => ({ ip_prefix: cidr, ...rest })),
    ipv6_prefixes: rows(6).map(({ cidr, ...rest }) => ({ ipv6_prefix: cidr, ...rest })),
  };
}
