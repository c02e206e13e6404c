/**
 * What lists and creations say of a resource, whatever its kind.
 */
import type { StoredResource } from '../../state/resources.ts';
import type { WafKind, WafRegistry } from './waf-registry.ts';

export function summaryOf(
  registry: WafRegistry,
  kind: WafKind,
  stored: StoredResource<unknown>,
  description: string | undefined,
) {
  return {
    Name: stored.name,
    Id: stored.id,
    ...(description !== undefined && { Description: description }),
    LockToken: stored.etag,
    ARN: registry.arnOf(kind, stored),
  };
}
