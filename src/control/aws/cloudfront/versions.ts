/**
 * If-Match: which version of a resource the caller meant to change. Facts: aws-api B3; CloudFront tells a version it never
 * gave out (400) from one that has been replaced (412).
 */
import type { Collection, StoredResource } from '../../state/resources.ts';
import { ApiError } from '../wire/types.ts';

/** Tools send an ETag as they got it, unquoted; a quoted one is the same version. */
export function unquoted(etag: string | undefined): string | undefined {
  return etag?.replace(/^"(.*)"$/, '$1');
}

/** Throws unless `ifMatch` is the resource's current version. */
export function requireVersion<D>(resources: Collection<D>, current: StoredResource<D>, ifMatch: string | undefined): void {
  const version = unquoted(ifMatch);
  if (version === current.etag) return;
  if (version && resources.knowsEtag(current.id, version)) {
    const message = "The request failed because it didn't meet the preconditions in one or more request-header fields.";
    throw new ApiError('PreconditionFailed', message, 412);
  }
  throw new ApiError('InvalidIfMatchVersion', 'The If-Match version is missing or not valid for the resource.', 400);
}
