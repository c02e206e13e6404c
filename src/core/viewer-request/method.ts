/**
 * Does the cache behavior take this method, if CloudFront knows it at all? Facts 1.3.
 */
import type { CompiledCacheBehavior } from '../../model/compile.ts';
import { UNKNOWN_METHOD_STATUS } from '../../model/assumptions.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import type { ErrorDetail } from '../outcome.ts';
import type { ViewerRequest } from '../request.ts';

export type MethodDecision =
  | { readonly kind: 'proceed' }
  | { readonly kind: 'refused'; readonly status: 403 | 405; readonly detail: ErrorDetail; readonly cause: string };

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const PROCEED: MethodDecision = { kind: 'proceed' };
const NOT_ALLOWED = {
  kind: 'refused',
  status: 403,
  detail: 'InvalidRequestMethod',
  cause: ERROR_CAUSES.methodNotAllowed,
} as const satisfies MethodDecision;
const UNKNOWN: MethodDecision = { ...NOT_ALLOWED, status: UNKNOWN_METHOD_STATUS };
const UNEXPECTED_BODY: MethodDecision = {
  kind: 'refused',
  status: 403,
  detail: 'InvalidRequest',
  cause: ERROR_CAUSES.badRequest,
};

export function decideMethod(
  behavior: Pick<CompiledCacheBehavior, 'allowedMethods'>,
  request: Pick<ViewerRequest, 'method' | 'body'>,
): MethodDecision {
  if (!behavior.allowedMethods.has(request.method)) return METHODS.has(request.method) ? NOT_ALLOWED : UNKNOWN;
  // CloudFront: a GET with a body is refused; a Content-Length of 0 is no body.
  return (request.method === 'GET' || request.method === 'HEAD') && hasBody(request) ? UNEXPECTED_BODY : PROCEED;
}

function hasBody({ body }: Pick<ViewerRequest, 'body'>): boolean {
  return body.kind === 'chunked' || (body.kind === 'length' && body.length > 0);
}
