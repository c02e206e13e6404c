/**
 * The CORS part of a response headers policy: which Access-Control fields this viewer's response gets. Facts 11.2; Fetch 3.2 for what
 * browsers make of them. Patterns are compiled in model/compile-response-headers-policy.ts; whether a preflight is answered at all is
 * the origin's business: the policy only adds fields to its answer.
 */
import { fieldValue, type Field, type Fields } from '../../http/fields.ts';
import { isToken, listMembers } from '../../http/token.ts';
import { CORS_RESPONSES_VARY_BY_ORIGIN } from '../../model/assumptions.ts';
import type { CompiledCors } from '../../model/compile-response-headers-policy.ts';
import type { ViewerRequest } from '../request.ts';

export type Cors =
  | {
      readonly kind: 'apply';
      /** To replace what the response has of the same names. */
      readonly fields: Fields;
      /** Another Origin would have got another answer. */
      readonly variesByOrigin: boolean;
    }
  | {
      readonly kind: 'leave';
      readonly reason: 'no-origin' | 'origin-not-allowed' | 'origin-decides';
      readonly variesByOrigin: boolean;
    };

/** `fields`: of the response, after the policy's removals. */
export function decideCors(cors: CompiledCors, request: Pick<ViewerRequest, 'method' | 'fields'>, fields: Fields): Cors {
  // CloudFront: without override any CORS header of the origin keeps the whole block out.
  if (!cors.override && fields.some(([name]) => name.startsWith('access-control-'))) {
    return { kind: 'leave', reason: 'origin-decides', variesByOrigin: false };
  }
  const origin = fieldValue(request.fields, 'origin');
  const variesByOrigin = !cors.isForAnyOrigin && (origin === undefined || CORS_RESPONSES_VARY_BY_ORIGIN);
  if (origin === undefined) return { kind: 'leave', reason: 'no-origin', variesByOrigin };
  if (!cors.allowsOrigin(origin)) return { kind: 'leave', reason: 'origin-not-allowed', variesByOrigin };
  const allowed: Field = ['access-control-allow-origin', cors.isForAnyOrigin ? '*' : origin];
  const rest = isPreflight(request) ? [...cors.ofPreflight, ...allowHeaders(cors, request)] : cors.ofOthers;
  return { kind: 'apply', fields: [allowed, ...cors.always, ...rest], variesByOrigin };
}

/** Fetch 3.2.2: a CORS-preflight request. */
function isPreflight({ method, fields }: Pick<ViewerRequest, 'method' | 'fields'>): boolean {
  return method === 'OPTIONS' && fields.some(([name]) => name === 'access-control-request-method');
}

/** Ours: browsers take a pattern for a name, so the names asked for that it covers stand in its place. */
function allowHeaders(cors: CompiledCors, request: Pick<ViewerRequest, 'fields'>): Fields {
  const names = [...cors.allowedHeaders];
  const matches = cors.matchesHeader;
  if (matches !== undefined) {
    const present = new Set(names.map((name) => name.toLowerCase()));
    for (const asked of listMembers(fieldValue(request.fields, 'access-control-request-headers') ?? '')) {
      const name = asked.toLowerCase();
      if (present.has(name) || !isToken(name) || !matches(name)) continue;
      present.add(name);
      names.push(asked);
    }
  }
  return names.length === 0 ? [] : [['access-control-allow-headers', names.join(', ')]];
}
