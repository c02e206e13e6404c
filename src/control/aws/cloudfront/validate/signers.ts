/**
 * Who must have signed a cache behavior's requests: key groups, and accounts (TrustedSigners, the older form). Facts: aws-api B5, data
 * plane 9.1, 14. A list that is named and not enabled, or enabled and empty, is refused: private content is never open by mistake.
 */
import { DISTRIBUTION_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { FilledBehavior } from '../filled-config.ts';
import { SELF } from '../signers/trusted-keys.ts';
import { firstRepeated, invalidArgument } from './references.ts';
import type { References } from './references.ts';

const ACCOUNT = /^\d{12}$/;

export function validateSigners(behavior: FilledBehavior, references: Pick<References, 'hasKeyGroup'>): void {
  const groups = namedBy(behavior, 'TrustedKeyGroups');
  const accounts = namedBy(behavior, 'TrustedSigners');
  if (groups.length > DISTRIBUTION_QUOTAS.keyGroupsPerBehavior) {
    throw new ApiError(
      'TooManyKeyGroupsAssociatedToDistribution',
      'The number of key groups referenced by this distribution is more than the maximum allowed.',
      400,
    );
  }
  if (accounts.length > DISTRIBUTION_QUOTAS.trustedSignersPerBehavior) {
    throw new ApiError(
      'TooManyTrustedSigners',
      'Your request contains more trusted signers than are allowed per distribution.',
      400,
    );
  }
  if (!groups.every((id) => references.hasKeyGroup(id))) {
    throw new ApiError('TrustedKeyGroupDoesNotExist', 'The specified key group does not exist.', 400);
  }
  if (!accounts.every((account) => account === SELF || ACCOUNT.test(account))) {
    throw new ApiError('TrustedSignerDoesNotExist', "One or more of your trusted signers don't exist.", 400);
  }
}

function namedBy(behavior: FilledBehavior, member: 'TrustedKeyGroups' | 'TrustedSigners'): readonly string[] {
  const named = items<string>(behavior[member]);
  if (behavior[member].Enabled !== named.length > 0) {
    throw invalidArgument(`The parameter ${member} must be Enabled exactly when it has Items.`);
  }
  const repeated = firstRepeated(named);
  if (repeated !== undefined) throw invalidArgument(`The parameter ${member} names ${repeated} more than once.`);
  return named;
}
