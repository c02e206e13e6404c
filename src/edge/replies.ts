/**
 * The replies that need nobody else: refusals, redirects, and what the store already has. Replies that wait for an origin are
 * made in fetching/fetches.ts.
 */
import type { CacheOutcome, ErrorDetail } from '../core/outcome.ts';
import type { SignatureRefusal } from '../core/viewer-request/signature/decide-signature.ts';
import { redirectPage } from '../core/viewer-response/error-page.ts';
import type { Fields } from '../http/fields.ts';
import { ERROR_CAUSES, errorCause } from '../tables/error-causes.ts';
import { RETRY_AFTER } from '../tables/capacity.ts';
import { FLOOD, type TraitKind } from '../tables/flood.ts';
import { signatureErrorBody } from '../tables/signature-errors.ts';
import { SECOND, type Bytes } from '../model/units.ts';
import type { OpenObject } from './bodies/open-object.ts';
import type { Reply, ReplyBody } from './visit.ts';

const COME_AGAIN: Fields = [['retry-after', String(RETRY_AFTER / SECOND)]];

/** How long the body is that the viewer gets, as functions are shown it; undefined where nobody knows yet. */
export function shownLength({ body, range, multipart }: Reply & ShownPart): Bytes | undefined {
  if (multipart !== undefined || body.kind === 'tunnel') return undefined;
  if (range !== undefined) return range.last - range.first + 1;
  return body.kind === 'bytes' ? body.bytes.byteLength : body.length;
}

interface ShownPart {
  readonly range?: { readonly first: Bytes; readonly last: Bytes };
  readonly multipart?: unknown;
}

export function refusal(refused: { readonly status: number; readonly detail: ErrorDetail; readonly cause: string }): Reply {
  return {
    status: refused.status,
    // RFC 9110 10.2.3: whoever is refused for the moment is told when to come again.
    fields: refused.status === 503 ? COME_AGAIN : [],
    body: { kind: 'none', length: undefined },
    cache: { kind: 'none' },
    answeredBy: 'edge',
    errorDetail: refused.detail,
    cause: refused.cause,
    // CloudFront: unsafe or invalid requests never get a custom error page (facts 1.1); 403 refusals do.
    customErrorAllowed: refused.status === 403,
  };
}

/** CloudFront: viewers of a country that the distribution does not answer to (facts 10.1). */
export function blockedCountry(refused: Parameters<typeof refusal>[0]): Reply {
  return { ...refusal(refused), cache: { kind: 'none', refused: 'country' } };
}

/** Ours: who is held back in a flood; RFC 6585 4. */
export function heldBack({ kind }: { readonly kind: TraitKind }): Reply {
  const refused = refusal({ status: 429, detail: 'LimitExceeded', cause: ERROR_CAUSES.limitExceeded });
  return {
    ...refused,
    fields: [['retry-after', String(FLOOD.window / SECOND)]],
    cache: { kind: 'none', refused: `flood/${kind}` },
  };
}

/** CloudFront: whose signature is refused gets XML; a custom error page takes its place as that of any 403 (facts 9.6). */
export function unsigned(refused: SignatureRefusal): Reply {
  return {
    status: refused.status,
    fields: [['content-type', 'text/xml']],
    body: { kind: 'bytes', bytes: encoder.encode(signatureErrorBody(refused)) },
    cache: { kind: 'none', refused: `${refused.fault.part}/${refused.fault.reason}` },
    answeredBy: 'edge',
    errorDetail: refused.detail,
  };
}

/** RFC 9111 5.2.1.7. */
export const ONLY_IF_CACHED = { status: 504, detail: 'InvalidRequest', cause: ERROR_CAUSES.onlyIfCached } as const;

/** CloudFront: a host of no distribution, or of a disabled one, gets 403 and never somebody else's content (facts 1.3, 16). */
export function unknownHost(): Reply {
  return refusal({ status: 403, detail: 'InvalidRequest', cause: ERROR_CAUSES.unknownHost });
}

export function redirect(to: { readonly status: 301 | 307; readonly location: string }): Reply {
  const page = redirectPage(to.status, to.location);
  return {
    status: to.status,
    fields: page.fields,
    body: { kind: 'bytes', bytes: encoder.encode(page.body) },
    cache: { kind: 'none' },
    answeredBy: 'edge',
    redirected: true,
    isForFunctions: false,
  };
}

export function replyFromStored(object: OpenObject, cache: CacheOutcome): Reply {
  const { response, body } = object;
  if (response.failure !== undefined) {
    return { ...replyFromFailure(response.status, response.failure), cache, kept: object };
  }
  return {
    status: response.status,
    fields: response.fields,
    body: response.method === 'HEAD' ? { kind: 'none', length: response.bodyLength } : storedBody(body),
    cache,
    answeredBy: 'cache',
    selectable: true,
    kept: object,
  };
}

function storedBody(body: OpenObject['body']): ReplyBody {
  if (body instanceof Uint8Array) return { kind: 'bytes', bytes: body };
  const { length } = body;
  return {
    kind: 'growing',
    length,
    open(first = 0, last = length - 1) {
      const reader = body.read(first, last);
      body.close();
      return reader;
    },
    discard: () => body.close(),
  };
}

/** CloudFront's own page for an origin that failed (facts 8.1, 12), or could not be asked for want of room (facts 1.3). `sentence`: a closer one. */
export function replyFromFailure(status: number, detail: ErrorDetail, sentence?: string): Reply {
  const hasNoRoom = detail === 'CapacityExceeded';
  return {
    status,
    fields: hasNoRoom ? COME_AGAIN : [],
    body: { kind: 'none', length: undefined },
    cache: { kind: 'none' },
    answeredBy: 'edge',
    errorDetail: detail,
    cause: sentence ?? errorCause(status, detail),
    customErrorAllowed: !hasNoRoom,
  };
}

const encoder = new TextEncoder();
