/**
 * BASE64_DECODE and BASE64_DECODE_EXT. ModSecurity: base64Decode reads up to the first character that base64 does not have,
 * base64DecodeExt leaves such characters out. An incomplete last group gives the octets that are whole.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Int8Array(256).fill(-1);
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value;
const PAD = 0x3d;

export function base64Decode(text: string): string {
  return decode(text, false);
}

export function base64DecodeExt(text: string): string {
  return decode(text, true);
}

function decode(text: string, skipsOthers: boolean): string {
  let octets = '';
  let bits = 0;
  let held = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const value = VALUES[code & 0xff]!;
    if (value < 0) {
      if (skipsOthers && code !== PAD) continue;
      break;
    }
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    octets += String.fromCharCode((held >>> bits) & 0xff);
  }
  return octets;
}
