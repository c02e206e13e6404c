/**
 * The last step of every visit: the reply becomes the viewer's answer. Error pages, conditionals, ranges, CloudFront's own fields
 * and the access log, in this order. What each of them says is decided in core/viewer-response; here it is carried out.
 */
import { cacheRules } from '../core/cache/cache-rules.ts';
import { notModifiedFields } from '../core/viewer-response/conditional.ts';
import { decideCustomError, type CustomErrorPage } from '../core/viewer-response/custom-error.ts';
import { errorPage } from '../core/viewer-response/error-page.ts';
import { multipartFields, multipartRanges, type MultipartRanges } from '../core/viewer-response/multipart-ranges.ts';
import { decideRange, partFields, unsatisfiableFields } from '../core/viewer-response/range.ts';
import { applyResponseHeadersPolicy, type PolicyApplied } from '../core/viewer-response/response-headers-policy.ts';
import { viewerFields } from '../core/viewer-response/viewer-fields.ts';
import type { Delivery, Outcome } from '../core/outcome.ts';
import type { Fields } from '../http/fields.ts';
import { ERROR_CAUSES } from '../tables/error-causes.ts';
import { REDIRECTS_TO_HTTPS_TAKE_POLICY } from '../model/assumptions.ts';
import { MIB, type Bytes, type Duration } from '../model/units.ts';
import type { AnswerBody, BodyDelivery, EdgeAnswer } from './answer.ts';
import { discard } from './bodies/discard.ts';
import { gather } from './bodies/gather.ts';
import type { BodyReader } from './bodies/growing-body.ts';
import { readMultipart } from './bodies/multipart-body.ts';
import type { FunctionSteps } from './functions.ts';
import type { LambdaSteps } from './lambdas/lambda-steps.ts';
import type { AccessLog, Clock } from './ports.ts';
import type { MatchedVisit, Reply, ReplyBody, Visit } from './visit.ts';

/** Ours: over HTTP/3, a body of known length up to this is sent whole, so that it keeps its Content-Length (docs/guides/limits.md). */
const BUFFERED_BODY: Bytes = MIB;
/** Ours: how long such a body may take before it is streamed after all. */
const BUFFERING_PATIENCE: Duration = 100;

export interface FinishPorts {
  readonly clock: Clock;
  readonly log: AccessLog;
  /** X-Amz-Cf-Pop. */
  readonly popName: string;
  /** The host in Via: `<32 hex>.cloudfront.net`. */
  readonly viaHost: string;
  /** From 0 to 1, 1 excluded: which responses a sampled policy counts. */
  readonly random: () => number;
  /** Alt-Svc's value for distributions with HTTP/3, or undefined when nothing listens. */
  readonly altSvc: () => string | undefined;
  /** The reply for a custom error page, fetched as a viewer's GET would be. */
  readonly errorPageReply: (visit: MatchedVisit, path: string, error: Reply) => Promise<Reply>;
  /** What the cache behavior's function on viewer responses makes of the reply. */
  readonly functionSteps: Pick<FunctionSteps, 'viewerResponse'>;
  readonly lambdaSteps: Pick<LambdaSteps, 'viewerResponse'>;
}

interface Selected extends Reply {
  /** Both inclusive. */
  readonly range?: { readonly first: Bytes; readonly last: Bytes };
  /** Several ranges. */
  readonly multipart?: MultipartRanges;
}

