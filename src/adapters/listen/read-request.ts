/**
 * Bun's Request becomes the core's ViewerRequest, once, at the boundary. What is allowed is judged in
 * core/viewer-request/admit-request.ts, not here.
 *
 * Known limits of Bun.serve 1.4.5: the target arrives as WHATWG URLs write it (dot segments removed, `\` as `/`, non-ASCII octets
 * as U+FFFD, the authority of an absolute-form target lost) unless Host is absent or no valid host, when it arrives as sent;
 * repeated lines arrive joined with ", ", names sorted; HTTP/1.0 is not told from 1.1; HTTP/1.1 without Host (400) and
 * methods it does not know (closed without an answer) never get here. The whole list: docs/guides/limits.md.
 */
import type { RequestBody } from '../../edge/ports.ts';
import type { ViewerRequest } from '../../core/request.ts';
import type { Field } from '../../http/fields.ts';

/** What a listener knows about all of its requests. */
export interface Protocol {
  readonly scheme: ViewerRequest['scheme'];
  readonly httpVersion: ViewerRequest['httpVersion'];
}

const NO_BODY = { kind: 'none' } as const;
const CHUNKED = { kind: 'chunked' } as const;
const SLASH = 47;

export function readRequest(request: Request, peer: Bun.SocketAddress | null, protocol: Protocol): ViewerRequest {
  const { url, method } = request;
  // `http://host/path?query`; as sent, `/path?query`, when there is no valid host; CONNECT has no path at all.
  const from = url.charCodeAt(0) === SLASH ? 0 : url.indexOf('/', protocol.scheme.length + 3);
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
    scheme: protocol.scheme,
    httpVersion: protocol.httpVersion,
    host,
    path: from === -1 ? '/' : mark === -1 ? url.slice(from) : url.slice(from, mark),
    query: mark === -1 ? undefined : url.slice(mark + 1),
    fields,
    viewerAddress: peer?.address ?? '',
    viewerPort: peer?.port ?? 0,
    body: bodyKind(request, protocol, contentLength, transferEncoding),
  };
}

function bodyKind(
  request: Request,
  protocol: Protocol,
  contentLength: string | undefined,
  chunked: boolean,
): ViewerRequest['body'] {
  if (chunked) return CHUNKED;
  if (contentLength !== undefined) {
    const length = Number(contentLength);
    if (length === 0) return NO_BODY;
    return Number.isSafeInteger(length) && length > 0 ? { kind: 'length', length } : CHUNKED;
  }
  // RFC 9112 6.3: without framing fields an HTTP/1.1 request has no body. HTTP/2 and 3 need none of them; Bun then shows a body,
  // except for GET and HEAD, whose unannounced bodies it drops.
  if (protocol.httpVersion === '1.1' || request.method === 'GET' || request.method === 'HEAD') return NO_BODY;
  return request.body === null ? NO_BODY : CHUNKED;
}

/** The request's body for the edge, and whether the edge has begun to read it. */
export interface ViewerBody {
  readonly body: RequestBody;
  readonly isUntouched: () => boolean;
}

export const NO_VIEWER_BODY: ViewerBody = { body: NO_BODY, isUntouched: () => false };

export function viewerBody(request: Request, kind: Exclude<ViewerRequest['body'], { kind: 'none' }>): ViewerBody {
  let touched = false;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    touched = true;
    if (request.body !== null) yield* request.body;
  }
  const length = kind.kind === 'length' ? kind.length : undefined;
  return { body: { kind: 'stream', length, chunks: chunks() }, isUntouched: () => !touched };
}
