/**
 * Clear text or not: the viewer protocol policy, facts 1.2. Decided before functions, signatures and the cache.
 * The page of the redirect is made in core/viewer-response/error-page.ts.
 */
import type { CompiledCacheBehavior } from '../../model/compile.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import type { ErrorDetail } from '../outcome.ts';
import type { ViewerRequest } from '../request.ts';
import { withoutPort } from './match-distribution.ts';

export type ViewerProtocol =
  | { readonly kind: 'proceed' }
  | { readonly kind: 'redirect'; readonly status: 301 | 307; readonly location: string }
  | { readonly kind: 'refused'; readonly status: 403; readonly detail: ErrorDetail; readonly cause: string };

const PROCEED: ViewerProtocol = { kind: 'proceed' };
const REFUSED: ViewerProtocol = { kind: 'refused', status: 403, detail: 'InvalidRequest', cause: ERROR_CAUSES.httpsRequired };

/** `httpsPort`: where this edge listens for HTTPS when that is not 443, as on a developer's machine. */
export function decideViewerProtocol(behavior: CompiledCacheBehavior, request: ViewerRequest, httpsPort = 443): ViewerProtocol {
  const policy = behavior.source.viewerProtocolPolicy;
  if (request.scheme === 'https' || policy === 'allow-all') return PROCEED;
  if (policy === 'https-only') return REFUSED;
  if (request.method === 'GET' || request.method === 'HEAD') return redirect(301, request, httpsPort);
  // CloudFront: 307 keeps method and body, but HTTP/1.0 does not know it.
  return request.httpVersion === '1.0' ? REFUSED : redirect(307, request, httpsPort);
}

/** CloudFront: the Host of the request without its port, path and query as sent. */
function redirect(status: 301 | 307, request: ViewerRequest, httpsPort: number): ViewerProtocol {
  const port = httpsPort === 443 ? '' : `:${httpsPort}`;
  const query = request.query === undefined ? '' : `?${request.query}`;
  return { kind: 'redirect', status, location: `https://${withoutPort(request.host)}${port}${request.path}${query}` };
}
