/**
 * The fields of a standard access log, in CloudFront's order: each a function of what was asked, what happened and what was
 * delivered (facts 13.1). How values are encoded and joined to a line: log-line.ts. Result types: result-types.ts. Behind CloudFront's
 * fields stand our own: readers go by position and ignore what follows, as CloudFront asks of them.
 *
 * Not told by the runtime, and so absent over HTTP/3: ssl-protocol, ssl-cipher.
 * Not served yet: cookies in logs (Logging.IncludeCookies).
 */
import type { Delivery, Outcome } from '../core/outcome.ts';
import type { ViewerRequest } from '../core/request.ts';
import { parseContentRange } from '../http/content-range.ts';
import { fieldValue, type Fields } from '../http/fields.ts';
import type { Bytes, Duration, Instant } from '../model/units.ts';
import { encodeLogValue } from './log-encoding.ts';
import { reasonOf } from './reasons.ts';
import { detailedResultType, responseResultType, resultType } from './result-types.ts';

/** What a line says of the place and of the configuration. */
export interface LogContext {
  /** `FRA56-P1`. */
  readonly edgeLocation: string;
  /** `d<13 chars>.cloudfront.localhost`, or undefined for an id that is not known (any more). */
  readonly domainNameOf: (distributionId: string) => string | undefined;
}

export interface LogField {
  readonly name: string;
  /** True where the value is the viewer's or the origin's and not encoded yet: it may hold anything. */
  readonly isForeign?: true;
  /** True where two lines may differ that are otherwise alike: a request that recurs, answered from one stored response (log-line.ts). */
  readonly differs?: true;
  /** Undefined or empty: absent. */
  readonly value: (request: ViewerRequest, outcome: Outcome, delivery: Delivery, context: LogContext) => string | undefined;
}

const absent = (): undefined => undefined;

export const LOG_FIELDS: readonly LogField[] = [
  { name: 'date', differs: true, value: (_request, outcome, delivery) => secondOf(finishedAt(outcome, delivery)).date },
  { name: 'time', differs: true, value: (_request, outcome, delivery) => secondOf(finishedAt(outcome, delivery)).time },
  { name: 'x-edge-location', value: (_request, _outcome, _delivery, context) => context.edgeLocation },
  {
    name: 'sc-bytes',
    differs: true,
    value: (_request, _outcome, delivery) => String(headSize(delivery.responseFields) + delivery.bodyBytes),
  },
  { name: 'c-ip', value: (request) => request.viewerAddress },
  { name: 'cs-method', isForeign: true, value: (request) => request.method },
  // CloudFront: this is the distribution's own domain; the viewer's Host is x-host-header.
  {
    name: 'cs(Host)',
    value: (_request, { distributionId }, _delivery, context) =>
      distributionId === undefined ? undefined : context.domainNameOf(distributionId),
  },
  { name: 'cs-uri-stem', isForeign: true, value: (request) => request.path },
  // CloudFront: 000 when the viewer left before there was a response.
  { name: 'sc-status', value: (_request, outcome, delivery) => (leftEarly(delivery) ? '000' : String(outcome.status)) },
  { name: 'cs(Referer)', value: (request) => notesOf(request.fields).referer },
  { name: 'cs(User-Agent)', value: (request) => notesOf(request.fields).userAgent },
  { name: 'cs-uri-query', isForeign: true, value: (request) => request.query },
  { name: 'cs(Cookie)', value: absent },
  { name: 'x-edge-result-type', value: (_request, outcome, delivery) => resultType(outcome, delivery) },
  { name: 'x-edge-request-id', differs: true, value: (_request, outcome) => outcome.requestId },
  { name: 'x-host-header', isForeign: true, value: (request) => request.host },
  { name: 'cs-protocol', value: (request, { status }) => protocolOf(request, status) },
  { name: 'cs-bytes', value: (request, _outcome, { receivedBytes = 0 }) => String(requestSize(request) + receivedBytes) },
  { name: 'time-taken', differs: true, value: (_request, _outcome, delivery) => inSeconds(delivery.timeTaken) },
  { name: 'x-forwarded-for', value: (request) => notesOf(request.fields).forwardedFor },
  { name: 'ssl-protocol', value: (request) => request.tls?.version },
  { name: 'ssl-cipher', value: (request) => request.tls?.cipher },
  { name: 'x-edge-response-result-type', value: (_request, outcome) => responseResultType(outcome) },
  {
    name: 'cs-protocol-version',
    value: (request) => (request.httpVersion === undefined ? undefined : `HTTP/${request.httpVersion}`),
  },
  { name: 'fle-status', value: (_request, outcome) => outcome.fieldEncryption?.status },
  { name: 'fle-encrypted-fields', value: (_request, outcome) => outcome.fieldEncryption?.fields?.toString() },
  { name: 'c-port', value: (request) => String(request.viewerPort) },
  { name: 'time-to-first-byte', differs: true, value: (_request, _outcome, delivery) => inSeconds(delivery.timeToFirstByte) },
  { name: 'x-edge-detailed-result-type', value: (_request, outcome, delivery) => detailedResultType(outcome, delivery) },
  // Ours: a type that is an answer's own is that of a page of the edge.
  {
    name: 'sc-content-type',
    value: (_request, _outcome, { responseFields }) =>
      responseFields &&
      (notesOf(responseFields[0]).contentType || encodeLogValue(fieldValue(responseFields[2], 'content-type') ?? '')),
  },
  { name: 'sc-content-len', value: (_request, _outcome, delivery) => delivery.contentLength?.toString() },
  { name: 'sc-range-start', value: (_request, outcome, delivery) => sentRange(outcome, delivery)?.first.toString() },
  { name: 'sc-range-end', value: (_request, outcome, delivery) => sentRange(outcome, delivery)?.last.toString() },
];

