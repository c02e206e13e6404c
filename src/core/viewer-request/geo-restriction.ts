/**
 * Does the distribution answer to viewers of this country? Facts 10.1: for the whole distribution, before anything else is asked of the
 * request. Where the viewer is: the Geo port, by the address of the connection; an X-Forwarded-For of the viewer's own says nothing.
 */
import type { CompiledDistribution } from '../../model/compile.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import type { ErrorDetail } from '../outcome.ts';
import type { ViewerPlace } from './cloudfront-header.ts';

export type GeoDecision =
  | { readonly kind: 'proceed' }
  | { readonly kind: 'refused'; readonly status: 403; readonly detail: ErrorDetail; readonly cause: string };

const PROCEED: GeoDecision = { kind: 'proceed' };
const BLOCKED: GeoDecision = { kind: 'refused', status: 403, detail: 'ClientGeoBlocked', cause: ERROR_CAUSES.geoBlocked };

/** `locate` is asked only where there is a restriction. */
export function decideGeoRestriction(
  { geoRestriction }: Pick<CompiledDistribution, 'geoRestriction'>,
  locate: () => Pick<ViewerPlace, 'country'>,
): GeoDecision {
  if (geoRestriction === undefined) return PROCEED;
  const { country } = locate();
  // CloudFront: who cannot be placed is served.
  if (country === undefined) return PROCEED;
  const isListed = geoRestriction.countries.has(country);
  return isListed === (geoRestriction.kind === 'whitelist') ? PROCEED : BLOCKED;
}
