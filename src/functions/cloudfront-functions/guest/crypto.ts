/**
 * The module `crypto` of CloudFront Functions: createHash and createHmac with md5, sha1 and sha256; digests as hex, base64, base64url,
 * or as octets (a Buffer in runtime 2.0, a byte string in 1.0). Facts: aws-api B8. Runs in QuickJS: see binary.ts.
 */
import type { Binary } from './binary.ts';
import type { GuestHost } from './host.ts';

export function createCryptoModule(host: GuestHost, binary: Binary, isSecond: boolean): object {
  const ALGORITHMS = ['md5', 'sha1', 'sha256'];
  const octetsOf = (value: unknown, encoding?: unknown): Uint8Array => {
    if (typeof value === 'string') return binary.toOctets(value, encoding === undefined ? 'utf8' : String(encoding));
    if (value instanceof ArrayBuffer) return new Uint8Array(value);
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    throw new TypeError('data is not a string or Buffer-like object');
  };
  const own = (octets: Uint8Array): ArrayBuffer => new Uint8Array(octets).buffer;

  const create = (algorithm: unknown, key: Uint8Array | undefined) => {
    const name = String(algorithm);
    if (!ALGORITHMS.includes(name)) throw new TypeError(`not supported algorithm: "${name}"`);
    const parts: Uint8Array[] = [];
    let isDone = false;
    const check = (): void => {
      if (isDone) throw new TypeError('Digest already called');
    };
    return {
      update(data: unknown, encoding?: unknown) {
        check();
        parts.push(new Uint8Array(octetsOf(data, encoding)));
        return this;
      },
      digest(encoding?: unknown): unknown {
        check();
        if (encoding !== undefined && !(binary.isEncoding(encoding) && /^(?:hex|base64|base64url)$/i.test(String(encoding)))) {
          throw new TypeError(`Unknown digest encoding: "${String(encoding)}"`);
        }
        isDone = true;
        let length = 0;
        for (const part of parts) length += part.length;
        const data = new Uint8Array(length);
        let at = 0;
        for (const part of parts) {
          data.set(part, at);
          at += part.length;
        }
        const asked = encoding === undefined ? 'hex' : String(encoding).toLowerCase();
        const text = host.digest(name, asked, key === undefined ? undefined : own(key), data.buffer);
        if (encoding !== undefined) return text;
        const octets = binary.toOctets(text, 'hex');
        return isSecond ? binary.newBuffer(octets) : String.fromCharCode(...octets);
      },
    };
  };
  return {
    createHash: (algorithm: unknown) => create(algorithm, undefined),
    createHmac: (algorithm: unknown, key: unknown) => create(algorithm, octetsOf(key)),
  };
}
