/**
 * A header block becomes the core's ViewerRequest, once, at the boundary. Which lines make a request: http/http2/request-head.ts; what is
 * allowed of it: core/viewer-request/admit-request.ts. How lines are remembered across blocks is the decoder's (http/hpack).
 */
import type { ViewerRequest } from '../../../core/request.ts';
import { hpackDecoders } from '../../../http/hpack/decoder.ts';
import { classifyRequestField } from '../../../http/http2/request-field.ts';
import type { RequestHead } from '../../../http/http2/request-head.ts';
import type { Wire } from '../wire.ts';
import { MAX_BLOCK } from './http2-limits.ts';

const toText = (Buffer.prototype as Buffer).toString;

/** One for each connection. */
export const createRequestDecoder = hpackDecoders({
  classify: classifyRequestField,
  readText: (octets, from, to) => toText.call(octets, 'latin1', from, to),
  maxBlock: MAX_BLOCK,
});

const NO_BODY = { kind: 'none' } as const;
const CHUNKED = { kind: 'chunked' } as const;

/** `isWhole`: no body follows. Undefined when a length is promised that cannot come. RFC 9113 8.1.1. */
export function viewerRequest(
  head: RequestHead,
  isWhole: boolean,
  scheme: ViewerRequest['scheme'],
  { viewerAddress, viewerPort }: Pick<Wire, 'viewerAddress' | 'viewerPort'>,
  tls: ViewerRequest['tls'],
): ViewerRequest | undefined {
  const { method, host, target, fields, length } = head;
  if (isWhole && length !== undefined && length > 0) return undefined;
  const mark = target.indexOf('?');
  return {
    method,
    scheme,
    httpVersion: '2.0',
    host,
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? undefined : target.slice(mark + 1),
    fields,
    viewerAddress,
    viewerPort,
    body: isWhole || length === 0 ? NO_BODY : length === undefined ? CHUNKED : { kind: 'length', length },
    tls,
  };
}
