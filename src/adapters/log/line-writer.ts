/**
 * Lines of the access log as octets. Where a request recurs and one stored response answers it, its last line is kept as it was written;
 * what differs is written over in place, and the rest is copied. What a line says: tables/log-line.ts.
 */
import type { Delivery, Outcome } from '../../core/outcome.ts';
import type { ViewerRequest } from '../../core/request.ts';
import type { Bytes } from '../../model/units.ts';
import type { LogContext } from '../../tables/log-fields.ts';
import { areAlike, DIFFERING, isPlainHit, lineValues, logLine, valueOf } from '../../tables/log-line.ts';

/** What was said of a request, and what it was said of. */
interface KeptLine {
  readonly outcome: Outcome;
  readonly delivery: Delivery;
  readonly octets: Buffer;
  /** The values of DIFFERING as they stand in it, and where. */
  readonly texts: string[];
  readonly offsets: readonly Bytes[];
}

/** Writes the line about a request into the slab, which has room for it; returns its length. Lines are ASCII: a character is an octet. */
export type LineWriter = (slab: Buffer, at: Bytes, request: ViewerRequest, outcome: Outcome, delivery: Delivery) => Bytes;

export function createLineWriter(context: LogContext): LineWriter {
  const keptLines = new WeakMap<ViewerRequest, KeptLine>();

  /** The line that is kept, made true of this answer; undefined where it cannot be. */
  function renewed(request: ViewerRequest, outcome: Outcome, delivery: Delivery): KeptLine | undefined {
    const kept = keptLines.get(request);
    if (kept === undefined || !areAlike(kept, outcome, delivery)) return undefined;
    const { octets, texts, offsets } = kept;
    for (let index = 0; index < DIFFERING.length; index++) {
      const text = valueOf(DIFFERING[index]!.field, request, outcome, delivery, context);
      const last = texts[index]!;
      if (text === last) continue;
      if (text.length !== last.length) return undefined;
      octets.write(text, offsets[index]!, 'latin1');
      texts[index] = text;
    }
    return kept;
  }

  function keep(request: ViewerRequest, outcome: Outcome, delivery: Delivery): KeptLine {
    const values = lineValues(request, outcome, delivery, context);
    const starts: Bytes[] = [];
    let start: Bytes = 0;
    for (const value of values) {
      starts.push(start);
      start += value.length + 1;
    }
    const kept = {
      outcome,
      delivery,
      octets: Buffer.from(values.join('\t'), 'latin1'),
      texts: DIFFERING.map(({ at }) => values[at]!),
      offsets: DIFFERING.map(({ at }) => starts[at]!),
    };
    keptLines.set(request, kept);
    return kept;
  }

  return (slab, at, request, outcome, delivery) => {
    if (request.recurs !== true || !isPlainHit(outcome, delivery))
      return slab.write(logLine(request, outcome, delivery, context), at, 'latin1');
    const { octets } = renewed(request, outcome, delivery) ?? keep(request, outcome, delivery);
    slab.set(octets, at);
    return octets.length;
  };
}
