/**
 * Field values and targets are octets, one for each character of a string. RFC 9110 5.5. Here: what they say as text, and text as octets.
 */
import type { Fields } from './fields.ts';

const BEYOND_ASCII = /[\x80-\xff]/;

/** CloudFront: UTF-8 where they are, else ISO-8859-1 (facts 1.1). */
export function textOfOctets(octets: string): string {
  if (!BEYOND_ASCII.test(octets)) return octets;
  try {
    return decodeURIComponent(octets.replaceAll(/[%\x80-\xff]/g, (octet) => percent(octet.charCodeAt(0))));
  } catch {
    return octets;
  }
}

/** As UTF-8; undefined for a text that has half a surrogate pair. */
export function octetsOfText(text: string): string | undefined {
  if (!/[\x80-\uffff]/.test(text)) return text;
  const encoded = percentEncoded(text);
  return encoded?.replaceAll(/%([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

/** CloudFront: a value that nobody has changed goes on in the octets that it came in, though it was read as ISO-8859-1. */
export function inOctetsReceived(fields: Fields, received: Fields): Fields {
  let own: Map<string, string> | undefined;
  for (const [name, value] of received) {
    if (!BEYOND_ASCII.test(value)) continue;
    const read = octetsOfText(textOfOctets(value));
    if (read !== undefined && read !== value) (own ??= new Map()).set(`${name}:${read}`, value);
  }
  return own === undefined ? fields : fields.map(([name, value]) => [name, own.get(`${name}:${value}`) ?? value]);
}

/** With what is not ASCII percent-encoded as UTF-8, and nothing else changed; undefined as above. */
export function asciiOfText(text: string): string | undefined {
  if (!/[\x80-\uffff]/.test(text)) return text;
  try {
    return text.replaceAll(/[\x80-\uffff]+/g, (characters) => encodeURIComponent(characters));
  } catch {
    return undefined;
  }
}

function percentEncoded(text: string): string | undefined {
  try {
    return text.replaceAll(/[\x80-\uffff]+|%/g, (characters) => (characters === '%' ? '%25' : encodeURIComponent(characters)));
  } catch {
    return undefined;
  }
}

function percent(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}
