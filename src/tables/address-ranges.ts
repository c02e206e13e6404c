/**
 * Addresses that are nobody's origin unless the operator says so, each with what is there: RFC 6890 and the registries it made, and
 * where clouds keep what a machine should tell no stranger. Whether one of them is allowed is decided in model/judge-address.ts.
 */

export interface AddressRange {
  readonly network: string;
  /** Completes "its address is ...". */
  readonly is: string;
  /** What allows all of it at once; the rest is allowed address by address. */
  readonly reach: 'this machine' | 'private' | 'never';
}

/** The narrowest first. */
export const ADDRESS_RANGES: readonly AddressRange[] = [
  { network: '169.254.169.254/32', is: 'the metadata service of clouds', reach: 'never' },
  { network: '169.254.170.2/32', is: 'the credentials service of AWS containers', reach: 'never' },
  { network: '100.100.100.200/32', is: 'the metadata service of Alibaba Cloud', reach: 'never' },
  { network: '168.63.129.16/32', is: 'the platform service of Azure', reach: 'never' },
  { network: '192.0.0.192/32', is: 'the metadata service of Oracle Cloud', reach: 'never' },
  { network: 'fd00:ec2::/32', is: 'a local service of AWS, metadata among them', reach: 'never' },
  { network: 'fd20:ce::254/128', is: 'the metadata service of Google Cloud', reach: 'never' },
  { network: '0.0.0.0/8', is: 'of this network, unspecified', reach: 'never' },
  { network: '::/128', is: 'unspecified', reach: 'never' },
  { network: '127.0.0.0/8', is: 'loopback, this machine itself', reach: 'this machine' },
  { network: '::1/128', is: 'loopback, this machine itself', reach: 'this machine' },
  { network: '169.254.0.0/16', is: 'link-local', reach: 'never' },
  { network: 'fe80::/10', is: 'link-local', reach: 'never' },
  { network: '224.0.0.0/4', is: 'multicast', reach: 'never' },
  { network: 'ff00::/8', is: 'multicast', reach: 'never' },
  { network: '240.0.0.0/4', is: 'reserved or broadcast', reach: 'never' },
  { network: '10.0.0.0/8', is: 'private', reach: 'private' },
  { network: '172.16.0.0/12', is: 'private', reach: 'private' },
  { network: '192.168.0.0/16', is: 'private', reach: 'private' },
  { network: '100.64.0.0/10', is: 'of a carrier’s network (RFC 6598)', reach: 'private' },
  { network: '198.18.0.0/15', is: 'for benchmarks (RFC 2544)', reach: 'private' },
  { network: '192.0.0.0/24', is: 'for protocols (RFC 6890)', reach: 'private' },
  { network: 'fc00::/7', is: 'unique local', reach: 'private' },
  { network: 'fec0::/10', is: 'site-local', reach: 'private' },
];

/** IPv6 addresses that stand for an IPv4 address: where they lead decides, too. `at`: the bit where its four octets begin. */
export const EMBEDDING_RANGES: readonly {
  readonly network: string;
  readonly at: number;
  readonly form: 'plain' | 'inverted' | 'split';
}[] = [
  // RFC 6052 2.2, RFC 8215: the local prefix is a /48, which splits the address around eight zero bits.
  { network: '64:ff9b::/96', at: 96, form: 'plain' },
  { network: '64:ff9b:1::/48', at: 48, form: 'split' },
  // RFC 4291 2.5.5.1, RFC 2765, RFC 3056, RFC 4380.
  { network: '::/96', at: 96, form: 'plain' },
  { network: '::ffff:0:0:0/96', at: 96, form: 'plain' },
  { network: '2002::/16', at: 16, form: 'plain' },
  { network: '2001::/32', at: 96, form: 'inverted' },
];
