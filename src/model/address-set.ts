/**
 * Is this address in one of many networks? Made once from a list of any length; asked in time that does not grow with it. How networks and
 * addresses are read: network.ts. What does not parse is in no set.
 */
import { parseNetwork } from './network.ts';

export type AddressSet = (address: string) => boolean;

/** `addresses`: networks or single addresses. */
export function compileAddressSet(addresses: readonly string[]): AddressSet {
  /** For each family, the lengths that occur, and the prefixes of each. */
  const families = { 4: new Map<number, Set<string>>(), 6: new Map<number, Set<string>>() };
  for (const text of addresses) {
    const network = parseNetwork(text);
    if (network === undefined) continue;
    const lengths = families[network.family];
    const prefixes = lengths.get(network.prefix.length) ?? new Set();
    prefixes.add(network.prefix);
    lengths.set(network.prefix.length, prefixes);
  }
  return (address) => {
    const asked = parseNetwork(address);
    if (asked === undefined) return false;
    for (const [length, prefixes] of families[asked.family]) {
      if (prefixes.has(asked.prefix.slice(0, length))) return true;
    }
    return false;
  };
}
