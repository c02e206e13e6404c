/**
 * One function for Bun.serve's `fetch`: read the request, ask the edge, write the answer. An answer that the edge has at once is
 * written at once; no promise is made on that way, which hits take.
 */
import type { EdgeAnswer, ViewerHandler } from '../../edge/answer.ts';
import { MIB, type Bytes } from '../../model/units.ts';
import type { ListenOptions } from './listener.ts';
import { NO_VIEWER_BODY, readRequest, viewerBody, type Protocol, type ViewerBody } from './read-request.ts';
import { writeResponse } from './write-response.ts';

/**
 * Ours: an unread body up to this size is taken in before the answer leaves. Bun resets the HTTP/2 stream of an answer that
 * overtakes its request's body, and curl before 8.0 then drops the answer.
 */
const DRAINED_BODY: Bytes = MIB;

type Fetch = (request: Request, server: Bun.Server<undefined>) => Response | Promise<Response>;

export function answerViewers(handler: ViewerHandler, protocol: Protocol): Fetch {
  const failureIsSeen = protocol.httpVersion !== '3.0';
  const overtaking = protocol.httpVersion === undefined;

  return function answerViewer(request, server) {
    const viewerRequest = readRequest(request, server.requestIP(request), protocol);
    const viewer = viewerRequest.body.kind === 'none' ? NO_VIEWER_BODY : viewerBody(request, viewerRequest.body);
    const isHead = viewerRequest.method === 'HEAD';
    const answer = handler.handle(viewerRequest, viewer.body, () => request.signal);
    if (answer instanceof Promise || (overtaking && viewer.isUntouched())) return later(request, viewer, answer, isHead);
    return writeResponse(answer, { isHead, failureIsSeen });
  };

  async function later(
    request: Request,
    viewer: ViewerBody,
    pending: EdgeAnswer | Promise<EdgeAnswer>,
    isHead: boolean,
  ): Promise<Response> {
    const answer = await pending;
    if (overtaking && viewer.isUntouched()) await drain(viewer);
    if (request.signal.aborted) {
      // Bun drops an answer to a viewer who has left without a word to its body.
      if (answer.body.kind === 'stream') answer.body.cancel();
      answer.delivered?.({ bodyBytes: 0, complete: false });
      return new Response(null, { status: answer.status });
    }
    return writeResponse(answer, { isHead, failureIsSeen });
  }
}

async function drain({ body }: ViewerBody): Promise<void> {
  if (body.kind === 'none' || (body.length !== undefined && body.length > DRAINED_BODY)) return;
  let read: Bytes = 0;
  try {
    for await (const chunk of body.chunks) {
      read += chunk.byteLength;
      if (read > DRAINED_BODY) return;
    }
  } catch {
    // The viewer left mid-body; the aborted signal says so to whoever must know.
  }
}

/** Bun's `error` callback: the edge never throws, so this is our own mistake; the viewer gets an empty 500. */
export function answerMistake(report: ListenOptions['report']): (error: unknown) => Response {
  return (error) => {
    report('a request could not be answered', error);
    return new Response(null, { status: 500 });
  };
}
