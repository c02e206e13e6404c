/** HEX_DECODE and SQL_HEX_DECODE, as ModSecurity's hexDecode and sqlHexDecode: `616263` and, within other text, `0x616263` are `abc`. */
import { hexDigit, isHexPair } from './hex-digits.ts';

/** Up to the first pair that is none; text that holds no pair at its beginning stays. */
export function hexDecode(text: string): string {
  let octets = '';
  for (let at = 0; isHexPair(text, at); at += 2) {
    octets += String.fromCharCode(hexDigit(text.charCodeAt(at)) * 16 + hexDigit(text.charCodeAt(at + 1)));
  }
  return octets === '' ? text : octets;
}

export function sqlHexDecode(text: string): string {
  if (!/0x/i.test(text)) return text;
  return text.replaceAll(/0[xX]((?:[0-9a-fA-F]{2})+)/g, (_, digits: string) => hexDecode(digits));
}

export function hexEncode(text: string): string {
  let digits = '';
  for (let at = 0; at < text.length; at++) digits += text.charCodeAt(at).toString(16).padStart(2, '0');
  return digits;
}
