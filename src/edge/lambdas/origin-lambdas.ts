/**
 * The steps of Lambda@Edge functions on the origin's side: before an origin is asked, and when it has answered. Each origin that is asked for a
 * request has its own run of them, the second of a group among them. What a function sees and may return is decided in core/lambda-edge; here
 * it is carried out.
 */
import { applyOriginRequest } from '../../core/lambda-edge/apply-lambda-request.ts';
import { applyGenerated, applyLambdaResponse, isResponse } from '../../core/lambda-edge/apply-lambda-response.ts';
import { lambdaEvent, seenByOriginFunction, shownResponseFields, type SeenRequest } from '../../core/lambda-edge/lambda-event.ts';
import type { GivenBody } from '../../core/lambda-edge/lambda-bodies.ts';
import { originConnection } from '../../core/origin-request/connection.ts';
import type { OriginRequest } from '../../core/request.ts';
import { withoutFields, type Fields } from '../../http/fields.ts';
import type { AssociatedLambda, BehaviorLambdas } from '../../model/compile-cache-behavior.ts';
import type { Origin } from '../../model/distribution.ts';
import { LAMBDA_EVENT_LIMITS } from '../../tables/lambda-edge.ts';
import { OriginFailure, type OriginResponse, type RequestBody } from '../ports.ts';
import type { MatchedVisit } from '../visit.ts';
import { bodyOf, octetsOf, once, showBody } from './body-parts.ts';
import { isFailure, type LambdaFailure, type RunLambda } from './run-lambda.ts';

/** What an origin is asked, complete with its custom headers. */
export interface OriginQuestion {
  readonly origin: Origin;
  readonly request: OriginRequest;
  readonly body: RequestBody;
}

export interface OriginLambdas {
  /** Asks as the functions have it; `send` asks the origin. Rejects with OriginFailure. */
  ask(
    visit: MatchedVisit,
    lambdas: BehaviorLambdas,
    question: OriginQuestion,
    send: (question: OriginQuestion) => Promise<OriginResponse>,
  ): Promise<OriginResponse>;
}

export function createOriginLambdas(runLambda: RunLambda): OriginLambdas {
  return {
    async ask(visit, { originRequest, originResponse }, question, send) {
      const asked = originRequest === undefined ? question : await before(visit, originRequest, question);
      if ('head' in asked) return asked;
      const response = await send(asked);
      return originResponse === undefined ? response : after(visit, originResponse, asked, response);
    },
  };

  async function before(
    visit: MatchedVisit,
    lambda: AssociatedLambda,
    question: OriginQuestion,
  ): Promise<OriginQuestion | OriginResponse> {
    const { origin } = question;
    const { scheme } = visit.request;
    const plain = withoutCustom(question);
    const seen = seenByOriginFunction(visit.request, plain, origin.originPath);
    const most = LAMBDA_EVENT_LIMITS['origin-request'].bodyLength;
    const shown = lambda.includeBody ? await showBody(question.body, most) : { shown: undefined, body: question.body };
    if (shown === undefined) throw new OriginFailure(502, 'ClientCommError', 'the body of the request broke off');
    const { body } = shown;
    const event = lambdaEvent({
      eventType: 'origin-request',
      place: visit,
      request: seen,
      origin: { origin, scheme },
      body: shown.shown,
    });
    const concluded = await runLambda(lambda, event, (returned) =>
      isResponse(returned)
        ? applyGenerated(returned, 'origin-request')
        : applyOriginRequest(plain, origin, scheme, seen, returned),
    );
    if (isFailure(concluded)) throw failureOf(concluded);
    if (concluded.kind === 'response') {
      const { status, fields, body: made } = concluded;
      return generated(visit.request.method, status, fields, made);
    }
    const { host, target, fields } = concluded;
    const request = { ...plain, ...originConnection(concluded.origin, scheme), hostname: concluded.origin.domainName };
    return {
      origin: concluded.origin,
      request: { ...request, host, target, fields: withCustom(fields, concluded.origin) },
      body: concluded.body === undefined ? body : bodyOf(octetsOf(concluded.body)),
    };
  }

  async function after(
    visit: MatchedVisit,
    lambda: AssociatedLambda,
    question: OriginQuestion,
    response: OriginResponse,
  ): Promise<OriginResponse> {
    // A tunnel is no response.
    if (response.accept !== undefined) return response;
    const { origin } = question;
    const { head } = response;
    const seen: SeenRequest = seenByOriginFunction(visit.request, withoutCustom(question), origin.originPath);
    const shown = shownResponseFields(head.fields, head.bodyLength);
    const event = lambdaEvent({
      eventType: 'origin-response',
      place: visit,
      request: seen,
      origin: { origin, scheme: visit.request.scheme },
      response: { status: head.status, fields: shown },
    });
    const original = { status: head.status, fields: head.fields, shown };
    const concluded = await runLambda(lambda, event, (returned) =>
      applyLambdaResponse(returned, original, 'origin-response'),
    ).catch((error: unknown) => {
      response.cancel();
      throw error;
    });
    if (isFailure(concluded)) {
      response.cancel();
      throw failureOf(concluded);
    }
    const { status, fields, body } = concluded;
    if (body === undefined) {
      // What HEAD describes is in its fields.
      const described = head.fields.filter(([name]) => name === 'content-length');
      return { ...response, head: { ...head, status, fields: [...fields, ...described] } };
    }
    response.cancel();
    const made = generated(question.request.method, status, fields, body);
    return { head: made.head, body: made.body, cancel: made.cancel, timing: response.timing };
  }
}

/** CloudFront: custom headers are the origin's, and functions find them there. */
function withoutCustom({ origin, request }: OriginQuestion): OriginRequest {
  if (origin.customHeaders.length === 0) return request;
  return { ...request, fields: withoutFields(request.fields, new Set(origin.customHeaders.map(([name]) => name))) };
}

function withCustom(fields: Fields, { customHeaders }: Origin): Fields {
  return [...withoutFields(fields, new Set(customHeaders.map(([name]) => name))), ...customHeaders];
}

const NO_TIME = { dns: 0, connect: 0, firstByte: 0 };

/** As if an origin had sent it. */
function generated(method: string, status: number, fields: Fields, body: GivenBody | undefined): OriginResponse {
  const octets = body === undefined ? new Uint8Array() : octetsOf(body);
  const isHead = method === 'HEAD';
  return {
    head: {
      status,
      fields: isHead ? [...fields, ['content-length', String(octets.byteLength)]] : fields,
      bodyLength: isHead ? 0 : octets.byteLength,
    },
    timing: NO_TIME,
    body: once(isHead ? new Uint8Array() : octets),
    cancel: () => undefined,
    generatedBy: 'lambda',
  };
}

function failureOf({ status, detail, sentence, wrong }: LambdaFailure): OriginFailure {
  return new OriginFailure(status, detail, wrong ?? sentence, { sentence });
}
