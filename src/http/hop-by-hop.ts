/**
 * Fields that belong to one connection and are never passed on, in either direction: RFC 9110 7.6.1.
 * Framing itself (Content-Length) is the listener's and the origin client's matter.
 */
import { fieldValue, withoutFields, type Fields } from './fields.ts';
import { listMembers } from './token.ts';

/** RFC 9110 7.6.1, with the two that older senders add, and names that an origin may read as framing. Lower case. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // RFC 7540 3.2.1: goes with an Upgrade to `h2c`, which is not passed on; who finds it alone may upgrade all the same.
  'http2-settings',
  // Ours: gateways that hand fields on as variables (CGI, WSGI) do not tell `_` from `-`.
  'content_length',
  'transfer_encoding',
]);

const NONE: ReadonlySet<string> = new Set();

/** The names that Connection adds to the list above, lower case. */
export function connectionNames(fields: Fields): ReadonlySet<string> {
  const value = fieldValue(fields, 'connection');
  if (value === undefined || value === 'keep-alive' || value === 'close' || value === 'Keep-Alive') return NONE;
  return new Set(listMembers(value).map((name) => name.toLowerCase()));
}

/** The fields that may be passed on. */
export function withoutHopByHop(fields: Fields): Fields {
  const named = connectionNames(fields);
  return withoutFields(fields, named.size === 0 ? HOP_BY_HOP : new Set([...HOP_BY_HOP, ...named]));
}
