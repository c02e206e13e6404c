/**
 * The last step of every visit: the reply becomes the viewer's answer. Error pages, conditionals, ranges, CloudFront's own fields
 * and the access log, in this order. What each of them says is decided in core/viewer-response; here it is carried out.
 */
import { decideConditional, notModifiedFields } from '../core/viewer-response/conditional.ts';
import { decideCustomError } from '../core/viewer-response/custom-error.ts';
import { errorPage } from '../core/viewer-response/error-page.ts';
import { decideRange, partFields, unsatisfiableFields } from '../core/viewer-response/range.ts';
import { viewerFields } from '../core/viewer-response/viewer-fields.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Fields } from '../http/fields.ts';
import type { CustomErrorResponse } from '../model/distribution.ts';
import { MIB, type Bytes, type Duration } from '../model/units.ts';
import type { AnswerBody, EdgeAnswer } from './answer.ts';
import type { AccessLog, Clock } from './ports.ts';
import type { MatchedVisit, Reply, ReplyBody, Visit } from './visit.ts';

/** Ours: a body of known length up to this is sent whole, so that it keeps its Content-Length (design section 2). */
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
  /** Alt-Svc's value for distributions with HTTP/3, or undefined when nothing listens. */
  readonly altSvc: () => string | undefined;
  /** The reply for a custom error page, fetched as a viewer's GET would be. */
  readonly errorPageReply: (visit: MatchedVisit, path: string) => Promise<Reply>;
}

/** What of the reply this viewer gets. */
interface Selected {
  readonly status: number;
  readonly fields: Fields;
  readonly body: ReplyBody;
  readonly range?: { readonly first: Bytes; readonly last: Bytes };
}

export function createFinish(ports: FinishPorts): (visit: Visit, reply: Reply) => EdgeAnswer | Promise<EdgeAnswer> {
  return function finish(visit, reply) {
    if (reply.status >= 400 && reply.customErrorAllowed !== false && visit.distribution !== undefined && visit.behavior !== undefined) {
      const custom = decideCustomError(visit.distribution, reply.status);
      if (custom?.page !== undefined) return withErrorPage(visit as MatchedVisit, reply, custom.page);
    }
    return send(visit, reply);
  };

  /** CloudFront: the page is fetched like any object; if that fails, the viewer gets the page's status (facts 4.4). */
  async function withErrorPage(visit: MatchedVisit, reply: Reply, page: NonNullable<CustomErrorResponse['page']>): Promise<EdgeAnswer> {
    discard(reply.body);
    const fetched = await ports.errorPageReply(visit, page.path);
    const status = fetched.status < 400 ? page.responseCode : fetched.status;
    const answeredBy = fetched.status < 400 ? 'error-page' : fetched.answeredBy;
    return send(visit, { ...fetched, status, answeredBy, cache: reply.cache, errorDetail: reply.errorDetail ?? 'Error', selectable: false });
  }

  function send(visit: Visit, reply: Reply): EdgeAnswer | Promise<EdgeAnswer> {
    const selected = select(visit, withOwnPage(visit, reply));
    const { body } = selected;
    if (body.kind !== 'growing' || visit.request.method === 'HEAD') {
      return answer(visit, reply, selected, immediateBody(visit, selected));
    }
    const length = selected.range === undefined ? body.length : selected.range.last - selected.range.first + 1;
    const reader = body.open(selected.range?.first, selected.range?.last);
    const stream: AnswerBody = { kind: 'stream', length, chunks: reader.chunks, cancel: reader.cancel };
    if (length === undefined || length > BUFFERED_BODY) return answer(visit, reply, selected, stream);
    return gather(reader.chunks, length, reader.cancel).then((gathered) => answer(visit, reply, selected, gathered));
  }

  /** The whole body when it is there in time; else what is there so far and the rest as a stream. */
  async function gather(chunks: AsyncIterable<Uint8Array>, length: Bytes, cancel: () => void): Promise<AnswerBody> {
    const iterator = chunks[Symbol.asyncIterator]();
    const bytes = new Uint8Array(length);
    let filled: Bytes = 0;
    let expire: () => void = () => undefined;
    const patience = new Promise<'late'>((resolve) => {
      expire = () => resolve('late');
    });
    const timer = ports.clock.after(BUFFERING_PATIENCE, () => expire());
    try {
      for (;;) {
        const next = iterator.next();
        const arrived = await Promise.race([next, patience]);
        if (arrived === 'late') return resume(bytes.subarray(0, filled), next, iterator, length, cancel);
        if (arrived.done === true) return { kind: 'bytes', bytes };
        bytes.set(arrived.value, filled);
        filled += arrived.value.byteLength;
      }
    } catch (error) {
      // The origin broke off: the viewer must see a broken response, not a short one.
      return { kind: 'stream', length, chunks: brokenAfter(bytes.subarray(0, filled), error), cancel };
    } finally {
      timer.cancel();
    }
  }

  function answer(visit: Visit, reply: Reply, selected: Selected, body: AnswerBody): EdgeAnswer {
    const outcome: Outcome = {
      requestId: visit.requestId,
      receivedAt: visit.receivedAt,
      distributionId: visit.distribution?.source.id,
      pathPattern: visit.behavior?.source.pathPattern,
      cacheKey: visit.cacheKey,
      cache: reply.cache,
      answeredBy: reply.answeredBy,
      redirected: reply.redirected === true,
      status: selected.status,
      errorDetail: reply.errorDetail,
      originId: reply.originId,
    };
    const now = ports.clock.now();
    const fields = viewerFields({
      base: selected.fields,
      outcome,
      popName: ports.popName,
      viaHost: ports.viaHost,
      now,
      altSvc: visit.distribution?.servesHttp3 === true ? ports.altSvc() : undefined,
      debugHeaders: visit.distribution?.debugHeaders === true,
    });
    const timeToFirstByte = now - visit.receivedAt;
    const record = (bodyBytes: Bytes, complete: boolean): void => {
      const timeTaken = ports.clock.now() - visit.receivedAt;
      ports.log.write(visit.request, outcome, { bodyBytes, timeToFirstByte, timeTaken, complete });
    };
    if (body.kind === 'stream') {
      return { status: selected.status, fields, body, delivered: (delivery) => record(delivery.bodyBytes, delivery.complete) };
    }
    record(body.kind === 'bytes' ? body.bytes.byteLength : 0, true);
    return { status: selected.status, fields, body };
  }
}

