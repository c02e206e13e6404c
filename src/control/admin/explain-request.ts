/**
 * The request that somebody wants explained, as a listener would hand it to the edge: the target as it is given, field lines in their
 * order, names in lower case (adapters/listen/http1/read-head.ts). Whether it is a good request is for the edge to say; here only what
 * cannot be asked at all is refused.
 */
import type { ViewerRequest } from '../../core/request.ts';
import { parseFieldLine } from '../../http/field-line.ts';
import { isAddress } from '../../model/network.ts';
import { AdminRefusal } from './admin-refusal.ts';

export interface ExplainQuestion {
  /** The viewer's address; this machine's unless given. */
  readonly from?: string | undefined;
  /** Absolute, http or https. */
  readonly url: string;
  /** GET unless given. */
  readonly method?: string | undefined;
  /** Pairs of name and value; Host overrules the URL's. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** Throws AdminRefusal, which names the argument. */
export function explainRequest({ url: given, method = 'GET', headers = [], from = '127.0.0.1' }: ExplainQuestion): ViewerRequest {
  const url = readUrl(given);
  const host = headers.findLast(([name]) => name.toLowerCase() === 'host')?.[1];
  const target = targetOf(given);
  const mark = target.indexOf('?');
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) {
    throw new AdminRefusal(400, 'InvalidArgument', `method: "${method}" is no method.`);
  }
  if (!isAddress(from)) throw new AdminRefusal(400, 'InvalidArgument', `from: "${from}" is no address.`);
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  return {
    method,
    scheme,
    httpVersion: '1.1',
    host: host ?? url.host,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? undefined : target.slice(mark + 1),
    fields: fieldsOf(headers.filter(([name]) => name.toLowerCase() !== 'host')),
    viewerAddress: from,
    viewerPort: 0,
    body: { kind: 'none' },
  };
}

function readUrl(given: string): URL {
  const url = URL.parse(given);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new AdminRefusal(
      400,
      'InvalidArgument',
      `url: give an absolute URL, such as https://www.example.com/index.html, not "${given}".`,
    );
  }
  return url;
}

/** The path and the query as given, but for what no request line can hold, which every viewer encodes. */
function targetOf(url: string): string {
  const target = /^[^:]+:\/\/[^/?#]*([^#]*)/.exec(url)?.[1] ?? '';
  const sendable = target.replaceAll(/[^\x21-\x7e]+/gu, encodeURIComponent);
  return sendable.startsWith('/') ? sendable : `/${sendable}`;
}

function fieldsOf(headers: readonly (readonly [name: string, value: string])[]): ViewerRequest['fields'] {
  return headers.map(([name, value]) => {
    const field = parseFieldLine(`${name}: ${value}`);
    if (typeof field === 'string') throw new AdminRefusal(400, 'InvalidArgument', `header: "${name}: ${value}" is no header.`);
    return field;
  });
}

/** `Name: value`, as curl's -H takes it. */
export function readHeader(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 1) throw new AdminRefusal(400, 'InvalidArgument', `header: write "Name: value", not "${line}".`);
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
