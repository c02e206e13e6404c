/**
 * JS_DECODE and ESCAPE_SEQ_DECODE: the backslash escapes of JavaScript and of ANSI C. As ModSecurity's jsDecode and escapeSeqDecode: an
 * octet for each escape, full-width ASCII as ASCII, and a backslash before anything else goes (JavaScript) or stays (C).
 */
import { octetOfCodePoint } from './url-decode.ts';

const CONTROLS: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

export function jsDecode(text: string): string {
  return text.includes('\\') ? decoded(text, /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3]?[0-7]{1,2})|([^]))/g) : text;
}

/** Also `\u{H...}` of ECMAScript 2015. */
export function jsDecodeExt(text: string): string {
  if (!text.includes('\\')) return text;
  const braces = text.replaceAll(/\\u\{0*([0-9a-fA-F]{1,6})\}/g, (_, digits: string) => octetOfCodePoint(parseInt(digits, 16)));
  return jsDecode(braces);
}

function decoded(text: string, escapes: RegExp): string {
  return text.replaceAll(escapes, (_, wide?: string, narrow?: string, octal?: string, other?: string) => {
    const hexadecimal = wide ?? narrow;
    if (hexadecimal !== undefined) return octetOfCodePoint(parseInt(hexadecimal, 16));
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
    return CONTROLS[other!] ?? other!;
  });
}

export function escapeSeqDecode(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|([0-3]?[0-7]{1,2})|([abfnrtv\\?'"]))/g,
    (_, hexadecimal?: string, octal?: string, other?: string) => {
      if (hexadecimal !== undefined) return String.fromCharCode(parseInt(hexadecimal, 16));
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
      return CONTROLS[other!] ?? other!;
    },
  );
}