/** Ours. */
export const EXTENSION_FIELDS: readonly LogField[] = [
  // The words of `warmfront explain`: reasons.ts.
  { name: 'x-warmfront-reason', value: (_request, outcome) => reasonOf(outcome) },
];

/** CloudFront: date and time are those of the last octet. */
function finishedAt(outcome: Outcome, delivery: Delivery): Instant {
  return outcome.receivedAt + delivery.timeTaken;
}

let known = { second: Number.NaN, date: '', time: '' };

/** `2026-01-02` and `03:04:05`: a function of its argument, which remembers its last answer; most lines share their second. */
function secondOf(at: Instant): typeof known {
  const second = Math.floor(at / 1000);
  if (second !== known.second) {
    const text = new Date(second * 1000).toISOString();
    known = { second, date: text.slice(0, 10), time: text.slice(11, 19) };
  }
  return known;
}

/** What a list of field lines says in a log: the same lists come again and again, with a viewer's connection and with a stored response. */
interface Notes {
  /** As HTTP/1.1 writes the lines. */
  readonly size: Bytes;
  /** Encoded. */
  readonly referer: string;
  readonly userAgent: string;
  readonly forwardedFor: string;
  readonly contentType: string;
}

const notes = new WeakMap<Fields, Notes>();

function notesOf(fields: Fields): Notes {
  const taken = notes.get(fields);
  if (taken !== undefined) return taken;
  const encoded = (name: string): string => encodeLogValue(fieldValue(fields, name) ?? '');
  const made = {
    size: linesSize(fields),
    referer: encoded('referer'),
    userAgent: encoded('user-agent'),
    forwardedFor: encoded('x-forwarded-for'),
    contentType: encoded('content-type'),
  };
  notes.set(fields, made);
  return made;
}

/** CloudFront: a WebSocket that came about has a word of its own (facts 10.2, 13.1). */
function protocolOf({ scheme, upgrade }: ViewerRequest, status: number): string {
  if (upgrade === undefined || status !== 101) return scheme;
  return scheme === 'https' ? 'wss' : 'ws';
}

function leftEarly({ complete, bodyBytes, timeToFirstByte, timeTaken }: Delivery): boolean {
  return !complete && bodyBytes === 0 && timeToFirstByte >= timeTaken;
}

/** `0.004`: most answers take less than a second. */
const MILLISECONDS = Array.from({ length: 1000 }, (_, count) => `0.${String(count).padStart(3, '0')}`);

/** `12.004`: three decimals. */
function inSeconds(duration: Duration): string {
  const whole = Math.round(duration);
  const rest = MILLISECONDS[whole % 1000]!;
  return whole < 1000 ? rest : `${Math.floor(whole / 1000)}${rest.slice(1)}`;
}

/** Ours: heads count as HTTP/1.1 would write them; what HTTP/2 and 3 compressed is not known here. */
function headSize(fields: Delivery['responseFields']): Bytes {
  if (fields === undefined) return 0;
  // `HTTP/1.1 200 ` with a short phrase, and the empty line.
  return 'HTTP/1.1 200 OK\r\n\r\n'.length + notesOf(fields[0]).size + notesOf(fields[1]).size + linesSize(fields[2]);
}

function linesSize(fields: Fields): Bytes {
  let size: Bytes = 0;
  for (const field of fields) size += field[0].length + field[1].length + 4;
  return size;
}

/** Of the representation: what is an answer's own comes after it. */
function sentField({ responseFields }: Delivery, name: string): string | undefined {
  if (responseFields === undefined) return undefined;
  return fieldValue(responseFields[0], name) ?? fieldValue(responseFields[2], name);
}

function requestSize({ method, path, query, host, fields, body }: ViewerRequest): Bytes {
  let size: Bytes = method.length + path.length + (query === undefined ? 0 : query.length + 1) + ' HTTP/1.1\r\n\r\n'.length + 1;
  if (host !== '') size += 'host: \r\n'.length + host.length;
  size += notesOf(fields).size;
  return body.kind === 'length' ? size + body.length : size;
}

function sentRange({ status }: Outcome, delivery: Delivery): { readonly first: Bytes; readonly last: Bytes } | undefined {
  if (status !== 206) return undefined;
  const value = sentField(delivery, 'content-range');
  const range = value === undefined ? undefined : parseContentRange(value);
  return range?.kind === 'part' ? range.range : undefined;
}
