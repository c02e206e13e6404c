/**
 * Bun's Request of an HTTP/3 viewer becomes the core's ViewerRequest, once, at the boundary. What is allowed is judged in
 * core/viewer-request/admit-request.ts, not here.
 *
 * Known limits of Bun.serve 1.4.5: the target arrives as WHATWG URLs write it (dot segments removed, `\` as `/`, non-ASCII octets
 * as U+FFFD) unless Host is absent or no valid host, when it arrives as sent; repeated lines arrive joined with ", ", names sorted;
 * nothing is told of TLS. docs/guides/limits.md.
 */
import type { RequestBody } from '../../../edge/ports.ts';
import type { ViewerRequest } from '../../../core/request.ts';
import type { Field } from '../../../http/fields.ts';

const NO_BODY = { kind: 'none' } as const;
const CHUNKED = { kind: 'chunked' } as const;
const SLASH = 47;
const SCHEME = 'https';
const VERSION = '3.0';

export function readRequest(request: Request, peer: Bun.SocketAddress | null): ViewerRequest {
  const { url, method } = request;
  // `https://host/path?query`; as sent, `/path?query`, when there is no valid host; CONNECT has no path at all.
  const from = url.charCodeAt(0) === SLASH ? 0 : url.indexOf('/', SCHEME.length + 3);
  const mark = from === -1 ? -1 : url.indexOf('?', from);

  let host = '';
  let contentLength: string | undefined;
  let transferEncoding = false;
  const fields: Field[] = [];
  for (const field of request.headers) {
    const name = field[0];
    if (name === 'host') {
      host = field[1];
      continue;
    }
    if (name === 'content-length') contentLength = field[1];
    else if (name === 'transfer-encoding') transferEncoding = true;
    fields.push(field);
  }

  return {
    method,
    scheme: SCHEME,
    httpVersion: VERSION,
    host,
    path: from === -1 ? '/' : mark === -1 ? url.slice(from) : url.slice(from, mark),
    query: mark === -1 ? undefined : url.slice(mark + 1),
    fields,
    viewerAddress: peer?.address ?? '',
    viewerPort: peer?.port ?? 0,
    body: bodyKind(request, contentLength, transferEncoding),
  };
}

function bodyKind(request: Request, contentLength: string | undefined, chunked: boolean): ViewerRequest['body'] {
  if (chunked) return CHUNKED;
  if (contentLength !== undefined) {
    const length = Number(contentLength);
    if (length === 0) return NO_BODY;
    return Number.isSafeInteger(length) && length > 0 ? { kind: 'length', length } : CHUNKED;
  }
  // RFC 9114 4.1: a body needs no field that announces it. Bun shows one, except for GET and HEAD, whose unannounced bodies it drops.
  if (request.method === 'GET' || request.method === 'HEAD') return NO_BODY;
  return request.body === null ? NO_BODY : CHUNKED;
}

export const NO_VIEWER_BODY: RequestBody = NO_BODY;

export function viewerBody(request: Request, kind: Exclude<ViewerRequest['body'], { kind: 'none' }>): RequestBody {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    if (request.body !== null) yield* request.body;
  }
  return { kind: 'stream', length: kind.kind === 'length' ? kind.length : undefined, chunks: chunks() };
}
