/**
 * What of what transformations care about a text has, as bits: certain octets, and certain pairs of octets beside each other. A chain of
 * transformations none of whose traits a text has leaves it as it is. An upper bound for each transformation: a bit too many costs time,
 * one too few would hide an attack (the test compares all of them).
 */

export const UPPER_CASE = 1;
const LOWER_CASE = 1 << 1;
const PERCENT_PLUS = 1 << 2;
const AMPERSAND = 1 << 3;
const BACKSLASH = 1 << 4;
const NULL = 1 << 5;
const SPACE = 1 << 6;
/** White space that is no space. */
const OTHER_SPACE = 1 << 7;
/** Quotes, carets, commas, semicolons. */
const SHELL = 1 << 8;
const HASH = 1 << 9;
const BEYOND_ASCII = 1 << 10;
/** Anything at all, the empty text included. */
const ALWAYS = 1 << 11;
/** Pairs. */
const TWO_SPACES = 1 << 12;
/** A space before `/` or `(`. */
const SPACE_BEFORE = 1 << 13;
const TWO_SLASHES = 1 << 14;
/** A segment of a path that begins with a dot. */
const DOT_SEGMENT = 1 << 15;
const COMMENT_START = 1 << 16;
const COMMENT_END = 1 << 17;
const TWO_DASHES = 1 << 18;
/** `0x` */
const HEX = 1 << 19;

const PATH = TWO_SLASHES | DOT_SEGMENT;

/** By the names of SecLang in lower case; those that are not here may change any text. */
const CHANGED_BY: Readonly<Record<string, number>> = {
  cmdline: UPPER_CASE | BACKSLASH | OTHER_SPACE | TWO_SPACES | SPACE_BEFORE | SHELL,
  compresswhitespace: OTHER_SPACE | TWO_SPACES,
  cssdecode: BACKSLASH,
  escapeseqdecode: BACKSLASH,
  htmlentitydecode: AMPERSAND,
  jsdecode: BACKSLASH,
  lowercase: UPPER_CASE,
  normalisepath: PATH,
  normalisepathwin: PATH | BACKSLASH,
  normalizepath: PATH,
  normalizepathwin: PATH | BACKSLASH,
  removecomments: COMMENT_START | TWO_DASHES | HASH,
  removecommentschar: COMMENT_START | COMMENT_END | TWO_DASHES | HASH,
  removenulls: NULL,
  removewhitespace: SPACE | OTHER_SPACE,
  replacecomments: COMMENT_START,
  replacenulls: NULL,
  sqlhexdecode: HEX,
  trim: SPACE | OTHER_SPACE,
  trimleft: SPACE | OTHER_SPACE,
  trimright: SPACE | OTHER_SPACE,
  uppercase: LOWER_CASE,
  urldecode: PERCENT_PLUS,
  urldecodeuni: PERCENT_PLUS,
  utf8tounicode: BEYOND_ASCII,
};

export function traitsChangedBy(transformation: string): number {
  return CHANGED_BY[transformation] ?? ALWAYS;
}

/** What an octet has by itself; what it has beside the next one, and beside the one before. */
const OWN = new Uint32Array(256);
const BEFORE = new Uint32Array(256);
const AFTER = new Uint32Array(256);

const give = (table: Uint32Array, octets: string, trait: number) => {
  for (let at = 0; at < octets.length; at++) table[octets.charCodeAt(at)]! |= trait;
};
const givePair = (first: string, second: string, trait: number) => {
  give(BEFORE, first, trait);
  give(AFTER, second, trait);
};
give(OWN, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', UPPER_CASE);
give(OWN, 'abcdefghijklmnopqrstuvwxyz', LOWER_CASE);
give(OWN, '%+', PERCENT_PLUS);
give(OWN, '&', AMPERSAND);
give(OWN, '\\', BACKSLASH);
give(OWN, '\0', NULL);
give(OWN, ' ', SPACE);
give(OWN, '\t\n\v\f\r\xa0', OTHER_SPACE);
give(OWN, '"\'^,;', SHELL);
give(OWN, '#', HASH);
for (let octet = 0x80; octet < 0x100; octet++) OWN[octet]! |= BEYOND_ASCII;
givePair(' ', ' ', TWO_SPACES);
givePair(' ', '/(', SPACE_BEFORE);
givePair('/', '/', TWO_SLASHES);
givePair('/', '.', DOT_SEGMENT);
givePair('/', '*', COMMENT_START);
givePair('*', '/', COMMENT_END);
givePair('-', '-', TWO_DASHES);
givePair('0', 'xX', HEX);

export function traitsOf(text: string): number {
  let traits = ALWAYS;
  let before: number = DOT_SEGMENT;
  for (let at = 0; at < text.length; at++) {
    const octet = text.charCodeAt(at) & 0xff;
    traits |= OWN[octet]! | (before & AFTER[octet]!);
    before = BEFORE[octet]!;
  }
  return traits;
}
