/**
 * How a foreign value is written in a standard access log (facts 13.1), so that it can hold neither the separator nor a line end.
 */

/** CloudFront: octets 0 to 32 and from 127 on, and < > " # % { } | \ ^ ~ [ ] ` ' are percent-encoded. */
const ENCODED = /[^!$&()*+,\-./0-9:;=?@A-Z_a-z]/;
const EACH_ENCODED = new RegExp(ENCODED, 'gu');

export function encodeLogValue(text: string): string {
  return ENCODED.test(text) ? encoded(text) : text;
}

/** Viewers repeat themselves, User-Agent above all, and encoding costs more than all the rest of a line: the last few are remembered. */
const remembered = new Map<string, string>();
const MOST_REMEMBERED = 1024;
/** Ours: what is longer is nobody's name for a browser. */
const LONGEST_REMEMBERED = 512;

function encoded(text: string): string {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const made = text.replace(EACH_ENCODED, percentEncoded);
  if (text.length <= LONGEST_REMEMBERED) {
    if (remembered.size === MOST_REMEMBERED) remembered.clear();
    remembered.set(text, made);
  }
  return made;
}

/** Field values carry one octet in each character; what lies above, which only a path or a host can, goes as UTF-8. */
function percentEncoded(character: string): string {
  const point = character.codePointAt(0)!;
  if (point <= 0xff) return octet(point);
  if (point <= 0x7ff) return octet(0xc0 | (point >> 6)) + trail(point);
  if (point <= 0xffff) return octet(0xe0 | (point >> 12)) + trail(point >> 6) + trail(point);
  return octet(0xf0 | (point >> 18)) + trail(point >> 12) + trail(point >> 6) + trail(point);
}

function trail(bits: number): string {
  return octet(0x80 | (bits & 0x3f));
}

function octet(value: number): string {
  return `%${value.toString(16).toUpperCase().padStart(2, '0')}`;
}
