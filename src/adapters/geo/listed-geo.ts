/**
 * Where viewers are, as a list says: for tests, whose viewers have addresses that no database places.
 */
import type { ViewerPlace } from '../../core/viewer-request/cloudfront-header.ts';
import type { Geo } from '../../edge/ports.ts';

/** An address that is not listed is nowhere. */
export function createListedGeo(places: Readonly<Record<string, ViewerPlace>>): Geo {
  return { locate: (address) => places[address] ?? {} };
}
