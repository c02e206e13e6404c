/** Hexadecimal digits in octet texts, one character code at a time: what the decoders beside this file read escapes with. */

/** The value of a digit, -1 where the code is none (NaN, past the end, included). */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

export function isHexPair(text: string, at: number): boolean {
  return hexDigit(text.charCodeAt(at)) >= 0 && hexDigit(text.charCodeAt(at + 1)) >= 0;
}
