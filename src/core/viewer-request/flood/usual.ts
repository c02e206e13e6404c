/**
 * What is usual for one distribution: how many requests a window has, how many of them one value of a trait, and how many the busiest
 * value. Learnt from windows without a flood, and of a flood from what was let through, so that more of what is real becomes usual.
 */
import { FLOOD, type TraitKind } from '../../../tables/flood.ts';

export interface Usual {
  /** Windows that it has been learnt from. */
  readonly windows: number;
  readonly requests: number;
  /** Of this value; 0 for one that is not known. */
  of(kind: TraitKind, value: string): number;
  /** Of the busiest value, as far back as is remembered. */
  busiest(kind: TraitKind): number;
  /** One more window. `isCalm`: its values are learnt, too. */
  learn(requests: number, counts: Counts, isCalm: boolean): void;
  /** Windows in which nobody asked. */
  rest(windows: number): void;
}

export type Counts = Readonly<Record<TraitKind, Iterable<readonly [value: string, count: number]>>>;

const SHARE = 1 - 0.5 ** (1 / FLOOD.halfLife);

export function createUsual(kinds: readonly TraitKind[]): Usual {
  let windows = 0;
  let requests = 0;
  const values = new Map(kinds.map((kind) => [kind, new Map<string, number>()]));
  const peaks = new Map<TraitKind, number>();

  /** The first windows count alike; later ones more than those before them. */
  const share = (): number => Math.max(SHARE, 1 / (windows + 1));

  function learnValues(kind: TraitKind, counts: Counts[TraitKind], weight: number): void {
    const known = values.get(kind) ?? new Map<string, number>();
    let busiest = 0;
    for (const [value, usual] of known) known.set(value, usual * (1 - weight));
    for (const [value, count] of counts) {
      busiest = Math.max(busiest, count);
      known.set(value, (known.get(value) ?? 0) + count * weight);
    }
    peaks.set(kind, Math.max(busiest, (peaks.get(kind) ?? 0) * (1 - SHARE)));
    values.set(kind, largest(known));
  }

  return {
    get windows() {
      return windows;
    },
    get requests() {
      return requests;
    },
    of: (kind, value) => values.get(kind)?.get(value) ?? 0,
    busiest: (kind) => peaks.get(kind) ?? 0,
    learn(count, counts, isCalm) {
      const weight = share();
      requests += (count - requests) * weight;
      if (isCalm) for (const kind of kinds) learnValues(kind, counts[kind], weight);
      windows += 1;
    },
    rest(count) {
      requests *= (1 - SHARE) ** count;
      windows += count;
    },
  };
}

function largest(known: Map<string, number>): Map<string, number> {
  if (known.size <= FLOOD.remembered) return known;
  return new Map([...known].toSorted(([, one], [, other]) => other - one).slice(0, FLOOD.remembered));
}
