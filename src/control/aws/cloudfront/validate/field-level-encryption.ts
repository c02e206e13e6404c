/**
 * May the cache behavior use field-level encryption? Facts: data plane 10.7, aws-api B5: HTTPS from the viewer to the origin, and all
 * methods.
 */
import { ApiError } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { FilledBehavior, FilledConfig } from '../filled-config.ts';
import type { References } from './references.ts';

const ALL_METHODS = 7;

export function validateFieldLevelEncryption(
  behavior: FilledBehavior,
  config: FilledConfig,
  references: Pick<References, 'hasFieldLevelEncryption'>,
): void {
  const { FieldLevelEncryptionId: id } = behavior;
  if (id === '') return;
  if (!references.hasFieldLevelEncryption(id)) {
    const message = "The specified configuration for field-level encryption doesn't exist.";
    throw new ApiError('NoSuchFieldLevelEncryptionConfig', message, 404);
  }
  const reason = misfit(behavior, config);
  if (reason === undefined) return;
  const message = `The specified configuration for field-level encryption can't be associated with the specified cache behavior: ${reason}`;
  throw new ApiError('IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior', message, 400);
}

function misfit(behavior: FilledBehavior, config: FilledConfig): string | undefined {
  if (behavior.ViewerProtocolPolicy === 'allow-all') {
    return 'ViewerProtocolPolicy must be redirect-to-https or https-only.';
  }
  if (behavior.AllowedMethods.Items.length < ALL_METHODS) return 'AllowedMethods must be all seven methods.';
  const group = items(config.OriginGroups).find(({ Id }) => Id === behavior.TargetOriginId);
  const targets = group?.Members.Items.map(({ OriginId }) => OriginId) ?? [behavior.TargetOriginId];
  const inClear = config.Origins.Items.find(
    ({ Id, CustomOriginConfig }) => targets.includes(Id) && CustomOriginConfig?.OriginProtocolPolicy === 'http-only',
  );
  return inClear && `the OriginProtocolPolicy of ${inClear.Id} must be match-viewer or https-only.`;
}
