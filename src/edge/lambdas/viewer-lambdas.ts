/**
 * The steps of Lambda@Edge functions on the viewer's side: before the cache is asked, and before the viewer is answered. What a function sees
 * and may return is decided in core/lambda-edge; here it is carried out.
 */
import {
  applyGenerated,
  applyLambdaResponse,
  isResponse,
  type AppliedLambdaResponse,
} from '../../core/lambda-edge/apply-lambda-response.ts';
import { applyViewerRequest, type AppliedViewerRequest } from '../../core/lambda-edge/apply-lambda-request.ts';
import { lambdaEvent, seenByViewerFunction, shownResponseFields, type SeenRequest } from '../../core/lambda-edge/lambda-event.ts';
import type { ViewerRequest } from '../../core/request.ts';
import { requestedPath } from '../../core/viewer-request/root-object.ts';
import type { AssociatedLambda } from '../../model/compile-cache-behavior.ts';
import type { JsonObject } from '../../model/json-object.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import { LAMBDA_EVENT_LIMITS } from '../../tables/lambda-edge.ts';
import { discard } from '../bodies/discard.ts';
import { refusal, replyFromFailure, shownLength } from '../replies.ts';
import type { MatchedVisit, Reply } from '../visit.ts';
import { bodyOf, octetsOf, showBody } from './body-parts.ts';
import { isFailure, type LambdaFailure, type RunLambda } from './run-lambda.ts';

const { bodyLength: BODY_LENGTH } = LAMBDA_EVENT_LIMITS['viewer-request'];

export interface ViewerLambdas {
  /** The reply, where the function answers or fails; undefined where the request goes on, changed or not. */
  viewerRequest(visit: MatchedVisit, lambda: AssociatedLambda): Promise<Reply | undefined>;
  viewerResponse<R extends Reply>(visit: MatchedVisit, lambda: AssociatedLambda, reply: R): Promise<R>;
}

export function createViewerLambdas(runLambda: RunLambda): ViewerLambdas {
  return {
    async viewerRequest(visit, lambda) {
      const { request } = visit;
      const seen = seenByViewerFunction(request, request.path);
      const shown = lambda.includeBody ? await showBody(visit.body, BODY_LENGTH) : { shown: undefined, body: visit.body };
      if (shown === undefined) return refusal({ status: 400, detail: 'ClientCommError', cause: ERROR_CAUSES.badRequest });
      visit.body = shown.body;
      const event = lambdaEvent({ eventType: 'viewer-request', place: visit, request: seen, body: shown.shown });
      const concluded = await runLambda(lambda, event, concludeViewerRequest(request, seen));
      if (isFailure(concluded)) return failedFor(concluded);
      if (concluded.kind === 'response') return generatedReply(concluded);
      visit.request = concluded.request;
      visit.path = requestedPath(visit.distribution, concluded.request.path);
      if (concluded.body !== undefined) replaceBody(visit, octetsOf(concluded.body));
      return undefined;
    },
    async viewerResponse(visit, lambda, reply) {
      const shown = shownResponseFields(reply.fields, shownLength(reply));
      const response = { status: reply.status, fields: shown };
      const seen = seenByViewerFunction(visit.request, visit.request.path);
      const event = lambdaEvent({ eventType: 'viewer-response', place: visit, request: seen, response });
      const original = { status: reply.status, fields: reply.fields, shown };
      const concluded = await runLambda(lambda, event, (returned) => applyLambdaResponse(returned, original, 'viewer-response'));
      if (isFailure(concluded)) {
        discard(reply.body);
        return { ...reply, ...failedFor(concluded), range: undefined, multipart: undefined, cache: reply.cache };
      }
      const { status, statusDescription, fields, body } = concluded;
      if (body === undefined) return { ...reply, status, statusDescription, fields };
      discard(reply.body);
      const changed = { status, statusDescription, fields, body: { kind: 'bytes', bytes: octetsOf(body) } } as const;
      return { ...reply, ...changed, range: undefined, multipart: undefined };
    },
  };
}

/** What follows from what a function on viewer requests returned. */
export function concludeViewerRequest(
  request: ViewerRequest,
  seen: SeenRequest,
): (returned: JsonObject) => AppliedLambdaResponse | AppliedViewerRequest {
  return (returned) =>
    isResponse(returned) ? applyGenerated(returned, 'viewer-request') : applyViewerRequest(request, seen, returned);
}

function replaceBody(visit: MatchedVisit, octets: Uint8Array): void {
  visit.body = bodyOf(octets);
  visit.request = { ...visit.request, body: { kind: 'length', length: octets.byteLength } };
}

function generatedReply({
  status,
  statusDescription,
  fields,
  body,
}: Extract<AppliedLambdaResponse, { kind: 'response' }>): Reply {
  return {
    status,
    statusDescription,
    fields,
    body: { kind: 'bytes', bytes: body === undefined ? new Uint8Array() : octetsOf(body) },
    cache: { kind: 'none' },
    answeredBy: 'lambda',
    // CloudFront: no custom error page and no function on the viewer's response for what one on its request generates.
    customErrorAllowed: false,
    isForFunctions: false,
  };
}

function failedFor({ status, detail, sentence }: LambdaFailure): Reply {
  return { ...replyFromFailure(status, detail, sentence), customErrorAllowed: false, isForFunctions: false };
}
