/**
 * The lines of a header block become a request, or none: pseudo-fields (RFC 9113 8.3.1), one host (8.3.1), cookie crumbs (8.2.3) and a
 * length that can be held to (8.1.1). Each line by itself was judged in request-field.ts; sizes, the host's and the path's syntax and
 * methods are the core's (core/viewer-request).
 */
import type { Bytes } from '../../model/units.ts';
import type { Field, Fields } from '../fields.ts';
import type { TableEntry } from '../hpack/dynamic-table.ts';
import { REQUEST_FIELD } from './request-field.ts';

export interface RequestHead {
  readonly method: string;
  /** `:authority`, else Host, else ''. */
  readonly host: string;
  /** Path and query, raw. */
  readonly target: string;
  /** In the order received, without Host; all of Cookie in one line. */
  readonly fields: Fields;
  /** Content-Length, undefined when absent. */
  readonly length: Bytes | undefined;
}

/** The request, or why there is none. */
export function readRequestHead(lines: readonly TableEntry[], scheme: 'http' | 'https'): RequestHead | string {
  const pseudo: (string | undefined)[] = [undefined, undefined, undefined, undefined, undefined];
  const fields: Field[] = [];
  let host: string | undefined;
  let length: string | undefined;
  let cookieAt = -1;
  for (const { field, kind } of lines) {
    switch (kind) {
      case REQUEST_FIELD.regular:
        fields.push(field);
        break;
      case REQUEST_FIELD.malformed:
        return 'a field that no request may have';
      case REQUEST_FIELD.host:
        if (host !== undefined) return 'two Host fields';
        host = field[1];
        break;
      case REQUEST_FIELD.contentLength:
        if (length !== undefined) return 'two Content-Length fields';
        length = field[1];
        fields.push(field);
        break;
      case REQUEST_FIELD.cookie:
        // RFC 9113 8.2.3: crumbs of one field.
        if (cookieAt === -1) cookieAt = fields.push(field) - 1;
        else fields[cookieAt] = ['cookie', `${fields[cookieAt]![1]}; ${field[1]}`];
        break;
      default:
        if (fields.length > 0 || host !== undefined) return 'a pseudo-field after other fields';
        if (pseudo[kind] !== undefined) return 'a pseudo-field twice';
        pseudo[kind] = field[1];
    }
  }

  const method = pseudo[REQUEST_FIELD.method];
  const target = pseudo[REQUEST_FIELD.path];
  const authority = pseudo[REQUEST_FIELD.authority];
  if (method === undefined) return 'no method';
  // RFC 9113 8.5: CONNECT has neither scheme nor path; Ours: it is not served, whatever it has.
  if (method === 'CONNECT') return 'CONNECT is not served';
  // Ours: another scheme than the connection's would be served, and cached, as what it is not.
  if (pseudo[REQUEST_FIELD.scheme] !== scheme) return 'no scheme, or not that of the connection';
  if (target === undefined || target === '') return 'no path';
  if (authority !== undefined && host !== undefined && !isSameHost(authority, host, scheme)) return 'two different hosts';
  const size = length === undefined ? undefined : readLength(length);
  if (size === INVALID_LENGTH) return 'a Content-Length that is none';
  return { method, host: authority ?? host ?? '', target, fields, length: size };
}

/** RFC 9113 8.1: trailers are dropped, but lines that no trailer may have make the request malformed. */
export function areTrailersValid(lines: readonly TableEntry[]): boolean {
  return lines.every(
    ({ kind }) => kind === REQUEST_FIELD.regular || (kind >= REQUEST_FIELD.host && kind < REQUEST_FIELD.malformed),
  );
}

const INVALID_LENGTH = -1;

function readLength(value: string): Bytes {
  return /^[0-9]{1,15}$/.test(value) ? Number(value) : INVALID_LENGTH;
}

/** RFC 9113 8.3.1: whether both name the same entity; the scheme's own port may be left out. */
function isSameHost(authority: string, host: string, scheme: 'http' | 'https'): boolean {
  if (authority === host) return true;
  const port = scheme === 'https' ? ':443' : ':80';
  const plain = (name: string): string => (name.endsWith(port) ? name.slice(0, -port.length) : name).toLowerCase();
  return plain(authority) === plain(host);
}
