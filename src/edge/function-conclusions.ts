/**
 * What follows from a function's run: the request goes on, changed or not; the viewer is answered; or the function has failed. What it may
 * return is judged in core/; here the judgement becomes a reply. Asked by the steps of a request (functions.ts) and by whoever only looks
 * (inspect.ts).
 */
import type { ChosenOrigin } from '../core/origin-request/choose-origin.ts';
import { overrideOrigin } from '../core/origin-request/override-origin.ts';
import type { ErrorDetail } from '../core/outcome.ts';
import type { ViewerRequest } from '../core/request.ts';
import { applyFunctionRequest } from '../core/viewer-request/apply-function-request.ts';
import type { FunctionEvent, FunctionResponse } from '../core/viewer-request/function-event.ts';
import type { FunctionEnding, FunctionFailure } from '../core/viewer-request/function-run.ts';
import type { FunctionFault } from '../core/viewer-request/function-values.ts';
import {
  applyFunctionResponse,
  type ChangedResponse,
  type FunctionBody,
} from '../core/viewer-response/apply-function-response.ts';
import { ERROR_CAUSES } from '../tables/error-causes.ts';
import { discard } from './bodies/discard.ts';
import type { MatchedVisit, Reply, ReplyBody } from './visit.ts';

/** What follows, and why an error answers where one does. */
interface Concluded {
  readonly failure?: FunctionFailure | undefined;
}

export type RequestConclusion = Concluded &
  (
    | { readonly kind: 'unchanged' }
    | { readonly kind: 'changed'; readonly request: ViewerRequest; readonly origin: ChosenOrigin | undefined }
    /** By the function, or with an error in its place. */
    | { readonly kind: 'answered'; readonly reply: Reply }
  );

export function concludeRequest(
  { distribution, behavior, request }: Pick<MatchedVisit, 'distribution' | 'behavior' | 'request'>,
  event: FunctionEvent,
  ending: FunctionEnding,
): RequestConclusion {
  if (ending.kind === 'response') return { kind: 'answered', ...generated(ending.changed) };
  if (ending.kind !== 'request') return { kind: 'answered', ...unsuccessful(ending) };
  const { changed } = ending;
  if (Object.keys(changed).length === 0) return { kind: 'unchanged' };
  const applied = applyFunctionRequest(request, event, changed);
  if (applied.kind === 'invalid') return { kind: 'answered', ...invalid(applied.fault) };
  if (changed.origin === undefined) return { kind: 'changed', request: applied.request, origin: undefined };
  const overridden = overrideOrigin(distribution, behavior, applied.request, changed.origin);
  if (overridden.kind === 'invalid') return { kind: 'answered', ...invalid(overridden.fault) };
  return { kind: 'changed', request: applied.request, origin: overridden.chosen };
}

interface ReplyConclusion<R> extends Concluded {
  readonly reply: R;
}

/** `original` is what the function got to see of the reply. */
export function concludeResponse<R extends Reply>(
  reply: R,
  original: FunctionResponse,
  ending: FunctionEnding,
): ReplyConclusion<R> {
  const instead = ({ reply: error, failure }: ReplyConclusion<Reply>): ReplyConclusion<R> => ({
    reply: failedReply(reply, error),
    failure,
  });
  if (ending.kind === 'request') {
    return instead(invalid({ isHeader: false, message: 'a viewer-response function must return a response' }));
  }
  if (ending.kind !== 'response') return instead(unsuccessful(ending));
  if (Object.keys(ending.changed).length === 0) return { reply };
  const applied = applyFunctionResponse(ending.changed, original, reply.fields);
  if (applied.kind === 'invalid') return instead(invalid(applied.fault));
  const { status, statusDescription, fields, body } = applied;
  if (body === undefined) return { reply: { ...reply, status, statusDescription, fields } };
  discard(reply.body);
  const changed = { status, statusDescription, fields, body: bodyOf(body) };
  return { reply: { ...reply, ...changed, range: undefined, multipart: undefined } };
}

/** The function is not there. */
export function couldNotRun(): Reply {
  return errorReply('FunctionExecutionError', ERROR_CAUSES.functionFailed);
}

/** The error in place of a reply that is dropped; what the cache did stays told. */
export function failedReply<R extends Reply>(reply: R, error: Reply): R {
  discard(reply.body);
  return { ...reply, ...error, range: undefined, multipart: undefined, cache: reply.cache };
}

function generated(changed: ChangedResponse): ReplyConclusion<Reply> {
  const applied = applyFunctionResponse(changed);
  if (applied.kind === 'invalid') return invalid(applied.fault);
  const { status, statusDescription, fields, body } = applied;
  return {
    reply: {
      status,
      statusDescription,
      fields,
      body: body === undefined ? { kind: 'bytes', bytes: new Uint8Array() } : bodyOf(body),
      cache: { kind: 'none' },
      answeredBy: 'function',
      // CloudFront: no custom error page and no viewer-response function for what a function generates.
      customErrorAllowed: false,
      isForFunctions: false,
    },
  };
}

function unsuccessful(ending: Exclude<FunctionEnding, { kind: 'request' | 'response' }>): ReplyConclusion<Reply> {
  switch (ending.kind) {
    case 'nothing':
      return invalid({ isHeader: false, message: `the handler returned ${ending.returned} instead of a request or a response` });
    case 'throttled':
      return failed('FunctionThrottledError', ERROR_CAUSES.functionThrottled);
    case 'failed':
      return failed('FunctionExecutionError', ERROR_CAUSES.functionFailed, ending.message);
  }
}

function invalid({ isHeader, message }: FunctionFault): ReplyConclusion<Reply> {
  return failed('FunctionValidationError', isHeader ? ERROR_CAUSES.functionHeader : ERROR_CAUSES.functionInvalid, message);
}

function failed(result: ErrorDetail, cause: string, wrong?: string): ReplyConclusion<Reply> {
  return { reply: errorReply(result, cause), failure: { result, wrong } };
}

function errorReply(errorDetail: ErrorDetail, cause: string): Reply {
  return {
    status: errorDetail === 'FunctionValidationError' ? 502 : 503,
    fields: [],
    body: { kind: 'none', length: undefined },
    cache: { kind: 'none' },
    answeredBy: 'edge',
    errorDetail,
    cause,
    customErrorAllowed: false,
    isForFunctions: false,
  };
}

function bodyOf({ encoding, data }: FunctionBody): ReplyBody {
  return { kind: 'bytes', bytes: encoding === 'base64' ? Uint8Array.fromBase64(data) : new TextEncoder().encode(data) };
}
