/**
 * The module `querystring` of CloudFront Functions: parse, stringify, escape, unescape, decode, encode, as Node.js has them. Runs in
 * QuickJS: see binary.ts.
 */
import type { Binary } from './binary.ts';

export function createQuerystringModule(binary: Binary): object {
  const unescape = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      // CloudFront: octets that are no UTF-8 become U+FFFD; what is no octet stays.
      return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => binary.toText(binary.toOctets(run.replace(/%/g, ''), 'hex'), 'utf8'));
    }
  };
  const escape = (text: unknown): string =>
    encodeURIComponent(String(text)).replace(/[!'()*]/g, (one) => (one === "'" ? '%27' : one));
  const primitive = (value: unknown): string =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

  const parse = (
    text: unknown,
    separator?: string,
    equals?: string,
    options?: { maxKeys?: number; decodeURIComponent?: (text: string) => string },
  ): Record<string, unknown> => {
    const parsed: Record<string, unknown> = {};
    if (typeof text !== 'string' || text === '') return parsed;
    const decode = options?.decodeURIComponent ?? unescape;
    const most = options?.maxKeys ?? 1000;
    const sign = equals || '=';
    let parts = text.split(separator || '&');
    if (most > 0) parts = parts.slice(0, most);
    for (const part of parts) {
      if (part === '') continue;
      const at = part.indexOf(sign);
      const name = decode((at < 0 ? part : part.slice(0, at)).replace(/\+/g, ' '));
      const value = at < 0 ? '' : decode(part.slice(at + sign.length).replace(/\+/g, ' '));
      const known = Object.prototype.hasOwnProperty.call(parsed, name) ? parsed[name] : undefined;
      parsed[name] = known === undefined ? value : Array.isArray(known) ? [...(known as unknown[]), value] : [known, value];
    }
    return parsed;
  };
  const stringify = (
    given: unknown,
    separator?: string,
    equals?: string,
    options?: { encodeURIComponent?: (text: string) => string },
  ): string => {
    if (typeof given !== 'object' || given === null) return '';
    const encode = options?.encodeURIComponent ?? escape;
    const pairs: string[] = [];
    for (const [name, value] of Object.entries(given)) {
      for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
        pairs.push(`${encode(name)}${equals || '='}${encode(primitive(one))}`);
      }
    }
    return pairs.join(separator || '&');
  };
  return { parse, stringify, escape, unescape, decode: parse, encode: stringify };
}
