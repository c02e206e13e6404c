/**
 * Whom a request is sent to when the cache cannot answer: the next tier, which at the last tier is the origin itself.
 * Which origin and with what fields is decided in core/origin-request; how it is spoken to, in adapters/origin.
 */
import { buildOriginRequest } from '../core/origin-request/build-origin-request.ts';
import { chooseOrigin } from '../core/origin-request/choose-origin.ts';
import { acceptResponse } from '../core/origin-response/accept-response.ts';
import type { Fields } from '../http/fields.ts';
import { OriginFailure, type OriginClient, type OriginResponse, type RequestBody } from './ports.ts';
import type { MatchedVisit } from './visit.ts';

export interface Asked {
  readonly response: OriginResponse;
  readonly originId: string;
}

/** Asks for the visit; `extra` fields (validators) go on top. Rejects with OriginFailure only. */
export type Ask = (visit: MatchedVisit, extra: Fields, body: RequestBody, signal?: AbortSignal) => Promise<Asked>;

export function createAsk({ origin, viaHost }: { readonly origin: OriginClient; readonly viaHost: string }): Ask {
  return async function ask(visit, extra, body, signal) {
    const { distribution, behavior, request, path, requestId } = visit;
    const chosen = chooseOrigin(distribution, behavior, request.method).primary;
    const built = buildOriginRequest({ distribution, behavior, origin: chosen, request, path, requestId, viaHost });
    const complete = extra.length === 0 ? built : { ...built, fields: [...built.fields, ...extra] };
    const target = { ...chosen, distributionArn: distribution.source.arn };
    const response = await origin.send(complete, target, body, signal);
    const acceptance = acceptResponse(complete.fields, response.head, behavior.cachingDisabled);
    if (acceptance.kind === 'refused') {
      response.cancel();
      throw new OriginFailure(acceptance.status, acceptance.detail, acceptance.cause);
    }
    return { response, originId: chosen.id };
  };
}