export function createFinish(ports: FinishPorts): (visit: Visit, reply: Reply) => EdgeAnswer | Promise<EdgeAnswer> {
  return function finish(visit, reply) {
    const selected = select(visit, reply);
    if (selected.status >= 400 && reply.customErrorAllowed !== false && isMatched(visit)) {
      const custom = decideCustomError(visit.distribution, selected.status);
      if (custom !== undefined) return withErrorPage(visit, selected, custom.page);
    }
    return send(visit, selected);
  };

  /** CloudFront: the page is fetched like any object; if that fails, the viewer gets the page's status (facts 4.4). */
  async function withErrorPage(visit: MatchedVisit, reply: Reply, page: CustomErrorPage['page']): Promise<EdgeAnswer> {
    discard(reply.body);
    const fetched = await ports.errorPageReply(visit, page.path, reply);
    // The log tells of the error, not of the page: what the cache did, who sent it, why.
    const { cache, originId, failover, originTiming, errorDetail = 'Error' } = reply;
    const told = { ...fetched, cache, originId, failover, originTiming, errorDetail };
    return write(visit, fetched.status >= 400 ? told : { ...told, status: page.responseCode, answeredBy: 'error-page' });
  }

  /** CloudFront: a viewer-response function is not run for errors, nor for the pages that stand for them (facts 1.1). */
  function send(visit: Visit, reply: Selected): EdgeAnswer | Promise<EdgeAnswer> {
    const lambda = visit.behavior?.lambdas?.viewerResponse;
    if (lambda !== undefined && reply.status < 400 && reply.isForFunctions !== false && isMatched(visit))
      return ports.lambdaSteps.viewerResponse(visit, lambda, reply).then((settled) => write(visit, settled));
    const code = visit.behavior?.functions?.viewerResponse;
    if (code === undefined || reply.status >= 400 || reply.isForFunctions === false || !isMatched(visit))
      return write(visit, reply);
    const changed = ports.functionSteps.viewerResponse(visit, code, reply);
    return changed instanceof Promise ? changed.then((settled) => write(visit, settled)) : write(visit, changed);
  }

  function write(visit: Visit, reply: Selected): EdgeAnswer | Promise<EdgeAnswer> {
    const complete = withOwnPage(visit, reply);
    const { body, range, multipart } = complete;
    if (body.kind === 'tunnel') {
      // A function may have made another answer of it: then there is no tunnel.
      return complete.status === 101
        ? answerTunnel(visit, complete, body)
        : answer(visit, complete, immediateBody(visit, complete));
    }
    if (multipart !== undefined && body.kind !== 'none') {
      return sendRead(visit, complete, readMultipart(body, multipart), multipart.length);
    }
    if (body.kind !== 'growing' || visit.request.method === 'HEAD')
      return answer(visit, complete, immediateBody(visit, complete));
    const length = range === undefined ? body.length : range.last - range.first + 1;
    return sendRead(visit, complete, body.open(range?.first, range?.last), length);
  }

  function sendRead(
    visit: Visit,
    complete: Selected,
    reader: BodyReader,
    length: Bytes | undefined,
  ): EdgeAnswer | Promise<EdgeAnswer> {
    const keepsLength = visit.request.httpVersion !== '3.0';
    if (keepsLength || length === undefined || length > BUFFERED_BODY) {
      return answer(visit, complete, { kind: 'stream', length, chunks: reader.chunks, cancel: reader.cancel });
    }
    return gather(reader, length, ports.clock, BUFFERING_PATIENCE).then((gathered) => answer(visit, complete, gathered));
  }

  /** What the viewer sends through it is counted on the way, for the log line that its end writes. */
  function answerTunnel(visit: Visit, reply: Selected, tunnel: Extract<ReplyBody, { kind: 'tunnel' }>): EdgeAnswer {
    const received = { bytes: 0 };
    const accept = (fromViewer: AsyncIterable<Uint8Array>): void => tunnel.accept(counted(fromViewer, received));
    const body = { kind: 'tunnel', chunks: tunnel.chunks, accept, cancel: () => tunnel.discard() } as const;
    return answer(visit, reply, body, () => received.bytes);
  }

  function answer(visit: Visit, reply: Selected, body: AnswerBody, receivedBytes?: () => Bytes): EdgeAnswer {
    const outcome: Outcome = {
      requestId: visit.requestId,
      receivedAt: visit.receivedAt,
      distributionId: visit.distribution?.source.id,
      primaryDistributionId: visit.deployment?.primaryDistributionId,
      pathPattern: visit.behavior?.source.pathPattern,
      cacheKey: visit.cacheKey,
      cache: reply.cache,
      answeredBy: reply.answeredBy,
      redirected: reply.redirected === true,
      status: reply.status,
      errorDetail: reply.errorDetail,
      originId: reply.originId,
      failover: reply.failover,
      fieldEncryption: visit.fieldEncryption,
      originTiming: reply.originTiming,
    };
    const now = ports.clock.now();
    const timeToFirstByte = now - visit.receivedAt;
    const policy = policyApplied(visit, reply, outcome, timeToFirstByte);
    const { shared, edge, own } = viewerFields({
      base: policy?.base ?? reply.fields,
      policy,
      outcome,
      popName: ports.popName,
      viaHost: ports.viaHost,
      now,
      altSvc: visit.distribution?.http3 === true ? ports.altSvc() : undefined,
      debugHeaders: visit.distribution?.debugHeaders === true,
      sessionCookie: visit.deployment?.setCookie,
    });
    const { statusDescription } = reply;
    const contentLength = lengthOf(body);
    const responseFields = [shared, edge, own] as const;
    const isAwaited = body.kind === 'bytes' && reply.body.kind === 'bytes' && reply.body.isAwaited === true;
    if (body.kind === 'stream' || body.kind === 'tunnel' || isAwaited) {
      const described = { timeToFirstByte, responseFields, contentLength };
      const delivered = recordLater(visit, outcome, described, body.kind === 'tunnel', receivedBytes);
      return { status: reply.status, statusDescription, fields: shared, edgeFields: edge, ownFields: own, body, delivered };
    }
    // What is all there takes no time to hand over.
    ports.log.write(visit.asked, outcome, {
      bodyBytes: body.kind === 'bytes' ? body.bytes.byteLength : 0,
      receivedBytes: undefined,
      timeToFirstByte,
      timeTaken: timeToFirstByte,
      complete: true,
      responseFields,
      contentLength,
    });
    return { status: reply.status, statusDescription, fields: shared, edgeFields: edge, ownFields: own, body };
  }

  function recordLater(
    visit: Visit,
    outcome: Outcome,
    described: Pick<Delivery, 'timeToFirstByte' | 'responseFields' | 'contentLength'>,
    isTunnel: boolean,
    receivedBytes: (() => Bytes) | undefined,
  ): (delivery: BodyDelivery) => void {
    return ({ bodyBytes, complete }) => {
      const timeTaken = ports.clock.now() - visit.receivedAt;
      // CloudFront: however a WebSocket ends, the result is Miss (facts 10.2).
      const delivery = { bodyBytes, receivedBytes: receivedBytes?.(), timeTaken, complete: isTunnel || complete, ...described };
      ports.log.write(visit.asked, outcome, delivery);
    };
  }

  /** Ours: an error page takes the policy of the cache behavior that the viewer's request matched, not of the one it was fetched by. */
  function policyApplied(visit: Visit, reply: Reply, outcome: Outcome, timeToFirstByte: Duration): PolicyApplied | undefined {
    const policy = visit.behavior?.responseHeaders;
    if (policy === undefined || (outcome.redirected && !REDIRECTS_TO_HTTPS_TAKE_POLICY)) return undefined;
    const { request } = visit;
    const { popName } = ports;
    return applyResponseHeadersPolicy({
      policy,
      request,
      base: reply.fields,
      outcome,
      popName,
      timeToFirstByte,
      draw: ports.random(),
    });
  }
}

