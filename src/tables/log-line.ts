/**
 * One line of a standard access log, and the two lines it begins with (facts 13.1). Which fields there are: log-fields.ts.
 *
 * Where a connection brings the same request again and again and one stored response answers it, most of a line is what it was the last
 * time: it is kept with the request, in the runs of fields between those that differ.
 */
import type { Delivery, Outcome } from '../core/outcome.ts';
import type { ViewerRequest } from '../core/request.ts';
import { encodeLogValue } from './log-encoding.ts';
import { EXTENSION_FIELDS, LOG_FIELDS, type LogContext, type LogField } from './log-fields.ts';

const FIELDS = [...LOG_FIELDS, ...EXTENSION_FIELDS];

const LAST = FIELDS.length - 1;

/** The lines at the head of every log file, newline included. */
export const LOG_HEAD = `#Version: 1.0\n#Fields: ${FIELDS.map(({ name }) => name).join(' ')}\n`;

/** One line's values, in order: made once, filled for each line. */
const values: string[] = FIELDS.map(() => '');

/** The record of one request, tab-separated, newline included. */
export function logLine(request: ViewerRequest, outcome: Outcome, delivery: Delivery, context: LogContext): string {
  if (request.recurs === true && isPlainHit(outcome, delivery)) return recurringLine(request, outcome, delivery, context);
  for (let at = 0; at < FIELDS.length; at++) values[at] = valueOf(FIELDS[at]!, request, outcome, delivery, context);
  // With the newline in the last value, the line is made once and not copied for it.
  values[LAST] += '\n';
  return values.join('\t');
}

function valueOf(
  { value, isForeign }: LogField,
  request: ViewerRequest,
  outcome: Outcome,
  delivery: Delivery,
  context: LogContext,
): string {
  const text = value(request, outcome, delivery, context);
  if (text === undefined || text === '') return '-';
  return isForeign === true ? encodeLogValue(text) : text;
}

/** What was said of a request, and what it was said of. */
interface KeptLine {
  readonly outcome: Outcome;
  readonly delivery: Delivery;
  readonly context: LogContext;
  /** One for each of PIECES; what differs is written over. */
  readonly texts: string[];
}

const keptLines = new WeakMap<ViewerRequest, KeptLine>();

/** The fields that differ, and between them the runs of those that do not. */
const PIECES = inPieces(FIELDS);

function inPieces(fields: readonly LogField[]): readonly (LogField | readonly LogField[])[] {
  const pieces: (LogField | LogField[])[] = [];
  for (const field of fields) {
    const last = pieces.at(-1);
    if (field.differs === true) pieces.push(field);
    else if (Array.isArray(last)) last.push(field);
    else pieces.push([field]);
  }
  return pieces;
}

function isField(piece: LogField | readonly LogField[]): piece is LogField {
  return !Array.isArray(piece);
}

function recurringLine(request: ViewerRequest, outcome: Outcome, delivery: Delivery, context: LogContext): string {
  const known = keptLines.get(request);
  const isKnown = known !== undefined && known.context === context && areAlike(known, outcome, delivery);
  const { texts } = isKnown ? known : keepLine(request, outcome, delivery, context);
  for (let at = 0; at < PIECES.length; at++) {
    const piece = PIECES[at]!;
    if (isField(piece)) texts[at] = valueOf(piece, request, outcome, delivery, context);
  }
  return texts.join('\t');
}

function keepLine(request: ViewerRequest, outcome: Outcome, delivery: Delivery, context: LogContext): KeptLine {
  const texts = PIECES.map((piece) =>
    isField(piece) ? '' : piece.map((field) => valueOf(field, request, outcome, delivery, context)).join('\t'),
  );
  texts[texts.length - 1] += '\n';
  const kept = { outcome, delivery, context, texts };
  keptLines.set(request, kept);
  return kept;
}

/** A whole object, whole, from the cache: for those, fields that do not differ read nothing but what areAlike() compares. */
function isPlainHit({ cache, answeredBy, status }: Outcome, { complete, receivedBytes }: Delivery): boolean {
  return cache.kind === 'hit' && answeredBy === 'cache' && status === 200 && complete && receivedBytes === undefined;
}

function areAlike({ outcome, delivery }: KeptLine, nextOutcome: Outcome, nextDelivery: Delivery): boolean {
  return (
    outcome.distributionId === nextOutcome.distributionId &&
    outcome.errorDetail === nextOutcome.errorDetail &&
    outcome.redirected === nextOutcome.redirected &&
    delivery.contentLength === nextDelivery.contentLength &&
    delivery.responseFields?.[0] === nextDelivery.responseFields?.[0]
  );
}
