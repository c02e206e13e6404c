/**
 * What the CloudFront handlers share: the stored resources by kind, and the one way to change them. A change is one
 * transaction that also counts the snapshot version; edges hear of it after the commit. Also who uses what: the in-use checks
 * and the revision of a distribution both follow from it.
 */
import { ACCOUNT_QUOTAS } from '../../../tables/quotas.ts';
import type { Change, Collection, StoredResource } from '../../state/resources.ts';
import type { State } from '../../state/open-state.ts';
import { changeOf } from '../change-of.ts';
import { ApiError } from '../wire/types.ts';
import type { CallContext } from '../wire/types.ts';
import type { ContinuousDeploymentPolicyConfig } from './continuous-deployment/accept-policy.ts';
import { behaviorsOf, items } from './filled-config.ts';
import type { FilledConfig } from './filled-config.ts';
import type { FieldLevelEncryptionConfig } from './field-level-encryption/accept-config.ts';
import type { FieldLevelEncryptionProfileConfig } from './field-level-encryption/accept-profile.ts';
import type { FunctionDocument } from './functions/function-document.ts';
import type { ResourceIds } from './ids.ts';
import type { KeyValueStoreDocument } from './key-value-stores/store-document.ts';
import type { References } from './validate/references.ts';
import type {
  CachePolicyConfig,
  OriginAccessControlConfig,
  OriginRequestPolicyConfig,
  ResponseHeadersPolicyConfig,
} from './policies/documents.ts';
import type { PublicKeyConfig } from './signers/accept-public-key.ts';
import type { KeyGroupConfig } from './signers/key-groups.ts';
import type { TrustStoreDocument } from './trust-stores/trust-store-handlers.ts';

export interface DistributionDocument {
  readonly config: FilledConfig;
  readonly domainName: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface OriginAccessIdentityDocument {
  readonly comment: string;
  readonly callerReference: string;
}

export type StoredDistribution = StoredResource<DistributionDocument>;

export interface Registry {
  readonly state: State;
  readonly certificate: References['certificate'];
  readonly lambda: References['lambda'];
  readonly webAcls: Pick<References, 'hasWebAcl'>;
  readonly ids: ResourceIds;
  readonly accountId: string;
  readonly domainSuffix: string;
  readonly distributions: Collection<DistributionDocument>;
  readonly cachePolicies: Collection<CachePolicyConfig>;
  readonly originRequestPolicies: Collection<OriginRequestPolicyConfig>;
  readonly responseHeadersPolicies: Collection<ResponseHeadersPolicyConfig>;
  readonly originAccessControls: Collection<OriginAccessControlConfig>;
  readonly originAccessIdentities: Collection<OriginAccessIdentityDocument>;
  readonly continuousDeploymentPolicies: Collection<ContinuousDeploymentPolicyConfig>;
  readonly functions: Collection<FunctionDocument>;
  readonly keyValueStores: Collection<KeyValueStoreDocument>;
  readonly publicKeys: Collection<PublicKeyConfig>;
  readonly keyGroups: Collection<KeyGroupConfig>;
  readonly trustStores: Collection<TrustStoreDocument>;
  readonly fieldLevelEncryptionConfigs: Collection<FieldLevelEncryptionConfig>;
  readonly fieldLevelEncryptionProfiles: Collection<FieldLevelEncryptionProfileConfig>;
  /** Runs the change as one transaction with the next snapshot version, then publishes. */
  commit<T>(change: Change, run: (change: Change) => T): T;
  /** The same for what a caller asked. */
  change<T>(call: CallContext, run: (change: Change) => T): T;
  /** Distributions whose configuration names this id: a policy, an access control or identity, a key group, an account, a trust store, a certificate's or a function's ARN. */
  usersOf(id: string): readonly StoredDistribution[];
  /** Gives every user of `id` a new revision, because what edges must know of it has changed. Inside `change`. */
  touchUsersOf(id: string, change: Change): void;
}

export interface RegistryOptions {
  readonly state: State;
  /** Which certificates exist. */
  readonly certificate: References['certificate'];
  /** Which versions of Lambda functions exist. */
  readonly lambda: References['lambda'];
  readonly webAcls: Pick<References, 'hasWebAcl'>;
  readonly ids: ResourceIds;
  readonly accountId: string;
  readonly domainSuffix: string;
  /** Called after each committed change. */
  readonly changed: () => void;
}

export function createRegistry({ changed, ...given }: RegistryOptions): Registry {
  const { state } = given;
  const distributions = state.collection<DistributionDocument>('distribution');
  const usersOf = (id: string): readonly StoredDistribution[] =>
    distributions.list().filter(({ document }) => referencesOf(document.config).has(id));
  const commit: Registry['commit'] = (change, run) => {
    const result = state.transaction(() => {
      const done = run(change);
      state.nextSnapshotVersion();
      return done;
    });
    changed();
    return result;
  };
  return {
    ...given,
    distributions,
    cachePolicies: state.collection('cache-policy'),
    originRequestPolicies: state.collection('origin-request-policy'),
    responseHeadersPolicies: state.collection('response-headers-policy'),
    originAccessControls: state.collection('origin-access-control'),
    originAccessIdentities: state.collection('origin-access-identity'),
    continuousDeploymentPolicies: state.collection('continuous-deployment-policy'),
    functions: state.collection('function'),
    keyValueStores: state.collection('key-value-store'),
    publicKeys: state.collection('public-key'),
    keyGroups: state.collection('key-group'),
    trustStores: state.collection('trust-store'),
    fieldLevelEncryptionConfigs: state.collection('field-level-encryption-config'),
    fieldLevelEncryptionProfiles: state.collection('field-level-encryption-profile'),
    commit,
    change: (call, run) => commit(changeOf(call), run),
    usersOf,
    touchUsersOf(id, change) {
      for (const user of usersOf(id)) distributions.update(user, { etag: user.etag, document: user.document }, change);
    },
  };
}

/** Every id the configuration names. */
export function referencesOf(config: FilledConfig): ReadonlySet<string> {
  const named = [
    config.ContinuousDeploymentPolicyId,
    config.ViewerCertificate.ACMCertificateArn,
    config.ViewerMtlsConfig?.TrustStoreConfig?.TrustStoreId,
    ...behaviorsOf(config).flatMap((it) => [
      it.CachePolicyId,
      it.OriginRequestPolicyId,
      it.ResponseHeadersPolicyId,
      it.FieldLevelEncryptionId,
      ...items(it.TrustedKeyGroups),
      ...items(it.TrustedSigners),
      ...items(it.FunctionAssociations).map(({ FunctionARN }) => FunctionARN),
      ...items(it.LambdaFunctionAssociations).map(({ LambdaFunctionARN }) => LambdaFunctionARN),
    ]),
    ...config.Origins.Items.flatMap((origin) => [
      origin.OriginAccessControlId,
      origin.S3OriginConfig?.OriginAccessIdentity.split('/').at(-1),
      origin.CustomOriginConfig?.OriginMtlsConfig?.ClientCertificateArn,
    ]),
  ];
  return new Set(named.flatMap((id) => (id ? [id] : [])));
}

/** CloudFront: so many distributions may share a policy or an access control. `code` names which. */
export function checkShared(registry: Registry, id: string, owner: string | undefined, code: string): void {
  const others = registry.usersOf(id).filter((user) => user.id !== owner);
  if (others.length >= ACCOUNT_QUOTAS.distributionsPerPolicy) {
    throw new ApiError(code, 'The maximum number of distributions have been associated with the specified resource.', 400);
  }
}
