/**
 * Base64 as signed URLs and cookies write it: RFC 4648 4 with `-` for `+`, `~` for `/` and `_` for the padding `=` (facts 9.1). Octets are
 * characters here, one each. Strict: one text for each value, so that no character of a signature can be changed without effect.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-~';
const VALUES: ReadonlyMap<number, number> = new Map(Array.from(ALPHABET, (letter, value) => [letter.charCodeAt(0), value]));
const PADDING = '_';

/** The octets, or undefined: not whole, another letter, padding that is not needed or not enough, or bits behind the end. */
export function decodeUrlSafe(text: string): string | undefined {
  if (text.length === 0 || text.length % 4 !== 0) return undefined;
  const padding = text.endsWith(PADDING + PADDING) ? 2 : text.endsWith(PADDING) ? 1 : 0;
  const end = text.length - padding;
  let octets = '';
  let bits = 0;
  let held = 0;
  for (let at = 0; at < end; at++) {
    const value = VALUES.get(text.charCodeAt(at));
    if (value === undefined) return undefined;
    bits = (bits << 6) | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      octets += String.fromCharCode((bits >> held) & 0xff);
      bits &= (1 << held) - 1;
    }
  }
  return bits === 0 ? octets : undefined;
}

/** From the usual base64 of RFC 4648 4, padding included. */
export function toUrlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '~').replaceAll('=', PADDING);
}
