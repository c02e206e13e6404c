/**
 * Text, an octet a character, in the Huffman code: RFC 7541 5.2. Whether that pays is the encoder's to see: encode-field.ts.
 */
import type { Bytes } from '../../model/units.ts';
import { CODE_LENGTHS, CODES } from './huffman-code.ts';

/** How many octets the text takes when coded. */
export function huffmanLength(text: string): Bytes {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits += CODE_LENGTHS[text.charCodeAt(at) & 0xff]!;
  return (bits + 7) >> 3;
}

/** Writes the coded text from `at` on, and returns where it ends. */
export function encodeHuffman(text: string, into: Uint8Array, at: number): number {
  let pending = 0;
  let pendingBits = 0;
  let next = at;
  const push = (code: number, bits: number): void => {
    pending = (pending << bits) | code;
    pendingBits += bits;
    for (; pendingBits >= 8; pendingBits -= 8) into[next++] = (pending >> (pendingBits - 8)) & 0xff;
    pending &= 0xff;
  };
  for (let index = 0; index < text.length; index++) {
    const symbol = text.charCodeAt(index) & 0xff;
    const bits = CODE_LENGTHS[symbol]!;
    const code = CODES[symbol]!;
    // In two parts where it would not fit beside what is pending.
    if (bits > 16) push(code >> 16, bits - 16);
    push(code & 0xffff, Math.min(bits, 16));
  }
  // RFC 7541 5.2: padded with ones, the beginning of the end-of-string code.
  if (pendingBits > 0) push(0xff >> pendingBits, 8 - pendingBits);
  return next;
}
