/**
 * Where the viewer is, found out only for a cache behavior that asks: one with a geo header in its key, or among what the origin gets.
 * Which headers those are: model/compile-cache-behavior.ts. What they say: core/viewer-request/cloudfront-header.ts.
 */
import type { ViewerRequest } from '../core/request.ts';
import type { ViewerPlace } from '../core/viewer-request/cloudfront-header.ts';
import type { KeyRecipe, OriginRecipe } from '../model/compile-cache-behavior.ts';
import type { Geo } from './ports.ts';

export function placeFor(
  { needsPlace }: Pick<KeyRecipe | OriginRecipe, 'needsPlace'>,
  geo: Geo,
  { viewerAddress }: Pick<ViewerRequest, 'viewerAddress'>,
): ViewerPlace | undefined {
  return needsPlace ? geo.locate(viewerAddress) : undefined;
}
