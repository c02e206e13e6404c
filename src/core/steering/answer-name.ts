/**
 * What our DNS says of a name: where the viewers of a distribution find it, and where clients of key value stores find the API, who ask for
 * an account's own name (facts: aws-api B8). It is the authority for these names and no resolver: it does not look for others.
 * How questions come and answers go: adapters/dns.
 */
import { isAddress } from '../../model/network.ts';

export type NameAnswer =
  | { readonly kind: 'addresses'; readonly v4: readonly string[]; readonly v6: readonly string[] }
  | { readonly kind: 'no-such-name' }
  | { readonly kind: 'refused' };

export interface KnownNames {
  /** `cloudfront.localhost` */
  readonly domainSuffix: string;
  /** Whether a distribution answers to the name: its domain name or an alias, lower case. */
  readonly isServed: (name: string) => boolean;
  /** Where the listeners are reached. */
  readonly addresses: readonly string[];
}

/** AWS: `<account>.cloudfront-kvs.global.api.aws`. */
const KEY_VALUE_STORES = /^\d{12}\.cloudfront-kvs\.global\.api\.aws$/;

/** `name`: with or without the dot at its end. */
export function answerName(asked: string, { domainSuffix, isServed, addresses }: KnownNames): NameAnswer {
  const name = asked.toLowerCase().replace(/\.$/, '');
  if (isServed(name) || isServed(name.replace(/^[^.]*/, '*')) || KEY_VALUE_STORES.test(name)) return at(addresses);
  if (name === domainSuffix || name.endsWith(`.${domainSuffix}`)) return { kind: 'no-such-name' };
  // RFC 6761 6.3: names under localhost are this machine.
  if (name === 'localhost' || name.endsWith('.localhost')) return at(addresses);
  return { kind: 'refused' };
}

function at(addresses: readonly string[]): NameAnswer {
  const all = addresses.filter(isAddress);
  return {
    kind: 'addresses',
    v4: all.filter((address) => !address.includes(':')),
    v6: all.filter((address) => address.includes(':')),
  };
}
