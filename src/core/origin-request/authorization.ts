/**
 * Does the viewer's Authorization reach the origin, and the hash of the body that a signature needs? Facts 3.5 and 8.5: by method, by what the policies list, and by origin access control.
 * Signing itself is the origin client's matter.
 */
import type { CompiledCacheBehavior } from '../../model/compile.ts';
import type { Origin } from '../../model/distribution.ts';

export function passesAuthorization(
  behavior: Pick<CompiledCacheBehavior, 'origin' | 'cachesOptions'>,
  origin: Pick<Origin, 'originAccessControl'>,
  method: string,
): boolean {
  // CloudFront: a request that is always signed carries the signature in this field.
  if (origin.originAccessControl?.signingBehavior === 'always') return false;
  if (behavior.origin.authorization) return true;
  // CloudFront: by default it is removed from what may be answered from the cache, and passes with every other method.
  return method !== 'GET' && method !== 'HEAD' && !(method === 'OPTIONS' && behavior.cachesOptions);
}

/** What viewers of a Lambda URL send with a body. */
export const PAYLOAD_HASH = 'x-amz-content-sha256';

/**
 * CloudFront: a body that is signed must come with its hash from the viewer, since it is streamed; S3 takes it unsigned. Whatever the
 * policies list: without it, no signature of such a request could hold.
 */
export function passesPayloadHash({ originAccessControl: control }: Pick<Origin, 'originAccessControl'>): boolean {
  return control !== undefined && control.originType !== 's3' && control.signingBehavior !== 'never';
}
