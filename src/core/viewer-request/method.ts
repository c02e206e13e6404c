/**
 * Does the cache behavior take this method? Facts 1.3. Methods that CloudFront does not know at all were refused in admit-request.ts.
 */
import type { CompiledCacheBehavior } from '../../model/compile.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import type { ErrorDetail } from '../outcome.ts';
import type { ViewerRequest } from '../request.ts';

export type MethodDecision =
  | { readonly kind: 'proceed' }
  | { readonly kind: 'refused'; readonly status: 403; readonly detail: ErrorDetail; readonly cause: string };

const PROCEED: MethodDecision = { kind: 'proceed' };
const NOT_ALLOWED: MethodDecision = {
  kind: 'refused',
  status: 403,
  detail: 'InvalidRequestMethod',
  cause: ERROR_CAUSES.methodNotAllowed,
};
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
  if (!behavior.allowedMethods.has(request.method)) return NOT_ALLOWED;
  // CloudFront: a GET with a body is refused; a Content-Length of 0 is no body.
  return (request.method === 'GET' || request.method === 'HEAD') && hasBody(request) ? UNEXPECTED_BODY : PROCEED;
}

function hasBody({ body }: Pick<ViewerRequest, 'body'>): boolean {
  return body.kind === 'chunked' || (body.kind === 'length' && body.length > 0);
}
