/**
 * URL_DECODE and URL_DECODE_UNI: percent-encoding undone, `+` as a space, as ModSecurity's urlDecode and urlDecodeUni have it (ModSecurity
 * reference manual, "Transformation functions"): what is not a whole escape stays as it is.
 */
import { isHexPair } from './hex-digits.ts';

export function urlDecode(text: string): string {
  const spaced = withSpaces(text);
  if (!spaced.includes('%')) return spaced;
  return spaced.replaceAll(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

/** Also `%uHHHH` of Microsoft: the low octet counts, and full-width ASCII (FF01-FF5E) is the ASCII that it looks like. */
export function urlDecodeUni(text: string): string {
  const spaced = withSpaces(text);
  if (!spaced.includes('%')) return spaced;
  return spaced.replaceAll(/%(?:[uU]([0-9a-fA-F]{4})|([0-9a-fA-F]{2}))/g, (_, wide: string | undefined, narrow: string) =>
    wide === undefined ? String.fromCharCode(parseInt(narrow, 16)) : octetOfCodePoint(parseInt(wide, 16)),
  );
}

/** No escape has a `+` in it: those that escapes stand for come later. */
function withSpaces(text: string): string {
  return text.includes('+') ? text.replaceAll('+', ' ') : text;
}

/** What a code point of 16 bits is taken for where only octets are: ModSecurity's rule, also for JavaScript's and CSS's escapes. */
export function octetOfCodePoint(code: number): string {
  const low = code & 0xff;
  const isFullWidth = code >>> 8 === 0xff && low > 0x00 && low < 0x5f;
  return String.fromCharCode(isFullWidth ? low + 0x20 : low);
}

/** Some `%` is no escape: @validateUrlEncoding. */
export function hasBrokenPercentEncoding(text: string): boolean {
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 3)) {
    if (!isHexPair(text, at + 1)) return true;
  }
  return false;
}
