/**
 * A map from whole numbers to numbers in two flat lists: about 30 octets for each entry where a Map takes 65. For the indexes of large
 * stores, which hold millions. Open addressing, linear probing; removal moves what follows back, so that no tombstones remain
 * (Knuth 6.4, algorithm R). Keys are from 0 to 2^53 - 1.
 */
export interface NumberMap {
  get(key: number): number | undefined;
  set(key: number, value: number): void;
  has(key: number): boolean;
  delete(key: number): boolean;
  entries(): Iterable<readonly [key: number, value: number]>;
  readonly size: number;
}

const EMPTY = -1;
const LEAST = 16;
/** Fuller than this, probes become long. */
const FULLEST = 0.75;

export function createNumberMap(): NumberMap {
  let mask = LEAST - 1;
  let keys = new Float64Array(LEAST).fill(EMPTY);
  let values = new Float64Array(LEAST);
  let size = 0;

  /** The place of the key, or the free one where it would go. */
  function find(key: number): number {
    let at = scatter(key) & mask;
    while (keys[at] !== EMPTY && keys[at] !== key) at = (at + 1) & mask;
    return at;
  }

  function resize(length: number): void {
    const [oldKeys, oldValues] = [keys, values];
    mask = length - 1;
    keys = new Float64Array(length).fill(EMPTY);
    values = new Float64Array(length);
    for (let from = 0; from < oldKeys.length; from++) {
      const key = oldKeys[from] ?? EMPTY;
      if (key === EMPTY) continue;
      const at = find(key);
      keys[at] = key;
      values[at] = oldValues[from] ?? 0;
    }
  }

  return {
    get(key) {
      const at = find(key);
      return keys[at] === EMPTY ? undefined : values[at];
    },
    has: (key) => keys[find(key)] !== EMPTY,
    set(key, value) {
      let at = find(key);
      if (keys[at] === EMPTY) {
        if (size + 1 > keys.length * FULLEST) {
          resize(keys.length * 2);
          at = find(key);
        }
        keys[at] = key;
        size += 1;
      }
      values[at] = value;
    },
    delete(key) {
      let hole = find(key);
      if (keys[hole] === EMPTY) return false;
      for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
        const next = keys[at] ?? EMPTY;
        if (next === EMPTY) break;
        // May move back unless its home lies behind the hole.
        if (((at - scatter(next)) & mask) < ((at - hole) & mask)) continue;
        keys[hole] = next;
        values[hole] = values[at] ?? 0;
        hole = at;
      }
      keys[hole] = EMPTY;
      size -= 1;
      if (keys.length > LEAST && size < keys.length * (FULLEST / 6)) resize(keys.length / 2);
      return true;
    },
    *entries() {
      for (let at = 0; at < keys.length; at++) {
        const key = keys[at] ?? EMPTY;
        if (key !== EMPTY) yield [key, values[at] ?? 0] as const;
      }
    },
    get size() {
      return size;
    },
  };
}

/** Both halves of the key, mixed: neighbours must not stand side by side. */
function scatter(key: number): number {
  const mixed = Math.imul((key % 0x1_0000_0000) ^ Math.imul(key / 0x1_0000_0000, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
