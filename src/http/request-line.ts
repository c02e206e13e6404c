/**
 * The first line of an HTTP/1.1 request: RFC 9112 3. Stricter than the letter wherever two readers could understand it differently
 * (RFC 9112 11.2). Which hosts, paths and methods are answered is decided in core/viewer-request.
 */
import { isToken } from './token.ts';

export interface RequestLine {
  readonly method: string;
  /** HTTP/1.0 is 0. */
  readonly minor: 0 | 1;
  /** Begins with `/` unless the target is in no form that can be answered (`*`). */
  readonly path: string;
  /** What follows the first `?`; undefined without. */
  readonly query: string | undefined;
  /** Of a target in absolute form, as sent: it must be the Host of the request. */
  readonly authority: string | undefined;
}

/** RFC 9112 3: one space between the parts, and no other white space or control character. */
const VERSION_0 = ' HTTP/1.0';
const VERSION_1 = ' HTTP/1.1';
const NOT_IN_TARGET = /[^\x21-\x7e\x80-\xff]/;
const ABSOLUTE_FORM = /^(https?):\/\/([^/?#@]+)([/?#].*)?$/i;

/** The parts of the line, or what is wrong with it. `scheme`: of the connection. */
export function parseRequestLine(line: string, scheme: 'http' | 'https'): RequestLine | string {
  const end = line.length - VERSION_1.length;
  const minor = line.endsWith(VERSION_1) ? 1 : 0;
  const space = line.indexOf(' ');
  if (space >= end || (minor === 0 && !line.endsWith(VERSION_0))) return NOT_HTTP;
  const method = line.slice(0, space);
  const target = line.slice(space + 1, end);
  if (!isToken(method)) return 'the method is not a token';
  if (target === '' || NOT_IN_TARGET.test(target)) return NOT_HTTP;
  if (target.charCodeAt(0) === 0x2f) return { method, minor, ...pathAndQuery(target), authority: undefined };
  // RFC 9112 3.2.3: authority-form has no path; nobody connects through an edge, which the method decides.
  if (method === 'CONNECT') return { method, minor, path: '/', query: undefined, authority: undefined };
  const absolute = ABSOLUTE_FORM.exec(target);
  if (absolute === null)
    return target === '*' ? { method, minor, path: target, query: undefined, authority: undefined } : NO_FORM;
  // Ours: a target that names another scheme than it came by could be cached as what it is not.
  if (absolute[1]!.toLowerCase() !== scheme) return 'the target names another scheme than the connection has';
  const rest = absolute[3] ?? '/';
  return { method, minor, ...pathAndQuery(rest.startsWith('/') ? rest : `/${rest}`), authority: absolute[2]! };
}

const NOT_HTTP = 'the request line is not valid HTTP/1.1';
const NO_FORM = 'the target is neither a path nor an absolute URL';

function pathAndQuery(target: string): Pick<RequestLine, 'path' | 'query'> {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: undefined } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
