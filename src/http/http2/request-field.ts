/**
 * What a field line is in an HTTP/2 request, and whether it may be there at all: RFC 9113 8.2 and 8.3. Stricter than it must be about
 * values, since what passes is written to origins as HTTP/1.1. What the lines say together: request-head.ts.
 */

import { isToken } from '../token.ts';

/** Kinds of lines, as numbers that header tables keep (hpack/decoder.ts). */
export const REQUEST_FIELD = {
  /** Passed on as it is. */
  regular: 0,
  method: 1,
  scheme: 2,
  path: 3,
  authority: 4,
  host: 5,
  contentLength: 6,
  cookie: 7,
  /** The whole request is malformed. */
  malformed: 8,
} as const;

/** RFC 9113 8.2.1: a token without capitals. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** RFC 9110 5.5, RFC 9113 8.2.1: no control characters but tabs, and no white space around. */
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

const PSEUDO: ReadonlyMap<string, number> = new Map([
  [':method', REQUEST_FIELD.method],
  [':scheme', REQUEST_FIELD.scheme],
  [':path', REQUEST_FIELD.path],
  [':authority', REQUEST_FIELD.authority],
]);

/** RFC 9113 8.2.2: what belongs to a connection of HTTP/1.1. */
const CONNECTION_SPECIFIC: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ['host', REQUEST_FIELD.host],
  ['content-length', REQUEST_FIELD.contentLength],
  ['cookie', REQUEST_FIELD.cookie],
]);

export function classifyRequestField(name: string, value: string): number {
  if (!VALUE.test(value)) return REQUEST_FIELD.malformed;
  if (name === ':method' && !isToken(value)) return REQUEST_FIELD.malformed;
  if (name.startsWith(':')) return PSEUDO.get(name) ?? REQUEST_FIELD.malformed;
  if (!NAME.test(name) || CONNECTION_SPECIFIC.has(name)) return REQUEST_FIELD.malformed;
  // RFC 9113 8.2.2: TE may say nothing but that trailers are understood.
  if (name === 'te' && value.toLowerCase() !== 'trailers') return REQUEST_FIELD.malformed;
  return SPECIAL.get(name) ?? REQUEST_FIELD.regular;
}
