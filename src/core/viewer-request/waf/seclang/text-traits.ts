/**
 * Which octets that transformations care about a text has, as bits: a chain of transformations none of whose octets occur leaves a text as it
 * is. An upper bound for each transformation: a bit too many costs time, one too few would hide an attack (the test compares all of them).
 */

export const UPPER_CASE = 1;
const PERCENT_PLUS = 2;
const AMPERSAND = 4;
const BACKSLASH = 8;
const NULL = 16;
const WHITE_SPACE = 32;
const PATH = 64;
/** Quotes, carets, commas, semicolons. */
const SHELL = 128;
/** `*`, `-`, `#`: in comments. */
const COMMENT = 256;
const BEYOND_ASCII = 512;
/** Anything at all, the empty text included. */
const ALWAYS = 1024;
const DIGITS = 2048;
const LOWER_CASE = 4096;

/** By the names of SecLang in lower case; those that are not here may change any text. */
const CHANGED_BY: Readonly<Record<string, number>> = {
  cmdline: UPPER_CASE | BACKSLASH | WHITE_SPACE | SHELL,
  compresswhitespace: WHITE_SPACE | BEYOND_ASCII,
  cssdecode: BACKSLASH,
  escapeseqdecode: BACKSLASH,
  htmlentitydecode: AMPERSAND,
  jsdecode: BACKSLASH,
  lowercase: UPPER_CASE,
  normalisepath: PATH,
  normalisepathwin: PATH | BACKSLASH,
  normalizepath: PATH,
  normalizepathwin: PATH | BACKSLASH,
  removecomments: PATH | COMMENT,
  removecommentschar: PATH | COMMENT,
  removenulls: NULL,
  removewhitespace: WHITE_SPACE | BEYOND_ASCII,
  replacecomments: PATH,
  replacenulls: NULL,
  sqlhexdecode: DIGITS,
  trim: WHITE_SPACE,
  trimleft: WHITE_SPACE,
  trimright: WHITE_SPACE,
  uppercase: LOWER_CASE,
  urldecode: PERCENT_PLUS,
  urldecodeuni: PERCENT_PLUS,
  utf8tounicode: BEYOND_ASCII,
};

export function traitsChangedBy(transformation: string): number {
  return CHANGED_BY[transformation] ?? ALWAYS;
}

const TRAITS = new Uint16Array(256);
const give = (octets: string, trait: number) => {
  for (let at = 0; at < octets.length; at++) TRAITS[octets.charCodeAt(at)]! |= trait;
};
give('ABCDEFGHIJKLMNOPQRSTUVWXYZ', UPPER_CASE);
give('abcdefghijklmnopqrstuvwxyz', LOWER_CASE);
give('0123456789', DIGITS);
give('%+', PERCENT_PLUS);
give('&', AMPERSAND);
give('\\', BACKSLASH);
give('\0', NULL);
give('\t\n\v\f\r ', WHITE_SPACE);
give('./', PATH);
give('"\'^,;', SHELL);
give('*-#<', COMMENT);
for (let octet = 0x80; octet < 0x100; octet++) TRAITS[octet] = BEYOND_ASCII;

export function traitsOf(text: string): number {
  let traits = ALWAYS;
  for (let at = 0; at < text.length; at++) traits |= TRAITS[text.charCodeAt(at) & 0xff]!;
  return traits;
}
