/**
 * Networks and the addresses in them: RFC 4632 (IPv4), RFC 4291 (IPv6). Compared as bits, so that every spelling of one address is one
 * address; an IPv4 address mapped into IPv6 is the IPv4 address. What does not parse is in no network and holds no address.
 */

/** The leading bits that an address of the network has: binary digits. */
export interface Network {
  readonly family: 4 | 6;
  readonly prefix: string;
}

const LENGTH = /^(?:0|[1-9]\d{0,2})$/;

/** ::ffff:0:0/96, where IPv4 addresses are mapped (RFC 4291 2.5.5.2). */
const MAPPED = '0'.repeat(80) + '1'.repeat(16);

/** An address with or without `/length`, or undefined. Bits behind the length do not count. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const bits = spelledBits(slash < 0 ? text : text.slice(0, slash));
  if (bits === undefined) return undefined;
  const length = slash < 0 ? String(bits.length) : text.slice(slash + 1);
  if (!LENGTH.test(length) || Number(length) > bits.length) return undefined;
  const prefix = bits.slice(0, Number(length));
  if (bits.length === 32) return { family: 4, prefix };
  return prefix.startsWith(MAPPED) ? { family: 4, prefix: prefix.slice(MAPPED.length) } : { family: 6, prefix };
}

export function holdsAddress({ family, prefix }: Network, address: string): boolean {
  const bits = addressBits(address);
  return bits !== undefined && (bits.length === 32) === (family === 4) && bits.startsWith(prefix);
}

/** `network` is an address with or without `/length`. False when either does not parse. */
export function inNetwork(address: string, network: string): boolean {
  const parsed = parseNetwork(network);
  return parsed !== undefined && holdsAddress(parsed, address);
}

/** True for an address, IPv4 or IPv6, without a length or a zone. */
export function isAddress(text: string): boolean {
  return addressBits(text) !== undefined;
}

/** The one spelling of an address (RFC 5952), however it was spelled; undefined for what is none. */
export function canonicalAddress(text: string): string | undefined {
  const bits = addressBits(text);
  return bits === undefined ? undefined : spelled(bits);
}

/** The one spelling of a network: its first address, and its length. */
export function canonicalNetwork({ family, prefix }: Network): string {
  return `${spelled(prefix.padEnd(family === 4 ? 32 : 128, '0'))}/${prefix.length}`;
}

/** `bits`: of an address. */
function spelled(bits: string): string {
  if (bits.length === 32) return (bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)).join('.');
  const written = (bits.match(/.{16}/g) ?? []).map((group) => Number.parseInt(group, 2).toString(16)).join(':');
  // RFC 5952 4.2: the longest run of two zeros or more, the first of several.
  const [longest] = [...written.matchAll(/(?:(?:^|(?<=:))0(?::|$)){2,}/g)].toSorted(
    (one, other) => other[0].length - one[0].length,
  );
  if (longest === undefined) return written;
  return `${written.slice(0, longest.index).replace(/:$/, '')}::${written.slice(longest.index + longest[0].length)}`;
}

/** 32 or 128 binary digits; 32 for an IPv4 address that is mapped into IPv6. */
function addressBits(text: string): string | undefined {
  const bits = spelledBits(text);
  return bits?.length === 128 && bits.startsWith(MAPPED) ? bits.slice(MAPPED.length) : bits;
}

function spelledBits(text: string): string | undefined {
  return text.includes(':') ? ipv6Bits(text) : ipv4Bits(text);
}

const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;

function ipv6Bits(text: string): string | undefined {
  // RFC 4291 2.2: the last 32 bits may be written as an IPv4 address.
  const dotted = text.includes('.') ? text.slice(text.lastIndexOf(':') + 1) : '';
  const last = dotted === '' ? '' : ipv4Bits(dotted);
  if (last === undefined) return undefined;
  const halves = (dotted === '' ? text : `${text.slice(0, -dotted.length)}0:0`).split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '');
  const tail = groups(halves[1] ?? '');
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!all.every((group) => GROUP.test(group))) return undefined;
  const bits = all.map((group) => digits(Number.parseInt(group, 16), 16)).join('');
  return bits.slice(0, bits.length - last.length) + last;
}

/** Ours: no leading zeros, which some programs read as octal. */
function ipv4Bits(text: string): string | undefined {
  const octets = IPV4.exec(text);
  if (octets === null) return undefined;
  let value = 0;
  for (let at = 1; at <= 4; at++) {
    const octet = Number(octets[at]);
    if (octet > 255) return undefined;
    value = value * 256 + octet;
  }
  return digits(value, 32);
}

function groups(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}

function digits(value: number, width: number): string {
  return value.toString(2).padStart(width, '0');
}
