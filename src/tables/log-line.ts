/**
 * One line of a standard access log, and the two lines it begins with (facts 13.1). Which fields there are: log-fields.ts.
 */
import type { Delivery, Outcome } from '../core/outcome.ts';
import type { ViewerRequest } from '../core/request.ts';
import { encodeLogValue } from './log-encoding.ts';
import { EXTENSION_FIELDS, LOG_FIELDS, type LogContext } from './log-fields.ts';

const FIELDS = [...LOG_FIELDS, ...EXTENSION_FIELDS];

const LAST = FIELDS.length - 1;

/** The lines at the head of every log file, newline included. */
export const LOG_HEAD = `#Version: 1.0\n#Fields: ${FIELDS.map(({ name }) => name).join(' ')}\n`;

/** One line's values, in order: made once, filled for each line. */
const values: string[] = FIELDS.map(() => '');

/** The record of one request, tab-separated, newline included. */
export function logLine(request: ViewerRequest, outcome: Outcome, delivery: Delivery, context: LogContext): string {
  for (let at = 0; at < FIELDS.length; at++) {
    const { value, isForeign } = FIELDS[at]!;
    const text = value(request, outcome, delivery, context);
    if (text === undefined || text === '') values[at] = '-';
    else values[at] = isForeign === true ? encodeLogValue(text) : text;
  }
  // With the newline in the last value, the line is made once and not copied for it.
  values[LAST] += '\n';
  return values.join('\t');
}
