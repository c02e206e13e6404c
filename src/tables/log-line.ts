/**
 * One line of a standard access log, and the two lines it begins with (facts 13.1). Which fields there are: log-fields.ts. Where a
 * connection brings the same request again and again and one stored response answers it, most of a line is what it was the last time:
 * who keeps it, adapters/log/line-writer.ts.
 */
import type { Delivery, Outcome } from '../core/outcome.ts';
import type { ViewerRequest } from '../core/request.ts';
import { encodeLogValue } from './log-encoding.ts';
import { EXTENSION_FIELDS, LOG_FIELDS, type LogContext, type LogField } from './log-fields.ts';

const FIELDS = [...LOG_FIELDS, ...EXTENSION_FIELDS];

const LAST = FIELDS.length - 1;

/** The lines at the head of every log file, newline included. */
export const LOG_HEAD = `#Version: 1.0\n#Fields: ${FIELDS.map(({ name }) => name).join(' ')}\n`;

/** What a line is about. */
type LogSubject = readonly [request: ViewerRequest, outcome: Outcome, delivery: Delivery, context: LogContext];

/** One line's values, in order, the newline with the last: made once, filled for each line. */
const values: string[] = FIELDS.map(() => '');

/** The record of one request, tab-separated, newline included. */
export function logLine(...subject: LogSubject): string {
  return lineValues(...subject).join('\t');
}

/** What stands between the tabs. Valid until the next call. */
export function lineValues(request: ViewerRequest, outcome: Outcome, delivery: Delivery, context: LogContext): readonly string[] {
  for (let at = 0; at < FIELDS.length; at++) values[at] = valueOf(FIELDS[at]!, request, outcome, delivery, context);
  // With the newline in the last value, the line is made once and not copied for it.
  values[LAST] += '\n';
  return values;
}

/** The fields in which two lines may differ that are otherwise alike, and where they stand. */
export const DIFFERING: readonly { readonly at: number; readonly field: LogField }[] = FIELDS.flatMap((field, at) =>
  field.differs === true ? [{ at, field }] : [],
);

export function valueOf(
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

/** A whole object, whole, from the cache: for those, fields that do not differ read nothing but what areAlike() compares. */
export function isPlainHit({ cache, answeredBy, status }: Outcome, { complete, receivedBytes }: Delivery): boolean {
  return cache.kind === 'hit' && answeredBy === 'cache' && status === 200 && complete && receivedBytes === undefined;
}

/** Of two plain hits for one request: do their lines differ in nothing but DIFFERING? */
export function areAlike(
  { outcome, delivery }: { readonly outcome: Outcome; readonly delivery: Delivery },
  nextOutcome: Outcome,
  nextDelivery: Delivery,
): boolean {
  return (
    outcome.distributionId === nextOutcome.distributionId &&
    outcome.errorDetail === nextOutcome.errorDetail &&
    outcome.redirected === nextOutcome.redirected &&
    delivery.contentLength === nextDelivery.contentLength &&
    delivery.responseFields?.[0] === nextDelivery.responseFields?.[0]
  );
}
