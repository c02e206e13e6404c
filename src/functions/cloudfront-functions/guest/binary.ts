/**
 * Octets inside a function's realm: Buffer of runtime 2.0, TextEncoder, TextDecoder, atob and btoa, and String's octet methods of 1.0.
 * Coding itself is done by the host, which is many times faster. The text of these functions runs in QuickJS (realm-source.ts): nothing
 * outside of a function's own body may be named in it.
 */
import type { GuestHost } from './host.ts';

export interface Binary {
  /** The octets of a text; NUL cannot cross to the host, so it is put in here. */
  readonly toOctets: (text: string, encoding: string) => Uint8Array;
  readonly toText: (octets: Uint8Array, encoding: string) => string;
  readonly newBuffer: (octets: Uint8Array) => Uint8Array;
  readonly isEncoding: (encoding: unknown) => boolean;
}

export function installBinary(host: GuestHost, isSecond: boolean): Binary {
  /** An octet for each character, for atob and btoa. */
  const OWN = '\0octets';
  const ENCODINGS: Record<string, string> = {
    utf8: 'utf8',
    'utf-8': 'utf8',
    hex: 'hex',
    base64: 'base64',
    base64url: 'base64url',
    // Under a name that no function gives: CloudFront has the others alone.
    [OWN]: 'latin1',
  };
  const encodingOf = (given: unknown): string => {
    const known = given === undefined ? 'utf8' : ENCODINGS[String(given).toLowerCase()];
    if (known === undefined) throw new TypeError(`Unknown encoding: "${String(given)}"`);
    return known;
  };
  const isEncoding = (given: unknown): boolean => typeof given === 'string' && ENCODINGS[given.toLowerCase()] !== undefined;

  const joined = (parts: readonly Uint8Array[], gap: number): Uint8Array => {
    let length = gap * (parts.length - 1);
    for (const part of parts) length += part.length;
    const all = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length + gap;
    }
    return all;
  };
  const toOctets = (text: string, given: unknown): Uint8Array => {
    const encoding = encodingOf(given);
    const plain = (part: string): Uint8Array => (part === '' ? new Uint8Array(0) : new Uint8Array(host.decode(part, encoding)));
    if (!text.includes('\0')) return plain(text);
    return joined(text.split('\0').map(plain), encoding === 'utf8' || encoding === 'latin1' ? 1 : 0);
  };
  // A copy, because a Buffer's own slice shares its octets.
  const copied = (octets: Uint8Array, from: number, to: number): ArrayBuffer =>
    new Uint8Array(new Uint8Array(octets.buffer, octets.byteOffset + from, to - from)).buffer;
  const whole = (octets: Uint8Array): ArrayBuffer =>
    octets.byteLength === octets.buffer.byteLength ? (octets.buffer as ArrayBuffer) : copied(octets, 0, octets.length);
  const toText = (octets: Uint8Array, given: unknown): string => {
    const encoding = encodingOf(given);
    if (octets.length === 0) return '';
    if (encoding === 'hex' || encoding.startsWith('base64') || !octets.includes(0)) return host.encode(whole(octets), encoding);
    let text = '';
    let from = 0;
    for (let at = octets.indexOf(0); at >= 0; at = octets.indexOf(0, from)) {
      text += (at > from ? host.encode(copied(octets, from, at), encoding) : '') + '\0';
      from = at + 1;
    }
    return from < octets.length ? text + host.encode(copied(octets, from, octets.length), encoding) : text;
  };
  let newBuffer = (octets: Uint8Array): Uint8Array => octets;
  const scope = globalThis as unknown as Record<string, unknown>;

  if (isSecond) {
    const octetsOf = (value: unknown, encoding?: unknown): Uint8Array => {
      if (typeof value === 'string') return toOctets(value, encoding);
      if (value instanceof Uint8Array) return value;
      if (value instanceof ArrayBuffer) return new Uint8Array(value);
      if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      throw new TypeError('first argument is not a string or Buffer-like object');
    };
    const number = (value: unknown, otherwise: number): number =>
      value === undefined ? otherwise : Math.trunc(Number(value)) || 0;

    class Buffer extends Uint8Array<ArrayBuffer> {
      static override from(value: unknown, encodingOrOffset?: unknown, length?: number): Buffer {
        if (value instanceof ArrayBuffer) return new Buffer(value, number(encodingOrOffset, 0), length);
        if (typeof value === 'string') return new Buffer(toOctets(value, encodingOrOffset).buffer as ArrayBuffer);
        const like = value as { data?: unknown; type?: unknown; length?: unknown } | null;
        if (typeof like !== 'object' || like === null)
          throw new TypeError('first argument is not a string or Buffer-like object');
        const plain: unknown = like.valueOf();
        if (plain !== like) return Buffer.from(plain, encodingOrOffset, length);
        const list = like.type === 'Buffer' && Array.isArray(like.data) ? like.data : like;
        const size = number((list as { length?: unknown }).length, 0);
        const buffer = Buffer.alloc(size);
        for (let at = 0; at < size; at++) buffer[at] = Number((list as Record<number, unknown>)[at]);
        return buffer;
      }
      static alloc(size: number, fill?: unknown, encoding?: unknown): Buffer {
        const buffer = new Buffer(new ArrayBuffer(size));
        return fill === undefined ? buffer : buffer.fill(fill as never, undefined, undefined, encoding);
      }
      static allocUnsafe(size: number): Buffer {
        return Buffer.alloc(size);
      }
      static byteLength(value: unknown, encoding?: unknown): number {
        return octetsOf(value, encoding).length;
      }
      static compare(one: Uint8Array, other: Uint8Array): number {
        const shared = Math.min(one.length, other.length);
        for (let at = 0; at < shared; at++) if (one[at] !== other[at]) return one[at]! < other[at]! ? -1 : 1;
        return Math.sign(one.length - other.length);
      }
      static concat(list: readonly Uint8Array[], total?: number): Buffer {
        const all = new Buffer(joined(list, 0).buffer as ArrayBuffer);
        if (total === undefined || total === all.length) return all;
        const cut = Buffer.alloc(total);
        cut.set(all.subarray(0, total));
        return cut;
      }
      static isBuffer(value: unknown): boolean {
        return value instanceof Buffer;
      }
      static isEncoding(value: unknown): boolean {
        return isEncoding(value);
      }
      override toString(encoding?: unknown, start?: number, end?: number): string {
        const all = start === undefined && end === undefined;
        return toText(all ? this : Uint8Array.prototype.slice.call(this, number(start, 0), end), encoding);
      }
      toJSON(): unknown {
        return { type: 'Buffer', data: Array.from(this) };
      }
      equals(other: Uint8Array): boolean {
        return Buffer.compare(this, other) === 0;
      }
      compare(other: Uint8Array, start?: number, end?: number, from?: number, to?: number): number {
        return Buffer.compare(this.subarray(from, to), other.subarray(start, end));
      }
      copy(target: Uint8Array, targetStart?: number, start?: number, end?: number): number {
        const at = number(targetStart, 0);
        const part = this.subarray(number(start, 0), end).subarray(0, Math.max(0, target.length - at));
        target.set(part, at);
        return part.length;
      }
      override slice(start?: number, end?: number): Buffer {
        return this.subarray(start, end);
      }
      override subarray(start?: number, end?: number): Buffer {
        const part = super.subarray(start, end);
        return new Buffer(part.buffer, part.byteOffset, part.byteLength);
      }
      override fill(value: never, start?: number | string, end?: number | string, encoding?: unknown): this {
        const given: unknown = value;
        if (typeof given === 'number') return super.fill(given & 255, start as number, end as number);
        const octets = octetsOf(given, typeof start === 'string' ? start : encoding);
        const from = typeof start === 'number' ? start : 0;
        const to = typeof end === 'number' ? end : this.length;
        for (let at = from; at < to; at++) this[at] = octets.length === 0 ? 0 : octets[(at - from) % octets.length]!;
        return this;
      }
      override includes(value: never, from?: number, encoding?: unknown): boolean {
        const at = this.indexOf(value, from, encoding);
        return at >= 0;
      }
      override indexOf(value: never, from?: number, encoding?: unknown): number {
        const given: unknown = value;
        if (typeof given === 'number') return super.indexOf(given & 255, from);
        const sought = octetsOf(given, encoding);
        const start = number(from, 0);
        for (let at = start < 0 ? Math.max(0, this.length + start) : start; at + sought.length <= this.length; at++) {
          let same = 0;
          while (same < sought.length && this[at + same] === sought[same]) same++;
          if (same === sought.length) return at;
        }
        return -1;
      }
      override lastIndexOf(value: never, from?: number, encoding?: unknown): number {
        const given: unknown = value;
        if (typeof given === 'number') return super.lastIndexOf(given & 255, number(from, this.length - 1));
        const sought = octetsOf(given, encoding);
        for (let at = Math.min(number(from, this.length), this.length - sought.length); at >= 0; at--) {
          let same = 0;
          while (same < sought.length && this[at + same] === sought[same]) same++;
          if (same === sought.length) return at;
        }
        return -1;
      }
      write(text: string, offset?: number | string, length?: number | string, encoding?: unknown): number {
        const at = typeof offset === 'number' ? offset : 0;
        const named = typeof offset === 'string' ? offset : typeof length === 'string' ? length : encoding;
        const room = Math.max(0, typeof length === 'number' ? Math.min(length, this.length - at) : this.length - at);
        const octets = toOctets(String(text), named).subarray(0, room);
        this.set(octets, at);
        return octets.length;
      }
    }
    const methods = Buffer.prototype as unknown as Record<string, unknown>;
    const define = (name: string, run: unknown): void => {
      Object.defineProperty(methods, name, { value: run, writable: true, configurable: true, enumerable: false });
    };
    /** Reads and writes of fixed width go through DataView; of 1 to 6 octets, octet by octet. */
    for (const [name, kind, size] of [
      ['Int8', 'Int8', 1],
      ['UInt8', 'Uint8', 1],
      ['Int16', 'Int16', 2],
      ['UInt16', 'Uint16', 2],
      ['Int32', 'Int32', 4],
      ['UInt32', 'Uint32', 4],
      ['Float', 'Float32', 4],
      ['Double', 'Float64', 8],
    ] as const) {
      for (const order of size === 1 ? [''] : ['LE', 'BE']) {
        define(`read${name}${order}`, function (this: Uint8Array, offset?: number): number {
          return new DataView(this.buffer, this.byteOffset, this.byteLength)[`get${kind}`](offset ?? 0, order === 'LE');
        });
        define(`write${name}${order}`, function (this: Uint8Array, value: number, offset?: number): number {
          new DataView(this.buffer, this.byteOffset, this.byteLength)[`set${kind}`](offset ?? 0, value, order === 'LE');
          return (offset ?? 0) + size;
        });
      }
    }
    for (const order of ['LE', 'BE']) {
      for (const sign of ['Int', 'UInt']) {
        define(`read${sign}${order}`, function (this: Uint8Array, offset: number, size: number): number {
          if (!(size >= 1 && size <= 6)) throw new RangeError('byteLength must be from 1 to 6');
          if (offset + size > this.length || offset < 0) throw new RangeError('index is out of range');
          let value = 0;
          for (let at = 0; at < size; at++) value = value * 256 + this[offset + (order === 'BE' ? at : size - 1 - at)]!;
          return sign === 'Int' && value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value;
        });
        define(`write${sign}${order}`, function (this: Uint8Array, given: number, offset: number, size: number): number {
          if (!(size >= 1 && size <= 6)) throw new RangeError('byteLength must be from 1 to 6');
          if (offset + size > this.length || offset < 0) throw new RangeError('index is out of range');
          let value = given < 0 ? given + 2 ** (size * 8) : given;
          for (let at = 0; at < size; at++) {
            this[offset + (order === 'LE' ? at : size - 1 - at)] = value % 256;
            value = Math.floor(value / 256);
          }
          return offset + size;
        });
      }
    }
    for (const size of [2, 4, 8]) {
      define(`swap${size * 8}`, function (this: Uint8Array): Uint8Array {
        if (this.length % size !== 0) throw new RangeError(`Buffer size must be a multiple of ${size * 8}-bits`);
        for (let at = 0; at < this.length; at += size) this.subarray(at, at + size).reverse();
        return this;
      });
    }
    newBuffer = (octets) => new Buffer(octets.buffer as ArrayBuffer, octets.byteOffset, octets.byteLength);
    class TextEncoder {
      readonly encoding = 'utf-8';
      encode(text?: unknown): Uint8Array {
        return toOctets(text === undefined ? '' : String(text), 'utf8');
      }
      encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
        let read = 0;
        let written = 0;
        for (const character of String(text)) {
          const octets = toOctets(character, 'utf8');
          if (written + octets.length > target.length) break;
          target.set(octets, written);
          written += octets.length;
          read += character.length;
        }
        return { read, written };
      }
    }
    class TextDecoder {
      readonly encoding = 'utf-8';
      readonly fatal: boolean;
      readonly ignoreBOM: boolean;
      constructor(label?: unknown, options?: { fatal?: unknown; ignoreBOM?: unknown }) {
        if (label !== undefined && !/^utf-?8$/i.test(String(label)))
          throw new RangeError(`The "${String(label)}" encoding is not supported`);
        this.fatal = Boolean(options?.fatal);
        this.ignoreBOM = Boolean(options?.ignoreBOM);
      }
      decode(input?: unknown): string {
        if (input === undefined) return '';
        const octets = octetsOf(input);
        const text = toText(octets, 'utf8');
        if (this.fatal && Buffer.compare(toOctets(text, 'utf8'), octets) !== 0)
          throw new TypeError('The encoded data was not valid');
        return !this.ignoreBOM && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
      }
    }
    const atob = (given: unknown): string => {
      const text = String(given).replace(/[\t\n\f\r ]/g, '');
      if (/[^A-Za-z0-9+/=]/.test(text) || text.replace(/=+$/, '').length % 4 === 1)
        throw new TypeError('invalid character in Base64');
      return toText(toOctets(text, 'base64'), OWN);
    };
    const btoa = (given: unknown): string => {
      const text = String(given);
      for (let at = 0; at < text.length; at++)
        if (text.charCodeAt(at) > 255) throw new TypeError('invalid character (>= U+00FF)');
      return toText(toOctets(text, OWN), 'base64');
    };
    Object.assign(scope, { Buffer, TextEncoder, TextDecoder, atob, btoa });
  } else {
    // CloudFront: "byte strings", each character one octet, and what turns them into text and back.
    const define = (on: object, name: string, run: unknown): void => {
      Object.defineProperty(on, name, { value: run, writable: true, configurable: true, enumerable: false });
    };
    const byteText = (octets: Uint8Array): string => {
      let text = '';
      for (const octet of octets) text += String.fromCharCode(octet);
      return text;
    };
    const byteOctets = (text: string): Uint8Array | null => {
      const octets = new Uint8Array(text.length);
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code > 255) return null;
        octets[at] = code;
      }
      return octets;
    };
    const slice = (text: string, start?: number, end?: number): string => text.slice(start ?? 0, end);
    define(String, 'bytesFrom', (value: unknown, encoding?: unknown) =>
      byteText(typeof value === 'string' ? toOctets(value, encoding) : Uint8Array.from(value as ArrayLike<number>)),
    );
    define(String.prototype, 'fromBytes', function (this: string, start?: number, end?: number) {
      return slice(String(this), start, end);
    });
    define(String.prototype, 'toBytes', function (this: string, start?: number, end?: number) {
      const text = slice(String(this), start, end);
      return byteOctets(text) === null ? null : text;
    });
    define(String.prototype, 'fromUTF8', function (this: string, start?: number, end?: number) {
      const octets = byteOctets(slice(String(this), start, end));
      if (octets === null) return null;
      const text = toText(octets, 'utf8');
      return byteText(toOctets(text, 'utf8')) === byteText(octets) ? text : null;
    });
    define(String.prototype, 'toUTF8', function (this: string, start?: number, end?: number) {
      return byteText(toOctets(slice(String(this), start, end), 'utf8'));
    });
    // CloudFront: toString of a byte string takes an encoding.
    const plain = Object.getOwnPropertyDescriptor(String.prototype, 'toString')!.value as () => string;
    define(String.prototype, 'toString', function (this: string, encoding?: unknown) {
      const text = plain.call(this);
      const octets = encoding === undefined ? null : byteOctets(text);
      return octets === null ? text : toText(octets, encoding);
    });
  }
  return { toOctets, toText, newBuffer: (octets) => newBuffer(octets), isEncoding };
}
