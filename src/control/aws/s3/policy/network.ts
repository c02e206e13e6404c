/** Is an address inside a network? RFC 4632 (IPv4), RFC 4291 (IPv6); as bits, so that every spelling of one address is one address. */

/** `network` is an address with or without `/length`. False when either does not parse. */
export function inNetwork(address: string, network: string): boolean {
  const [base = '', length] = network.split('/');
  const given = addressBits(address);
  const wanted = addressBits(base);
  if (given === undefined || wanted === undefined || given.length !== wanted.length) return false;
  const size = length === undefined ? wanted.length : Number(length);
  return Number.isInteger(size) && size >= 0 && size <= wanted.length && given.startsWith(wanted.slice(0, size));
}

/** True for addresses and networks that parse. */
export function isNetwork(text: string): boolean {
  const [base = '', length] = text.split('/');
  const bits = addressBits(base);
  return bits !== undefined && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits.length));
}

/** 32 or 128 binary digits. An IPv4 address mapped into IPv6 is the IPv4 address. */
function addressBits(text: string): string | undefined {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text);
  const address = mapped?.[1] ?? text;
  if (address.includes('.') && !address.includes(':')) return ipv4Bits(address);
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '');
  const tail = groups(halves[1] ?? '');
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  return all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? all.map((group) => digits(Number.parseInt(group, 16), 16)).join('')
    : undefined;
}

function ipv4Bits(text: string): string | undefined {
  const octets = text.split('.');
  const isAddress = octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255);
  return isAddress ? octets.map((octet) => digits(Number(octet), 8)).join('') : undefined;
}

function groups(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}

function digits(value: number, width: number): string {
  return value.toString(2).padStart(width, '0');
}