function lengthOf(body: AnswerBody): Bytes | undefined {
  if (body.kind === 'bytes') return body.bytes.byteLength;
  return body.kind === 'tunnel' ? undefined : body.length;
}

/** Errors of our own making carry our page, made for this request. */
function withOwnPage(visit: Visit, reply: Selected): Selected {
  if (reply.cause === undefined) return reply;
  const page = errorPage({ status: reply.status, cause: reply.cause, requestId: visit.requestId });
  return { ...reply, fields: [...page.fields, ...reply.fields], body: { kind: 'bytes', bytes: encoder.encode(page.body) } };
}

/** What of the reply this viewer gets: conditions first, then the range. RFC 9110 13.2.2. */
function select(visit: Visit, reply: Reply): Selected {
  const { request } = visit;
  if (reply.selectable !== true || !isMatched(visit) || (request.method !== 'GET' && request.method !== 'HEAD')) return reply;
  const { distribution, behavior, receivedAt } = visit;
  const conditional = cacheRules(distribution).decideConditional(request.fields, reply, receivedAt, behavior.forwardsCookies);
  if (conditional === 304) return instead(reply, 304, notModifiedFields(reply.fields));
  if (conditional === 412) return instead(reply, 412, [], ERROR_CAUSES.preconditionFailed);
  const length = bodyLength(reply.body);
  if (request.method !== 'GET' || length === undefined || reply.rangeIgnored === true) return reply;
  const range = decideRange(request.fields, reply.status, reply.fields, length);
  if (range.kind === 'whole') return reply;
  if (range.kind === 'unsatisfiable') return instead(reply, 416, unsatisfiableFields(length), ERROR_CAUSES.rangeNotSatisfiable);
  if (range.kind === 'part') return { ...reply, status: 206, fields: partFields(reply.fields, range, length), range };
  const multipart = multipartRanges(reply.fields, range.ranges, length, visit.requestId);
  return { ...reply, status: 206, fields: multipartFields(reply.fields, multipart), multipart };
}

function instead(reply: Reply, status: number, fields: Fields, cause?: string): Selected {
  discard(reply.body);
  return { ...reply, status, fields, body: { kind: 'none', length: undefined }, cause };
}

function isMatched(visit: Visit): visit is MatchedVisit {
  return visit.distribution !== undefined && visit.behavior !== undefined;
}

function bodyLength(body: ReplyBody): Bytes | undefined {
  if (body.kind === 'tunnel') return undefined;
  return body.kind === 'bytes' ? body.bytes.byteLength : body.length;
}

/** Counts what is read; whoever leaves is heard at once, even while a chunk is waited for. */
function counted(chunks: AsyncIterable<Uint8Array>, total: { bytes: Bytes }): AsyncIterable<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    const step = await iterator.next();
    if (step.done !== true) total.bytes += step.value.byteLength;
    return step;
  };
  return { [Symbol.asyncIterator]: () => ({ ...(iterator.return && { return: iterator.return.bind(iterator) }), next }) };
}

function immediateBody(visit: Visit, { body, range }: Selected): AnswerBody {
  if (visit.request.method === 'HEAD' || body.kind === 'growing' || body.kind === 'tunnel') {
    discard(body);
    return { kind: 'none', length: bodyLength(body) };
  }
  if (body.kind === 'none' || range === undefined) return body;
  return { kind: 'bytes', bytes: body.bytes.subarray(range.first, range.last + 1) };
}

const encoder = new TextEncoder();
