/**
 * What a lane has made of the fields of stored responses, kept as long as the response is stored and while it is asked for. Bounded:
 * the store's own bound does not know of it, and a million small objects may be asked for once each.
 *
 * Two generations: what is used moves to the young one; when that is full, the old one is forgotten and the young one grows old.
 */
import type { Fields } from '../../http/fields.ts';
import { MIB, type Bytes } from '../../model/units.ts';

/** Ours: of each generation, and for each lane; heads of some 40,000 stored responses. */
const GENERATION: Bytes = 16 * MIB;

/** Ours: about what the objects around the octets take. */
const OVERHEAD: Bytes = 200;

export class KeptHeads<Head extends { readonly octets: Uint8Array }> {
  private young = new WeakMap<Fields, Head>();
  private old = new WeakMap<Fields, Head>();
  private size: Bytes = 0;

  constructor(private readonly limit: Bytes = GENERATION) {}

  get(fields: Fields): Head | undefined {
    const head = this.young.get(fields);
    if (head !== undefined) return head;
    const older = this.old.get(fields);
    if (older !== undefined) this.set(fields, older);
    return older;
  }

  set(fields: Fields, head: Head): void {
    this.size += head.octets.byteLength + OVERHEAD;
    if (this.size > this.limit) {
      this.old = this.young;
      this.young = new WeakMap();
      this.size = head.octets.byteLength + OVERHEAD;
    }
    this.young.set(fields, head);
  }
}
