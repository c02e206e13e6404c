/**
 * From what a cache behavior names, key groups and accounts, to the public keys that may sign for it. Facts: data plane 9.1. Ours: the keys
 * of this account are all its public keys, since the key pairs of an account's root user have no API; those of other accounts are not known.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { Signers, TrustedKey } from '../../../../model/distribution.ts';
import { behaviorsOf, items } from '../filled-config.ts';
import type { FilledBehavior, FilledConfig } from '../filled-config.ts';
import type { Registry } from '../registry.ts';

export const SELF = 'self';

/** How TrustedSigners may write this account. */
export function ownAccounts({ accountId }: Pick<Registry, 'accountId'>): readonly string[] {
  return [SELF, accountId];
}

/** Where keys are looked up: what validation has found to exist. */
export interface KeyLookups {
  keyGroup(id: string): readonly TrustedKey[];
  /** Undefined for an account whose keys are not known. */
  accountKeys(account: string): readonly TrustedKey[] | undefined;
}

export function keyLookups(registry: Registry): KeyLookups {
  const trusted = ({ id, document }: { id: string; document: { EncodedKey: string } }): TrustedKey => ({
    id,
    pem: document.EncodedKey,
  });
  return {
    keyGroup: (id) =>
      (registry.keyGroups.get(id)?.document.Items ?? []).flatMap((keyId) => {
        const key = registry.publicKeys.get(keyId);
        return key === undefined ? [] : [trusted(key)];
      }),
    accountKeys: (account) => (ownAccounts(registry).includes(account) ? registry.publicKeys.list().map(trusted) : undefined),
  };
}

/** Undefined where requests need no signature. CloudFront: with both, either may sign. */
export function signersOf(behavior: FilledBehavior, lookups: KeyLookups): Signers | undefined {
  const groups = trustedGroups(behavior);
  const accounts = trustedAccounts(behavior);
  if (groups.length === 0 && accounts.length === 0) return undefined;
  const keys = [
    ...groups.map((id) => lookups.keyGroup(id)),
    ...accounts.map((account) => lookups.accountKeys(account) ?? []),
  ].flat();
  return {
    keys: [...new Map(keys.map((key) => [key.id, key])).values()],
    unknownAccounts: accounts.filter((account) => lookups.accountKeys(account) === undefined),
  };
}

export function trustedGroups({ TrustedKeyGroups: groups }: FilledBehavior): readonly string[] {
  return groups.Enabled ? items(groups) : [];
}

export function trustedAccounts({ TrustedSigners: signers }: FilledBehavior): readonly string[] {
  return signers.Enabled ? items(signers) : [];
}

/** What GetDistribution says of who may sign, with the keys that each has. */
export function activeSigners(
  registry: Registry,
  config: FilledConfig,
): Pick<Sdk.Distribution, 'ActiveTrustedSigners' | 'ActiveTrustedKeyGroups'> {
  const lookups = keyLookups(registry);
  const behaviors = behaviorsOf(config);
  const groups = [...new Set(behaviors.flatMap(trustedGroups))];
  const accounts = [...new Set(behaviors.flatMap(trustedAccounts))];
  const Signer = (account: string): Sdk.Signer => {
    const keys = lookups.accountKeys(account) ?? [];
    // CloudFront: an account without a key has no KeyPairIds.
    return { AwsAccountNumber: account, ...(keys.length > 0 && { KeyPairIds: pairIds(keys) }) };
  };
  return {
    ActiveTrustedSigners: active(accounts.map(Signer)),
    ActiveTrustedKeyGroups: active(groups.map((id) => ({ KeyGroupId: id, KeyPairIds: pairIds(lookups.keyGroup(id)) }))),
  };
}

function active<T>(named: T[]): { Enabled: boolean; Quantity: number; Items?: T[] } {
  return { Enabled: named.length > 0, Quantity: named.length, ...(named.length > 0 && { Items: named }) };
}

function pairIds(keys: readonly TrustedKey[]): Sdk.KeyPairIds {
  return { Quantity: keys.length, ...(keys.length > 0 && { Items: keys.map(({ id }) => id) }) };
}
