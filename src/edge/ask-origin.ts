/**
 * Whom a request is sent to when the cache cannot answer: the next tier, which at the last tier is the origin itself, or the second
 * origin of a group when the first one fails. Which origin, whether it has failed and with what fields it is asked is decided in
 * core/origin-request; how it is spoken to, in adapters/origin.
 */
import { buildOriginRequest } from '../core/origin-request/build-origin-request.ts';
import { chooseOrigin } from '../core/origin-request/choose-origin.ts';
import { decideFailover, type PrimaryResult } from '../core/origin-request/decide-failover.ts';
import { acceptResponse } from '../core/origin-response/accept-response.ts';
import type { Fields } from '../http/fields.ts';
import type { Origin } from '../model/distribution.ts';
import {
  OriginFailure,
  type AskedOrigin,
  type EdgePorts,
  type OriginResponse,
  type PerhapsAsked,
  type RequestBody,
} from './ports.ts';
import type { OriginLambdas, OriginQuestion } from './lambdas/origin-lambdas.ts';
import { placeFor } from './viewer-place.ts';
import type { MatchedVisit } from './visit.ts';

export interface Asked extends AskedOrigin {
  readonly response: OriginResponse;
}

/** Asks for the visit; `extra` fields (validators) go on top. Rejects with OriginFailure only, which says who was asked. */
export type Ask = (visit: MatchedVisit, extra: Fields, body: RequestBody, signal?: AbortSignal) => Promise<Asked>;

export interface AskPorts extends Pick<EdgePorts, 'geo' | 'viaHost'> {
  readonly origin: EdgePorts['origin'];
  readonly originLambdas: OriginLambdas;
}

export function createAsk({ origin: client, geo, viaHost, originLambdas: lambdas }: AskPorts): Ask {
  return async function ask(visit, extra, body, signal) {
    const chosen = visit.origin ?? chooseOrigin(visit.distribution, visit.behavior, visit.request.method);
    const { primary, secondary } = chosen;
    const first = askOne(visit, primary, extra, body, signal);
    // A body has been read by the time the primary fails, and cannot be sent again.
    if (secondary === undefined || body.kind !== 'none') return concluded(first, { originId: primary.id });
    const failover = decideFailover(chosen, await resultOf(first));
    if (failover === undefined) return concluded(first, { originId: primary.id });
    await first.then(
      ({ cancel }) => cancel(),
      () => undefined,
    );
    return concluded(askOne(visit, secondary, extra, body, signal), { originId: secondary.id, failover });
  };

  /** One origin, asked in its own words. */
  async function askOne(
    visit: MatchedVisit,
    origin: Origin,
    extra: Fields,
    body: RequestBody,
    signal: AbortSignal | undefined,
  ): Promise<OriginResponse> {
    const { distribution, behavior, request, path, requestId, interim } = visit;
    const place = placeFor(behavior.origin, geo, request);
    const built = buildOriginRequest({ distribution, behavior, origin, request, path, requestId, viaHost, place });
    const complete = extra.length === 0 ? built : { ...built, fields: [...built.fields, ...extra] };
    // RFC 9110 15.2. CloudFront passes no interim response on.
    const heard = distribution.semantics === 'rfc9111' ? interim : undefined;
    if (behavior.lambdas === undefined) return send({ origin, request: complete, body });
    return lambdas.ask(visit, behavior.lambdas, { origin, request: complete, body }, send);

    async function send(question: OriginQuestion): Promise<OriginResponse> {
      const target = { ...question.origin, distributionArn: distribution.source.arn, interim: heard };
      const response = await client.send(question.request, target, question.body, signal);
      const acceptance = acceptResponse(question.request.fields, response.head, behavior.cachingDisabled);
      if (acceptance.kind === 'refused') {
        response.cancel();
        throw new OriginFailure(acceptance.status, acceptance.detail, acceptance.cause);
      }
      return response;
    }
  }
}

/** Only who was asked, of a value that says more. */
export function askedOf<Value extends PerhapsAsked>({
  originId,
  failover,
  originTiming,
  generatedBy,
}: Value): Pick<Value, keyof PerhapsAsked> {
  return { originId, failover, originTiming, generatedBy };
}

async function concluded(answer: Promise<OriginResponse>, asked: AskedOrigin): Promise<Asked> {
  try {
    const response = await answer;
    return { response, ...asked, originTiming: response.timing, generatedBy: response.generatedBy };
  } catch (error) {
    if (!(error instanceof OriginFailure)) throw error;
    const { status, detail, message, whileConnecting, sentence } = error;
    throw new OriginFailure(status, detail, message, { cause: error, whileConnecting, asked, sentence });
  }
}

async function resultOf(answer: Promise<OriginResponse>): Promise<PrimaryResult> {
  try {
    return { kind: 'answered', status: (await answer).head.status };
  } catch (error) {
    if (!(error instanceof OriginFailure)) throw error;
    const { status, detail, whileConnecting } = error;
    return { kind: 'failed', status, detail, whileConnecting };
  }
}
