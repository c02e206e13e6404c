/**
 * Ids as labels, of which only so many are told apart: each gets a slot of its own until LABEL_LIMIT are taken, then all others share
 * the last one. So nobody who can invent ids can make the figures grow without bound.
 */
import { LABEL_LIMIT, OTHER } from '../../tables/metrics.ts';

export interface LabelSlots<Slot> {
  /** The slot of this id, made when it is first asked for. */
  of(id: string): Slot;
  /** Every slot with its label. */
  entries(): Iterable<readonly [label: string, slot: Slot]>;
}

export function createLabelSlots<Slot>(create: () => Slot, limit = LABEL_LIMIT): LabelSlots<Slot> {
  const slots = new Map<string, Slot>();
  const add = (id: string): Slot => {
    const slot = create();
    slots.set(id, slot);
    return slot;
  };
  return {
    of: (id) => slots.get(id) ?? (slots.size < limit ? add(id) : (slots.get(OTHER) ?? add(OTHER))),
    entries: () => slots.entries(),
  };
}
