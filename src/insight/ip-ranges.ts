/**
 * The addresses of this CDN, in the form of AWS's ip-ranges.json, so that firewalls of origins that are kept current from that file can be
 * kept current from this one. Which addresses these are is the operator's to say (--edge-addresses), or the machine's own.
 */
import type { IpRange, IpRanges } from '../model/admin.ts';
import { parseNetwork } from '../model/network.ts';
import { SECOND, type Instant } from '../model/units.ts';

/** CloudFront: where viewers find it, and whence it asks origins. Ours: the same addresses. */
const SERVICES: readonly IpRange['service'][] = ['CLOUDFRONT', 'CLOUDFRONT_ORIGIN_FACING'];

/** `addresses`: with or without `/length`. What is no address is left out. */
export function ipRanges(addresses: readonly string[], at: Instant): IpRanges {
  const known = [...new Set(addresses)].flatMap((text) => {
    const network = parseNetwork(text);
    if (network === undefined) return [];
    const { family } = network;
    return [{ family, cidr: text.includes('/') ? text : `${text}/${family === 4 ? 32 : 128}` }];
  });
  const rows = (family: 4 | 6): readonly (IpRange & { readonly cidr: string })[] =>
    SERVICES.flatMap((service) =>
      known
        .filter((one) => one.family === family)
        .map(({ cidr }) => ({ cidr, region: 'GLOBAL', service, network_border_group: 'GLOBAL' }) as const),
    );
  return {
    syncToken: String(Math.floor(at / SECOND)),
    createDate: new Date(at).toISOString().slice(0, 19).replaceAll(/[T:]/g, '-'),
    prefixes: rows(4).map(({ cidr, ...rest }) => ({ ip_prefix: cidr, ...rest })),
    ipv6_prefixes: rows(6).map(({ cidr, ...rest }) => ({ ipv6_prefix: cidr, ...rest })),
  };
}
