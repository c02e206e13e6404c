/**
 * May an origin be at this address? Whoever may configure distributions could otherwise have the edge ask what only its own machine or
 * network can reach (SSRF). CloudFront reaches public addresses only; what is allowed here is the operator's to say: `--production`,
 * `--private-origins`, `--allow-origin-address`. Asked of every address that is connected to: adapters/origin/resolve-origin.ts.
 */
import { ADDRESS_RANGES, EMBEDDING_RANGES, type AddressRange } from '../tables/address-ranges.ts';
import { parseNetwork, type Network } from './network.ts';

export interface AddressRules {
  /** Origins may be on this machine: for development. */
  readonly thisMachine: boolean;
  readonly private: boolean;
  /** Networks that are allowed whatever they are: `10.1.0.0/16`. */
  readonly allowed: readonly string[];
}

/** Ours: what development needs, and nothing that only attacks need. */
export const LOCAL_ADDRESS_RULES: AddressRules = { thisMachine: true, private: true, allowed: [] };

/** Undefined: allowed. Otherwise what the address is, as in "its address is link-local". */
export type JudgeAddress = (address: string) => string | undefined;

interface Range extends AddressRange {
  readonly parsed: Network;
}

export function createJudgeAddress(rules: AddressRules): JudgeAddress {
  const allowed = rules.allowed.map(networkOf);
  const isReachable = ({ reach }: AddressRange): boolean =>
    reach === 'private' ? rules.private : reach === 'this machine' && rules.thisMachine;
  return (text) => {
    const address = parseNetwork(text.replace(/%.*$/, ''));
    // An address that we cannot read is one that we cannot judge.
    if (address === undefined) return 'no address that is known here';
    const places = [address, ...embeddedIn(address)];
    if (places.some((place) => allowed.some((network) => holds(network, place)))) return undefined;
    for (const place of places) {
      const range = RANGES.find(({ parsed }) => holds(parsed, place));
      if (range === undefined) continue;
      if (isReachable(range)) return undefined;
      return place === address ? range.is : `${range.is} (an IPv4 address inside an IPv6 one)`;
    }
    return undefined;
  };
}

const RANGES: readonly Range[] = ADDRESS_RANGES.map((range) => ({ ...range, parsed: networkOf(range.network) }));
const EMBEDDINGS = EMBEDDING_RANGES.map((range) => ({ ...range, parsed: networkOf(range.network) }));

/** The IPv4 addresses that an IPv6 address stands for. */
function embeddedIn(address: Network): readonly Network[] {
  return EMBEDDINGS.filter(({ parsed }) => holds(parsed, address)).map(({ at, form }) => {
    const { prefix } = address;
    const bits = form === 'split' ? prefix.slice(at, at + 16) + prefix.slice(at + 24, at + 40) : prefix.slice(at, at + 32);
    return { family: 4, prefix: form === 'inverted' ? inverted(bits) : bits };
  });
}

function inverted(bits: string): string {
  return Array.from(bits, (bit) => (bit === '0' ? '1' : '0')).join('');
}

function holds(network: Network, address: Network): boolean {
  return network.family === address.family && address.prefix.startsWith(network.prefix);
}

function networkOf(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw new Error(`not a network: ${text}`);
  return network;
}
