/**
 * `cf.cwt` of runtime 2.0: CBOR Web Tokens (RFC 8392) under COSE_Mac0 with HMAC-SHA-256 (RFC 8152 6.2), read and made. CloudFront: "CWT
 * support for CloudFront Functions"; at most 1 KB, and the claims are the function's to judge. Map keys are texts in the function, and
 * integers in the token where they read as such. Runs in QuickJS: see binary.ts.
 */
import type { Binary } from './binary.ts';
import type { GuestHost } from './host.ts';

export interface WebTokens {
  readonly validateToken: (token: unknown, context: unknown) => object;
  readonly generateToken: (one: unknown, other: unknown) => Uint8Array;
}

export function createWebTokens(host: GuestHost, binary: Binary): WebTokens {
  const LONGEST = 1024;
  const [CWT_TAG, MAC0_TAG] = [61, 17];
  const [ALGORITHM, HMAC_256_64, HMAC_256] = ['1', 4, 5];
  const [OCTETS, TEXT, LIST, MAP, TAG] = [2, 3, 4, 5, 6];
  const { isSafeInteger } = Number;
  const isMap = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
  const refuse = (what: string): never => {
    throw new Error(`cwt: ${what}`);
  };

  /** Reads one item after the other (RFC 8949). */
  const reader = (octets: Uint8Array) => {
    const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    let at = 0;
    const take = (length: number): number => {
      const begin = at;
      if (length > octets.length - begin) refuse('the token is cut short');
      at += length;
      return begin;
    };
    const argument = (low: number): number => {
      if (low < 24) return low;
      if (low === 24) return view.getUint8(take(1));
      if (low === 25) return view.getUint16(take(2));
      if (low === 26) return view.getUint32(take(4));
      if (low !== 27) refuse('lengths must be said');
      const begin = take(8);
      const value = view.getUint32(begin) * 0x100000000 + view.getUint32(begin + 4);
      return isSafeInteger(value) ? value : refuse('a number is too large');
    };
    const half = (bits: number): number => {
      const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
      const size = exponent === 0 ? fraction * 2 ** -24 : exponent < 31 ? (1024 + fraction) * 2 ** (exponent - 25) : Infinity;
      return (bits & 0x8000 ? -1 : 1) * (exponent === 31 && fraction !== 0 ? NaN : size);
    };
    const simple = (low: number): unknown => {
      if (low === 20 || low === 21) return low === 21;
      if (low === 22) return null;
      if (low === 23) return undefined;
      if (low === 25) return half(view.getUint16(take(2)));
      if (low === 26) return view.getFloat32(take(4));
      if (low === 27) return view.getFloat64(take(8));
      return refuse('a value is of no kind that is known');
    };
    const head = (): { readonly major: number; readonly low: number } => {
      const octet = octets[take(1)]!;
      return { major: octet >> 5, low: octet & 31 };
    };
    const item = (): unknown => {
      const { major, low } = head();
      if (major === 7) return simple(low);
      const count = argument(low);
      if (major === 0) return count;
      if (major === 1) return -1 - count;
      if (major === OCTETS || major === TEXT) {
        const begin = take(count);
        const part = octets.slice(begin, begin + count);
        return major === OCTETS ? binary.newBuffer(part) : binary.toText(part, 'utf8');
      }
      if (major === TAG) return item();
      // Every member takes an octet at least.
      if (count > octets.length) refuse('the token is cut short');
      if (major === LIST) {
        const list: unknown[] = [];
        for (let index = 0; index < count; index++) list.push(item());
        return list;
      }
      const map: Record<string, unknown> = {};
      for (let index = 0; index < count; index++) {
        const key = item();
        if (typeof key !== 'string' && typeof key !== 'number') refuse('a key is neither a text nor a number');
        Object.defineProperty(map, String(key), { value: item(), writable: true, enumerable: true, configurable: true });
      }
      return map;
    };
    /** Whether the next item has this tag, which is then passed. */
    const tagged = (tag: number): boolean => {
      const before = at;
      const { major, low } = head();
      if (major === TAG && argument(low) === tag) return true;
      at = before;
      return false;
    };
    return { item, tagged, isDone: () => at === octets.length };
  };

  const write = (value: unknown, into: number[]): void => {
    const head = (major: number, count: number): void => {
      const first = major << 5;
      if (count < 24) into.push(first | count);
      else if (count < 0x100) into.push(first | 24, count);
      else if (count < 0x10000) into.push(first | 25, count >> 8, count & 255);
      else if (count < 0x100000000) into.push(first | 26, count >>> 24, (count >>> 16) & 255, (count >>> 8) & 255, count & 255);
      else {
        into.push(first | 27);
        const high = Math.floor(count / 0x100000000);
        for (const word of [high, count >>> 0]) for (const shift of [24, 16, 8, 0]) into.push((word >>> shift) & 255);
      }
    };
    const octets = (major: number, part: Uint8Array): void => {
      head(major, part.length);
      for (const octet of part) into.push(octet);
    };
    if (typeof value === 'number' && isSafeInteger(value)) {
      if (value >= 0) head(0, value);
      else head(1, -1 - value);
    } else if (typeof value === 'number') {
      const float = new DataView(new ArrayBuffer(8));
      float.setFloat64(0, value);
      into.push(0xfb);
      for (let index = 0; index < 8; index++) into.push(float.getUint8(index));
    } else if (typeof value === 'string') octets(TEXT, binary.toOctets(value, 'utf8'));
    else if (typeof value === 'boolean') into.push(value ? 0xf5 : 0xf4);
    else if (value === null) into.push(0xf6);
    else if (value === undefined) into.push(0xf7);
    else if (value instanceof Uint8Array) octets(OCTETS, value);
    else if (Array.isArray(value)) {
      head(LIST, value.length);
      for (const one of value as unknown[]) write(one, into);
    } else if (isMap(value)) {
      const names = Object.keys(value);
      head(MAP, names.length);
      for (const name of names) {
        const number = /^(?:0|-?[1-9]\d{0,14})$/.test(name) ? Number(name) : undefined;
        write(number ?? name, into);
        write(value[name], into);
      }
    } else refuse(`a ${typeof value} cannot be in a token`);
  };
  const written = (value: unknown): Uint8Array => {
    const into: number[] = [];
    write(value, into);
    return new Uint8Array(into);
  };
  const exactly = (octets: Uint8Array): ArrayBuffer => new Uint8Array(octets).buffer;

  const keyOf = (context: unknown): Uint8Array => {
    const { key } = isMap(context) ? context : {};
    if (typeof key === 'string' && key !== '') return binary.toOctets(key, 'utf8');
    return key instanceof Uint8Array && key.length > 0 ? key : refuse('the key must be a string or a Buffer');
  };
  const tagOf = (algorithm: unknown, key: Uint8Array, protectedOctets: Uint8Array, payload: Uint8Array): Uint8Array => {
    const number = Number(algorithm);
    if (number !== HMAC_256 && number !== HMAC_256_64) refuse('the algorithm must be HMAC with SHA-256 (5)');
    const structure = written(['MAC0', protectedOctets, new Uint8Array(0), payload]);
    const whole = binary.toOctets(host.digest('sha256', 'hex', exactly(key), exactly(structure)), 'hex');
    return number === HMAC_256 ? whole : whole.slice(0, 8);
  };
  const sameOctets = (one: Uint8Array, other: Uint8Array): boolean => {
    let difference = one.length ^ other.length;
    for (let at = 0; at < one.length; at++) difference |= one[at]! ^ (other[at] ?? 0);
    return difference === 0;
  };
  const mapOf = (octets: Uint8Array, what: string): Record<string, unknown> => {
    if (octets.length === 0) return {};
    const { item, isDone } = reader(octets);
    const map = item();
    return isMap(map) && isDone() ? map : refuse(`${what} is no map`);
  };

  return {
    validateToken(token, context) {
      if (!(token instanceof Uint8Array)) throw new TypeError('cwt: the token must be a Buffer');
      if (token.length > LONGEST) refuse(`the token is longer than ${LONGEST} octets`);
      const key = keyOf(context);
      const { item, tagged, isDone } = reader(token);
      tagged(CWT_TAG);
      if (!tagged(MAC0_TAG)) refuse('the token is no COSE_Mac0');
      const parts = item();
      if (!Array.isArray(parts) || parts.length !== 4 || !isDone()) return refuse('the token is no COSE_Mac0');
      const [protectedOctets, unprotectedHeaders, payload, tag] = parts as unknown[];
      const isWhole =
        protectedOctets instanceof Uint8Array &&
        isMap(unprotectedHeaders) &&
        payload instanceof Uint8Array &&
        tag instanceof Uint8Array;
      if (!isWhole) return refuse('the token is no COSE_Mac0');
      const protectedHeaders = mapOf(protectedOctets, 'what is protected');
      if (!sameOctets(tagOf(protectedHeaders[ALGORITHM], key, protectedOctets, payload), tag))
        refuse('the signature does not match');
      return { protectedHeaders, unprotectedHeaders, payload: mapOf(payload, 'the payload') };
    },
    generateToken(one, other) {
      // CloudFront's signature has the context first, and its examples have it last.
      const [context, token] = isMap(one) && 'coseTag' in one ? [one, other] : [other, one];
      if (!isMap(context) || context['coseTag'] !== 'MAC0') return refuse('coseTag must be MAC0');
      if (!isMap(token) || !isMap(token['payload'])) return refuse('the payload must be an object');
      const headers = token['protected'] ?? token['protectedHeaders'] ?? {};
      const unprotected = token['unprotected'] ?? token['unprotectedHeaders'] ?? {};
      if (!isMap(headers) || !isMap(unprotected)) return refuse('headers must be objects');
      const algorithm = headers[ALGORITHM] ?? HMAC_256;
      const protectedOctets = written({ ...headers, [ALGORITHM]: Number(algorithm) });
      const payload = written(token['payload']);
      const tag = tagOf(algorithm, keyOf(context), protectedOctets, payload);
      const into: number[] = context['cwtTag'] === true ? [0xd8, CWT_TAG] : [];
      into.push(0xc0 | MAC0_TAG);
      write([protectedOctets, unprotected, payload, tag], into);
      if (into.length > LONGEST) refuse(`the token is longer than ${LONGEST} octets`);
      return binary.newBuffer(new Uint8Array(into));
    },
  };
}
