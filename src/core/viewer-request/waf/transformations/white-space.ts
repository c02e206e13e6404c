/** Transformations of white space, null octets and case. ModSecurity counts the octet A0 (a no-break space) as white space when it compresses. */

export function compressWhiteSpace(text: string): string {
  return /[\t\n\v\f\r\xa0]| {2}/.test(text) ? text.replaceAll(/[\t\n\v\f\r \xa0]+/g, ' ') : text;
}

export function removeWhiteSpace(text: string): string {
  return /[\t\n\v\f\r \xa0]/.test(text) ? text.replaceAll(/[\t\n\v\f\r \xa0]+/g, '') : text;
}

export function trimLeft(text: string): string {
  let start = 0;
  while (isWhiteSpace(text.charCodeAt(start))) start++;
  return start === 0 ? text : text.slice(start);
}

export function trimRight(text: string): string {
  let end = text.length;
  while (end > 0 && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  return end === text.length ? text : text.slice(0, end);
}

export function trim(text: string): string {
  return trimLeft(trimRight(text));
}

export function removeNulls(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

export function replaceNulls(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', ' ') : text;
}

/** ASCII alone: an octet above is part of some character, not one. */
export function lowercase(text: string): string {
  return /[A-Z]/.test(text) ? text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}

export function uppercase(text: string): string {
  return /[a-z]/.test(text) ? text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase()) : text;
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
