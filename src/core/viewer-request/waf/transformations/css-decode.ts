/**
 * CSS_DECODE: escapes of CSS 2 (section 4.1.3), of one to six hexadecimal digits of which the last two count, with a white space after them
 * that belongs to them. As ModSecurity's cssDecode: full-width ASCII as ASCII, an escaped line end vanishes, other characters lose their backslash.
 */
import { octetOfCodePoint } from './url-decode.ts';

export function cssDecode(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(
    /\\(?:([0-9a-fA-F]{1,6})[\t\n\v\f\r ]?|(\n)|([^]))/g,
    (_, digits?: string, lineEnd?: string, other?: string) => {
      if (digits !== undefined) return octetOfCodePoint(parseInt(digits, 16));
      return lineEnd === undefined ? other! : '';
    },
  );
}
