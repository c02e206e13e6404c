/**
 * Is there a flood in this window, and who makes it? Values that deviate by the narrowest kind of trait that explains it: sources before
 * networks, networks before what viewers say they are, that before paths. Where nothing explains it, as when many have come at once of whom
 * each asks as viewers do, it is told and nobody is held back.
 */
import { FLOOD, type Meter, type TraitKind } from '../../../tables/flood.ts';
import type { Counts, Usual } from './usual.ts';

export type FloodVerdict =
  | { readonly kind: 'calm' }
  | { readonly kind: 'flood'; readonly usual: number; readonly deviating: readonly Deviation[] };

export interface Deviation {
  readonly kind: TraitKind;
  readonly value: string;
  readonly count: number;
  /** How many requests of it a window may have. */
  readonly allowance: number;
}

const CALM: FloodVerdict = { kind: 'calm' };

/** A window that is not over shows only who has sent too much already; what many share is judged by whole windows. */
export function judgeBegun(meter: Meter, requests: number, counts: Counts, usual: Usual): FloodVerdict {
  if (!isFlood(meter, requests, usual)) return CALM;
  const deviating = deviatingBy('source', meter, counts.source, usual);
  return deviating.length === 0 ? CALM : { kind: 'flood', usual: usual.requests, deviating };
}

export function judgeFlood(meter: Meter, requests: number, counts: Counts, usual: Usual): FloodVerdict {
  if (!isFlood(meter, requests, usual)) return CALM;
  const excess = requests - usual.requests;
  // Those who send too much themselves are held back whether or not they are all.
  let sources: readonly Deviation[] = [];
  for (const kind of meter.kinds) {
    const deviating = deviatingBy(kind, meter, counts[kind], usual);
    if (kind === 'source') sources = deviating;
    const explained = deviating.reduce((sum, { count, allowance }) => sum + count - allowance, 0);
    if (explained >= excess * FLOOD.explains) return { kind: 'flood', usual: usual.requests, deviating };
  }
  return { kind: 'flood', usual: usual.requests, deviating: sources };
}

function isFlood(meter: Meter, requests: number, usual: Usual): boolean {
  return usual.windows >= FLOOD.learning && requests >= floodFrom(meter, usual);
}

/** How many requests in a window are too many. */
export function floodFrom({ least }: Pick<Meter, 'least'>, { requests }: Pick<Usual, 'requests'>): number {
  return Math.max(least, requests * FLOOD.factor);
}

function deviatingBy(
  kind: TraitKind,
  { leastOf }: Pick<Meter, 'leastOf'>,
  counts: Counts[TraitKind],
  usual: Usual,
): readonly Deviation[] {
  // A viewer that is new asks as others do; a browser or a page that is new has no other to be like.
  const common = kind === 'source' || kind === 'network' ? usual.busiest(kind) : 0;
  const found: Deviation[] = [];
  for (const [value, count] of counts) {
    const allowance = Math.max(leastOf[kind], Math.ceil(Math.max(common, usual.of(kind, value)) * FLOOD.headroom));
    // What many share has to stand out more than who is one.
    if (count > allowance * (kind === 'source' ? 1 : 2)) found.push({ kind, value, count, allowance });
  }
  return found;
}
