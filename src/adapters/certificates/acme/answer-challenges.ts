/**
 * HTTP-01 (RFC 8555 8.3): a challenge of ours is answered before the edge sees the request, whatever the Host and whatever a
 * distribution would make of it, redirects to HTTPS included. A token that is not ours is the edge's, so that an origin may have
 * certificates of its own validated through it.
 */
import type { EdgeAnswer, ViewerHandler } from '../../../edge/answer.ts';
import type { ChallengeFiles } from './challenge-files.ts';

const PREFIX = '/.well-known/acme-challenge/';

/** For listeners in clear text alone: authorities ask on port 80. */
export function answerChallenges(handler: ViewerHandler, challenges: Pick<ChallengeFiles, 'answerTo'>): ViewerHandler {
  return {
    handle(request, body, leaving, interim) {
      if (request.path.startsWith(PREFIX) && (request.method === 'GET' || request.method === 'HEAD')) {
        const answer = challenges.answerTo(request.path.slice(PREFIX.length));
        if (answer !== undefined) return keyAuthorization(answer);
      }
      return handler.handle(request, body, leaving, interim);
    },
  };
}

function keyAuthorization(answer: string): EdgeAnswer {
  const bytes = new TextEncoder().encode(answer);
  const fields = [
    ['content-type', 'application/octet-stream'],
    ['cache-control', 'no-store'],
  ] as const;
  return { status: 200, fields, body: { kind: 'bytes', bytes } };
}
