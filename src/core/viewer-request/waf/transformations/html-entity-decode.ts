/**
 * HTML_ENTITY_DECODE: `&#xHH;`, `&#DD;` (the semicolon may be missing) and the names that attacks use. As ModSecurity's htmlEntityDecode, an
 * octet for each entity; what is no entity stays.
 * AWS WAF: documents `&quot;`, `&nbsp;`, `&lt;`, `&gt;`, `&#xhhhh;` and `&#nnnn;`. ModSecurity knows `&amp;` too; HTML 5's names of ASCII
 * punctuation are beyond both, but browsers read them.
 */
import { octetOfCodePoint } from './url-decode.ts';

const NAMED: Readonly<Record<string, string>> = {
  quot: '"',
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: '\xa0',
  apos: "'",
  colon: ':',
  lpar: '(',
  rpar: ')',
  newline: '\n',
  tab: '\t',
  sol: '/',
  bsol: '\\',
  lbrace: '{',
  rbrace: '}',
  lbrack: '[',
  rbrack: ']',
  semi: ';',
  equals: '=',
  grave: '`',
  period: '.',
  comma: ',',
  excl: '!',
  dollar: '$',
  num: '#',
};

export function htmlEntityDecode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(
    /&(?:#[xX]([0-9a-fA-F]{1,8})|#([0-9]{1,10})|([a-zA-Z]{2,7}));?/g,
    (entity: string, hexadecimal: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (name !== undefined) return NAMED[name.toLowerCase()] ?? entity;
      return octetOfCodePoint(hexadecimal === undefined ? Number(decimal) : parseInt(hexadecimal, 16));
    },
  );
}
