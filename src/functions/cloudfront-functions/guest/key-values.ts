/**
 * `cf.kvs()`: reading the key value store that the function is associated with. CloudFront Developer Guide, "Helper methods for key value
 * stores"; facts: aws-api B8. Every method returns a promise. Runs in QuickJS: see binary.ts.
 */
import type { Binary } from './binary.ts';
import type { GuestHost } from './host.ts';

/** A handle of the store; throws where the function is associated with none, or with another. */
export type KeyValueModule = (id?: unknown) => object;

/** `missing`: what the error says of a key that is not there. */
export function createKeyValueModule(host: GuestHost, binary: Binary, missing: string): KeyValueModule {
  const { parse } = JSON;
  const { freeze } = Object;
  const keyOf = (method: string, key: unknown): string => {
    if (typeof key !== 'string') throw new TypeError(`${method} takes a key, which is a string`);
    return key;
  };
  const lookUp = (key: string, form: 'text' | 'octets'): string | ArrayBuffer | undefined =>
    // NUL would end the key on its way to the host.
    key.includes('\0') ? undefined : host.keyValue(key, form);
  const meta = (): { readonly keyCount: number } => {
    const found = host.keyValueMeta();
    if (found === undefined) throw new Error('The key value store is not there any more');
    return parse(found) as { readonly keyCount: number };
  };
  const methods = {
    async get(key: unknown, options?: unknown): Promise<unknown> {
      const name = keyOf('get', key);
      const format = options === undefined || options === null ? undefined : (options as { readonly format?: unknown }).format;
      if (format !== undefined && format !== 'string' && format !== 'json' && format !== 'bytes')
        throw new TypeError(`get takes the format string, json or bytes, not ${String(format)}`);
      const value = lookUp(name, format === 'bytes' ? 'octets' : 'text');
      if (value === undefined) throw new Error(`${missing}: the key value store has no key "${name}"`);
      if (format === 'bytes') return binary.newBuffer(new Uint8Array(value as ArrayBuffer));
      const text = typeof value === 'string' ? value : binary.toText(new Uint8Array(value), 'utf8');
      return format === 'json' ? (parse(text) as unknown) : text;
    },
    async exists(key: unknown): Promise<boolean> {
      return lookUp(keyOf('exists', key), 'text') !== undefined;
    },
    async meta(): Promise<object> {
      return meta();
    },
    async count(): Promise<number> {
      return meta().keyCount;
    },
  };
  for (const name of ['get', 'exists', 'meta', 'count'] as const) freeze(methods[name]);
  return (id) => {
    const own = host.keyValueStore();
    if (own === undefined) throw new Error('No key value store is associated with the function');
    if (id !== undefined && id !== own) throw new Error(`The key value store ${String(id)} is not associated with the function`);
    return { ...methods };
  };
}