/** Errors of our own making carry our page, made for this request. */
function withOwnPage(visit: Visit, reply: Reply): Reply {
  if (reply.cause === undefined) return reply;
  const page = errorPage({ status: reply.status, cause: reply.cause, requestId: visit.requestId });
  return { ...reply, fields: page.fields, body: { kind: 'bytes', bytes: encoder.encode(page.body) } };
}

/** Conditionals first, then ranges. RFC 9110 13.2.2. */
function select(visit: Visit, reply: Reply): Selected {
  const { request } = visit;
  if (reply.selectable !== true || (request.method !== 'GET' && request.method !== 'HEAD')) return reply;
  const conditional = decideConditional(request.fields, reply);
  if (conditional === 304) {
    discard(reply.body);
    return { status: 304, fields: notModifiedFields(reply.fields), body: { kind: 'none', length: undefined } };
  }
  if (conditional === 412) {
    discard(reply.body);
    return { status: 412, fields: [], body: { kind: 'none', length: undefined } };
  }
  const length = bodyLength(reply.body);
  if (request.method !== 'GET' || length === undefined) return reply;
  const range = decideRange(request.fields, reply.status, reply.fields, length);
  if (range.kind === 'whole') return reply;
  if (range.kind === 'unsatisfiable') {
    discard(reply.body);
    return { status: 416, fields: unsatisfiableFields(length), body: { kind: 'none', length: undefined } };
  }
  return { status: 206, fields: partFields(reply.fields, range, length), body: reply.body, range };
}

function bodyLength(body: ReplyBody): Bytes | undefined {
  return body.kind === 'bytes' ? body.bytes.byteLength : body.length;
}

function discard(body: ReplyBody): void {
  if (body.kind === 'growing') body.discard();
}

function immediateBody(visit: Visit, selected: Selected): AnswerBody {
  const { body } = selected;
  if (visit.request.method === 'HEAD' || body.kind === 'growing') {
    discard(body);
    return { kind: 'none', length: bodyLength(body) };
  }
  if (body.kind === 'none') return body;
  const { range } = selected;
  return { kind: 'bytes', bytes: range === undefined ? body.bytes : body.bytes.subarray(range.first, range.last + 1) };
}

async function* brokenAfter(bytes: Uint8Array, error: unknown): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
  throw error;
}

function resume(
  before: Uint8Array,
  pending: Promise<IteratorResult<Uint8Array>>,
  iterator: AsyncIterator<Uint8Array>,
  length: Bytes,
  cancel: () => void,
): AnswerBody {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    if (before.byteLength > 0) yield before;
    for (let next = await pending; next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { kind: 'stream', length, chunks: chunks(), cancel };
}

const encoder = new TextEncoder();
