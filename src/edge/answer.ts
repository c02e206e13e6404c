/**
 * The seam between listeners and the data plane: what a listener asks of the edge, and the edge's answer as a listener sends it.
 * How an answer becomes HTTP/1.1, 2 or 3 on a socket is decided in adapters/listen; what the answer is, in serve.ts.
 */
import type { ViewerRequest } from '../core/request.ts';
import type { Fields } from '../http/fields.ts';
import type { TlsTerms } from '../model/tls-terms.ts';
import type { Bytes } from '../model/units.ts';
import type { InterimResponse, RequestBody } from './ports.ts';

/** The data plane as listeners see it. */
export interface ViewerHandler {
  /**
   * Answers one request. Answers at once (no promise) where nothing has to be waited for. The signal that `leaving` gives is
   * aborted when the viewer leaves before the answer is complete; hits never ask for it. Never throws or rejects for anything a viewer or an origin can cause.
   */
  handle(
    request: ViewerRequest,
    body: RequestBody,
    leaving: () => AbortSignal,
    interim?: InterimResponse,
  ): EdgeAnswer | Promise<EdgeAnswer>;
  /** What a TLS connection made for this server name (lower case) has to agree on; undefined where no distribution has it. */
  tlsTerms?(serverName: string): TlsTerms | undefined;
}

export interface EdgeAnswer {
  readonly status: number;
  /** In octets: the reason phrase of HTTP/1.1, in place of the status's own. */
  readonly statusDescription?: string | undefined;
  /**
   * The field lines of what is answered, final: no hop-by-hop fields and no Content-Length, which the listener writes from `body`. Every
   * answer from one stored response has the same array here, so that a listener may keep what it has made of it.
   */
  readonly fields: Fields;
  /** The field lines that follow: the edge's, which all answers of a kind share as the same array: X-Cache, Via. */
  readonly edgeFields?: Fields;
  /** The field lines of this answer alone, last: X-Amz-Cf-Id, Age. */
  readonly ownFields?: Fields;
  readonly body: AnswerBody;
  /** Called once, when the last byte was handed to the connection or the viewer left. */
  delivered?(delivery: BodyDelivery): void;
}

export type AnswerBody =
  /** Nothing follows the head. `length` is what a GET would have carried: HEAD and 304 say it in Content-Length. */
  | { readonly kind: 'none'; readonly length?: Bytes | undefined }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'stream';
      readonly length: Bytes | undefined;
      /** Read one chunk at a time as the viewer takes them; throwing resets the viewer's connection or stream. */
      readonly chunks: AsyncIterable<Uint8Array>;
      /** The viewer has left: no further chunk will be asked for. */
      cancel(): void;
    }
  /** With status 101: octets both ways, until either side ends. */
  | {
      readonly kind: 'tunnel';
      readonly chunks: AsyncIterable<Uint8Array>;
      /** Called once, when the head has been written: what the viewer sends from then on. Ends when the viewer ends its side. */
      accept(fromViewer: AsyncIterable<Uint8Array>): void;
      cancel(): void;
    };

export interface BodyDelivery {
  /** Body octets handed to the connection. */
  readonly bodyBytes: Bytes;
  /** False when the viewer left or the body broke off. */
  readonly complete: boolean;
}
