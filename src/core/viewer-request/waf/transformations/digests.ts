/**
 * MD5 (RFC 1321), SHA1 and SHA256 (FIPS 180-4) of octet texts, as raw octets: for rules that know a text by its digest alone. None guards a
 * secret here.
 */

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const MD5_CONSTANTS = Int32Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32) | 0);

export function md5(text: string): string {
  const words = padded(text, true);
  let [a, b, c, d] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let block = 0; block < words.length; block += 16) {
    const before = [a, b, c, d] as const;
    for (let step = 0; step < 64; step++) {
      const round = step >>> 4;
      const mixed = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
      const index = (round === 0 ? step : round === 1 ? 5 * step + 1 : round === 2 ? 3 * step + 5 : 7 * step) & 15;
      const sum = (a + mixed + MD5_CONSTANTS[step]! + words[block + index]!) | 0;
      const shift = MD5_SHIFTS[round * 4 + (step & 3)]!;
      a = d;
      d = c;
      c = b;
      b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
    }
    [a, b, c, d] = [(a + before[0]) | 0, (b + before[1]) | 0, (c + before[2]) | 0, (d + before[3]) | 0];
  }
  return octetsOf([a, b, c, d], true);
}

export function sha1(text: string): string {
  const words = padded(text, false);
  let state: readonly [number, number, number, number, number] = [
    0x67452301,
    0xefcdab89 | 0,
    0x98badcfe | 0,
    0x10325476,
    0xc3d2e1f0 | 0,
  ];
  const schedule = new Int32Array(80);
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d, e] = state;
    for (let step = 0; step < 80; step++) {
      const earlier = step < 16 ? 0 : schedule[step - 3]! ^ schedule[step - 8]! ^ schedule[step - 14]! ^ schedule[step - 16]!;
      schedule[step] = step < 16 ? words[block + step]! : rotate(earlier, 31);
      const round = Math.floor(step / 20);
      const mixed = [(b & c) | (~b & d), b ^ c ^ d, (b & c) | (b & d) | (c & d), b ^ c ^ d][round]!;
      const constant = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][round]!;
      [e, d, c, b, a] = [d, c, rotate(b, 2), a, (rotate(a, 27) + mixed + e + constant + schedule[step]!) | 0];
    }
    state = [(a + state[0]) | 0, (b + state[1]) | 0, (c + state[2]) | 0, (d + state[3]) | 0, (e + state[4]) | 0];
  }
  return octetsOf(state, false);
}

const PRIMES = primes(64);
const SHA256_CONSTANTS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));

export function sha256(text: string): string {
  const words = padded(text, false);
  let state = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const schedule = new Int32Array(64);
  for (let block = 0; block < words.length; block += 16) {
    for (let step = 0; step < 64; step++) schedule[step] = step < 16 ? words[block + step]! : extended(schedule, step);
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
    for (let step = 0; step < 64; step++) {
      const rotatedE = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const first = (h + rotatedE + ((e & f) ^ (~e & g)) + SHA256_CONSTANTS[step]! + schedule[step]!) | 0;
      const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    state = [a, b, c, d, e, f, g, h].map((word, index) => (word + state[index]!) | 0);
  }
  return octetsOf(state, false);
}

function extended(schedule: Int32Array, step: number): number {
  const early = schedule[step - 15]!;
  const late = schedule[step - 2]!;
  const small = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
  const large = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
  return (schedule[step - 16]! + small + schedule[step - 7]! + large) | 0;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** The first 32 bits behind the point. */
function fraction(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) | 0;
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

/** Both digests pad alike: a one bit, zeros, and the length in bits; they differ in the order of octets. */
function padded(text: string, isLittleEndian: boolean): Int32Array {
  const words = new Int32Array((((text.length + 8) >>> 6) + 1) * 16);
  const shiftOf = (at: number) => (isLittleEndian ? (at & 3) * 8 : 24 - (at & 3) * 8);
  for (let at = 0; at < text.length; at++) words[at >>> 2]! |= (text.charCodeAt(at) & 0xff) << shiftOf(at);
  words[text.length >>> 2]! |= 0x80 << shiftOf(text.length);
  const high = Math.floor((text.length * 8) / 2 ** 32);
  words[words.length - 2] = isLittleEndian ? text.length << 3 : high;
  words[words.length - 1] = isLittleEndian ? high : text.length << 3;
  return words;
}

function octetsOf(words: readonly number[], isLittleEndian: boolean): string {
  let octets = '';
  for (const word of words) {
    for (let at = 0; at < 4; at++) octets += String.fromCharCode((word >>> (isLittleEndian ? at * 8 : 24 - at * 8)) & 0xff);
  }
  return octets;
}
