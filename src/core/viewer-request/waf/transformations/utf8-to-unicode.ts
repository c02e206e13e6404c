/** UTF8_TO_UNICODE: sequences of UTF-8 as `%uHHHH`, as ModSecurity's utf8toUnicode writes them; octets that are not UTF-8 stay. RFC 3629. */

export function utf8ToUnicode(text: string): string {
  if (!/[\xc0-\xf7]/.test(text)) return text;
  return text.replaceAll(/[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}/g, (sequence) => {
    const code = codePointOf(sequence);
    return isOverlong(code, sequence.length) || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff
      ? sequence
      : `%u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Some octets are not UTF-8, or not its shortest form: @validateUtf8Encoding. */
export function hasBrokenUtf8(text: string): boolean {
  for (let at = 0; at < text.length;) {
    const first = text.charCodeAt(at);
    if (first < 0x80) {
      at++;
      continue;
    }
    const length = first >= 0xf0 && first < 0xf8 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc0 || first >= 0xf8 || at + length > text.length) return true;
    for (let next = at + 1; next < at + length; next++) if ((text.charCodeAt(next) & 0xc0) !== 0x80) return true;
    const code = codePointOf(text.slice(at, at + length));
    if (isOverlong(code, length) || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return true;
    at += length;
  }
  return false;
}

function codePointOf(sequence: string): number {
  let code = sequence.charCodeAt(0) & (0xff >> (sequence.length + 1));
  for (let at = 1; at < sequence.length; at++) code = code * 64 + (sequence.charCodeAt(at) & 0x3f);
  return code;
}

function isOverlong(code: number, length: number): boolean {
  return code < [0, 0, 0x80, 0x800, 0x10000][length]!;
}
