/**
 * Variants in the store, for distributions in RFC 9111 mode: which one a request selects, and where a new one goes. How keys are made
 * of nominated fields is told in core/cache/rfc9111/variants.ts. Nothing else here knows that some keys hold an index.
 */
import { placeVariant, variantKeys } from '../core/cache/rfc9111/variants.ts';
import type { StoredResponse, VariantIndex } from '../core/cache/stored-response.ts';
import type { ViewerRequest } from '../core/request.ts';
import type { Cache, Found } from './cache.ts';
import type { StoredObject } from './store-ports.ts';

type Asked = Pick<ViewerRequest, 'host' | 'fields'>;
type Index = StoredObject & { readonly response: { readonly variants: VariantIndex } };

export interface Variants {
  /** The variant that the request selects; a promise where the store must be read. */
  select(index: Index, request: Asked): Found | 'vary-miss' | Promise<Found | 'vary-miss'>;
  /**
   * Where a response is kept whose Vary nominates these fields, and the index that leads there, both to be stored. `generation`:
   * never used before, names a new index.
   */
  place(
    response: Omit<StoredResponse, 'key'>,
    key: string,
    nominated: readonly string[],
    request: Asked,
    generation: string,
  ): Promise<Place>;
}

export interface Place {
  readonly key: string;
  readonly index: StoredObject;
}

/** Is what was found under a primary key the index of variants? */
export function isIndex(found: Found | 'vary-miss'): found is Index {
  return typeof found === 'object' && found.response.variants !== undefined;
}

const NO_BODY = new Uint8Array(0);

export function createVariants(cache: Pick<Cache, 'find' | 'load'>): Variants {
  return {
    select({ response: { variants, key } }, request) {
      const keys = variantKeys(variants, key, request);
      // The newest list of fields is nearly always the only one; a hit in memory then waits for nothing.
      const first = keys[0] === undefined ? undefined : cache.find(keys[0]);
      return typeof first === 'object' ? first : selectAny(keys);
    },
    async place(response, key, nominated, request, generation) {
      const found = await there(key);
      const present = isIndex(found) ? found : undefined;
      const placed = placeVariant(present?.response.variants, key, nominated, request, generation);
      // The index lives through bans that forget its older variants: a late one must not take it along.
      const { banSequence } = present?.response ?? response;
      const index = { ...response, key, banSequence, fields: [], bodyLength: 0, variants: placed.index };
      return { key: placed.key, index: { response: index, body: NO_BODY, bansChecked: present?.bansChecked ?? banSequence } };
    },
  };

  async function selectAny(keys: readonly string[]): Promise<Found | 'vary-miss'> {
    for (const key of keys) {
      const found = await there(key);
      if (typeof found === 'object') return found;
    }
    return 'vary-miss';
  }

  async function there(key: string): Promise<Found> {
    return cache.find(key) ?? cache.load(key);
  }
}
