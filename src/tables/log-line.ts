/**
 * One line of a standard access log, and the two lines it begins with (facts 13.1). Which fields there are: log-fields.ts.
 */
import type { Delivery, Outcome } from '../core/outcome.ts';
import type { ViewerRequest } from '../core/request.ts';
import { EXTENSION_FIELDS, LOG_FIELDS, type LogContext } from './log-fields.ts';

const FIELDS = [...LOG_FIELDS, ...EXTENSION_FIELDS];

/** The lines at the head of every log file, newline included. */
export const LOG_HEAD = `#Version: 1.0\n#Fields: ${FIELDS.map(({ name }) => name).join(' ')}\n`;

/** The record of one request, tab-separated, newline included. */
export function logLine(request: ViewerRequest, outcome: Outcome, delivery: Delivery, context: LogContext): string {
  let line = '';
  let separator = '';
  for (const { value, isForeign } of FIELDS) {
    const text = value(request, outcome, delivery, context);
    line += separator;
    if (text === undefined || text === '') line += '-';
    else line += isForeign === true ? encodeLogValue(text) : text;
    separator = '\t';
  }
  return `${line}\n`;
}

/** CloudFront: octets 0 to 32 and from 127 on, and < > " # % { } | \ ^ ~ [ ] ` ' are percent-encoded. */
const ENCODED = /[^!$&()*+,\-./0-9:;=?@A-Z_a-z]/;
const EACH_ENCODED = new RegExp(ENCODED, 'gu');

export function encodeLogValue(text: string): string {
  return ENCODED.test(text) ? text.replace(EACH_ENCODED, percentEncoded) : text;
}

/** Field values carry one octet in each character; what lies above, which only a path or a host can, goes as UTF-8. */
function percentEncoded(character: string): string {
  const point = character.codePointAt(0)!;
  if (point <= 0xff) return octet(point);
  if (point <= 0x7ff) return octet(0xc0 | (point >> 6)) + trail(point);
  if (point <= 0xffff) return octet(0xe0 | (point >> 12)) + trail(point >> 6) + trail(point);
  return octet(0xf0 | (point >> 18)) + trail(point >> 12) + trail(point >> 6) + trail(point);
}

function trail(bits: number): string {
  return octet(0x80 | (bits & 0x3f));
}

function octet(value: number): string {
  return `%${value.toString(16).toUpperCase().padStart(2, '0')}`;
}
