/**
 * One function for Bun.serve's `fetch`, which speaks HTTP/3 for us: read the request, ask the edge, write the answer. An answer that the
 * edge has at once is written at once; no promise is made on that way, which hits take.
 */
import type { EdgeAnswer, ViewerHandler } from '../../../edge/answer.ts';
import type { ListenOptions } from '../listener.ts';
import { NO_VIEWER_BODY, readRequest, viewerBody } from './read-request.ts';
import { writeResponse } from './write-response.ts';

type Fetch = (request: Request, server: Bun.Server<undefined>) => Response | Promise<Response>;

export function answerViewers(handler: ViewerHandler): Fetch {
  return function answerViewer(request, server) {
    const viewerRequest = readRequest(request, server.requestIP(request));
    const body = viewerRequest.body.kind === 'none' ? NO_VIEWER_BODY : viewerBody(request, viewerRequest.body);
    const isHead = viewerRequest.method === 'HEAD';
    const answer = handler.handle(viewerRequest, body, () => request.signal);
    return answer instanceof Promise ? later(request, answer, isHead) : writeResponse(answer, isHead);
  };
}

async function later(request: Request, pending: Promise<EdgeAnswer>, isHead: boolean): Promise<Response> {
  const answer = await pending;
  if (!request.signal.aborted) return writeResponse(answer, isHead);
  // Bun drops an answer to a viewer who has left without a word to its body.
  if (answer.body.kind === 'stream') answer.body.cancel();
  answer.delivered?.({ bodyBytes: 0, complete: false });
  return new Response(null, { status: answer.status });
}

/** Bun's `error` callback: the edge never throws, so this is our own mistake; the viewer gets an empty 500. */
export function answerMistake(report: ListenOptions['report']): (error: unknown) => Response {
  return (error) => {
    report('a request could not be answered', error);
    return new Response(null, { status: 500 });
  };
}
