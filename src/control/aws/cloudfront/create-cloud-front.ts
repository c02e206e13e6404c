/**
 * CloudFront's control plane, put together: handlers over the stored resources, and the publisher behind them. What each
 * operation does is in the file of its noun; how a change reaches edges is in control/publish.
 */
import type { Clock, ControlBus } from '../../../edge/ports.ts';
import type { DistributionState, PurgeReceipt } from '../../../model/admin.ts';
import { warnings } from '../../../model/compile.ts';
import type { CertificateVersion } from '../../../model/certificate.ts';
import type { ContinuousDeployment } from '../../../model/continuous-deployment.ts';
import type { Distribution } from '../../../model/distribution.ts';
import type { EdgeFunction } from '../../../model/edge-function.ts';
import type { LambdaVersion } from '../../../model/lambda-version.ts';
import type { Duration } from '../../../model/units.ts';
import { createPublisher } from '../../publish/publisher.ts';
import type { Publisher } from '../../publish/publisher.ts';
import type { ReadableBuckets } from '../../buckets/read-stored-object.ts';
import type { State } from '../../state/open-state.ts';
import type { CertificateUsers } from '../acm/certificate-registry.ts';
import { keyHandlers, type KeyValueSdk } from '../cloudfront-keyvaluestore/key-handlers.ts';
import type { LambdaRelease } from '../lambda/lambda-document.ts';
import type { WebAclUsers } from '../wafv2/waf-registry.ts';
import type { Handlers } from '../wire/types.ts';
import { translateContinuousDeployment } from './continuous-deployment/accept-policy.ts';
import { continuousDeploymentHandlers, stagingDistributionOf } from './continuous-deployment/policy-handlers.ts';
import { promotionHandlers } from './continuous-deployment/promote.ts';
import { distributionListHandlers } from './distribution-lists.ts';
import { statusOf } from './distribution-shapes.ts';
import { distributionHandlers } from './distributions.ts';
import type { CloudFrontSdk } from './filled-config.ts';
import { fieldLevelEncryptionHandlers } from './field-level-encryption/config-handlers.ts';
import { fieldLevelEncryptionFor } from './field-level-encryption/for-edges.ts';
import { fieldLevelEncryptionProfileHandlers } from './field-level-encryption/profile-handlers.ts';
import { edgeFunction } from './functions/function-document.ts';
import { functionHandlers, type FunctionBench } from './functions/function-handlers.ts';
import { createResourceIds, distributionArn } from './ids.ts';
import { invalidate, invalidationHandlers } from './invalidations.ts';
import { keyValueStoreHandlers } from './key-value-stores/store-handlers.ts';
import { originAccessControlHandlers } from './origin-access-controls.ts';
import { originAccessIdentityHandlers } from './origin-access-identities.ts';
import { cachePolicyHandlers } from './policies/cache-policies.ts';
import { originRequestPolicyHandlers } from './policies/origin-request-policies.ts';
import { policyLookups } from './policies/policy-lookups.ts';
import { responseHeadersPolicyHandlers } from './policies/response-headers-policies.ts';
import { createRegistry, referencesOf } from './registry.ts';
import type { Registry, StoredDistribution } from './registry.ts';
import { keyGroupHandlers } from './signers/key-groups.ts';
import { publicKeyHandlers } from './signers/public-keys.ts';
import { keyLookups } from './signers/trusted-keys.ts';
import { tagHandlers } from './tags.ts';
import { translateDistribution } from './translate.ts';
import { NO_WEB_ACLS, usersOfWebAcl, webAclHandlers, type WebAcls } from './web-acls.ts';
import { trustStoreFor, trustStoreHandlers } from './trust-stores/trust-store-handlers.ts';
import type { References } from './validate/references.ts';

export interface CloudFrontOptions {
  readonly state: State;
  readonly bus: ControlBus;
  readonly clock: Clock;
  /** That many unpredictable octets. */
  readonly random: (length: number) => Uint8Array;
  /** `000000000000` */
  readonly accountId: string;
  /** `cloudfront.localhost` */
  readonly domainSuffix: string;
  /** Gets one line for a setting that is configured and not served, and for an edge or a state file that fails. */
  readonly warn: (message: string) => void;
  /** Which certificates exist. */
  readonly certificate: References['certificate'];
  /** Without, there are none. */
  readonly webAcls?: WebAcls;
  /** Where the bundles of trust stores and the files of key value stores lie; without, there are none. */
  readonly buckets?: ReadableBuckets;
  /** Which versions of Lambda functions exist; none unless given. */
  readonly lambdas?: { lookup(arn: string): { readonly release: LambdaRelease; readonly version: LambdaVersion } | undefined };
  /** Every edge has these. */
  readonly deployed?: (distributions: readonly Distribution[]) => void;
  /** Checks and tests functions; without, TestFunction fails. */
  readonly functionBench?: FunctionBench | undefined;
  /** How long a change stays InProgress after every edge has it. */
  readonly deployDelay?: Duration;
}

export interface CloudFront {
  readonly handlers: Handlers<CloudFrontSdk>;
  /** Of the API of the pairs in key value stores. */
  readonly keyHandlers: Handlers<KeyValueSdk>;
  readonly publisher: Publisher;
  /** Distributions with their status and the settings that are not served yet. */
  status(): readonly DistributionState[];
  /** Forgets `paths`, or, softly, makes them stale; resolves when every edge has. Throws ApiError as CreateInvalidation does. */
  invalidate(distributionId: string, paths: readonly string[], soft?: boolean): Promise<PurgeReceipt>;
  /** The distributions that name this ARN. */
  usersOf(arn: string): readonly string[];
  /** Who shows a certificate, and how they hear that it has changed. */
  readonly certificateUsers: CertificateUsers;
  /** The same of web ACLs and what they refer to. */
  readonly webAclUsers: WebAclUsers;
  /** The distribution with this id, domain name or alias. */
  findDistribution(name: string): string | undefined;
  /** Bucket policies name origin access identities; only those that exist. */
  hasOriginAccessIdentity(id: string): boolean;
}

export function createCloudFront(options: CloudFrontOptions): CloudFront {
  const { state, clock, warn, webAcls = NO_WEB_ACLS } = options;
  const registry = createRegistry({
    ...options,
    webAcls,
    ids: createResourceIds(options.random),
    lambda: (arn) => options.lambdas?.lookup(arn)?.release,
    changed: () => publisher.changed(),
  });
  const distributions = translator(registry);
  const told = new Map<string, string>();
  const publisher = createPublisher({
    ...options,
    deployDelay: options.deployDelay ?? 0,
    distributions() {
      const all = registry.distributions.list().map(distributions);
      for (const distribution of all) tellWarnings(distribution, told, warn);
      return all;
    },
    functions: () => associatedFunctions(registry),
    lambdas: () => namedArns(registry).flatMap((arn) => options.lambdas?.lookup(arn)?.version ?? []),
    waf(all) {
      const arns = new Set(all.flatMap(({ webAclId }) => webAclId ?? []));
      return arns.size === 0 ? undefined : webAcls.configuration(arns);
    },
    deployed(all) {
      state.transaction(() => {
        for (const { id, revision } of all) registry.distributions.markDeployed(id, revision);
      });
      options.deployed?.(all);
    },
  });
  return {
    handlers: {
      ...distributionHandlers(registry),
      ...distributionListHandlers(registry),
      ...originAccessControlHandlers(registry),
      ...originAccessIdentityHandlers(registry),
      ...cachePolicyHandlers(registry),
      ...originRequestPolicyHandlers(registry),
      ...responseHeadersPolicyHandlers(registry),
      ...functionHandlers(registry, options.functionBench),
      ...invalidationHandlers(registry, (ban) => publisher.ban(ban)),
      ...publicKeyHandlers(registry),
      ...keyGroupHandlers(registry),
      ...fieldLevelEncryptionHandlers(registry),
      ...fieldLevelEncryptionProfileHandlers(registry),
      ...trustStoreHandlers(registry, options.buckets),
      ...keyValueStoreHandlers(registry, options.buckets),
      ...continuousDeploymentHandlers(registry),
      ...promotionHandlers(registry),
      ...webAclHandlers(registry),
      ...tagHandlers(registry),
    },
    keyHandlers: keyHandlers(registry, publisher, clock),
    publisher,
    status: () =>
      registry.distributions.list().map((stored) => {
        const distribution = distributions(stored);
        const { id, domainName, aliases, enabled } = distribution;
        return { id, domainName, aliases, enabled, status: statusOf(stored), warnings: warnings(distribution) };
      }),
    async invalidate(distributionId, paths, soft = false) {
      const batch = { CallerReference: registry.ids.callerReference(), Paths: { Quantity: paths.length, Items: [...paths] } };
      const asked = { distributionId, batch, now: clock.now(), ...(soft && { soft }) };
      const { invalidation, acknowledged } = invalidate(registry, (ban) => publisher.ban(ban), asked);
      const issuedAt = invalidation.created;
      const edges = ((await acknowledged) ?? []).map(({ edgeId, acknowledgedAt }) => ({
        id: edgeId,
        acknowledgedAt,
        took: acknowledgedAt - issuedAt,
      }));
      return { distributionId, invalidationId: invalidation.id, paths: invalidation.paths, soft, issuedAt, edges };
    },
    usersOf: (arn) => registry.usersOf(arn).map(({ id }) => id),
    certificateUsers: {
      usersOfCertificate: (arn) => registry.usersOf(arn).map(({ id }) => distributionArn(registry.accountId, id)),
      usersOfCertificates() {
        const users = new Map<string, string[]>();
        for (const { id, document } of registry.distributions.list()) {
          for (const arn of referencesOf(document.config)) {
            if (!arn.startsWith('arn:aws:acm:')) continue;
            users.set(arn, [...(users.get(arn) ?? []), distributionArn(registry.accountId, id)]);
          }
        }
        return users;
      },
      changeCertificate(arn, change, run) {
        if (registry.usersOf(arn).length === 0) return state.transaction(run);
        return registry.commit(change, () => {
          const done = run();
          registry.touchUsersOf(arn, change);
          return done;
        });
      },
    },
    webAclUsers: {
      usersOfWebAcl: (arn) => usersOfWebAcl(registry, arn),
      changeWaf: (change, run) => registry.commit(change, run),
    },
    findDistribution(name) {
      const lower = name.toLowerCase();
      return registry.distributions
        .list()
        .map(distributions)
        .find(({ id, domainName, aliases }) => id === name || domainName === lower || aliases.includes(lower))?.id;
    },
    hasOriginAccessIdentity: (id) => registry.originAccessIdentities.get(id) !== undefined,
  };
}

/** Whatever distributions name, each once. */
function namedArns(registry: Registry): readonly string[] {
  return [...new Set(registry.distributions.list().flatMap(({ document }) => [...referencesOf(document.config)]))];
}

/** The published functions that a distribution names. */
function associatedFunctions(registry: Registry): readonly EdgeFunction[] {
  const named = new Set(namedArns(registry));
  return registry.functions
    .list()
    .flatMap((stored) => edgeFunction(registry.accountId, stored) ?? [])
    .filter(({ arn }) => named.has(arn));
}

/** Translates a stored distribution, once for each revision: whatever edges must know of it counts one. */
function translator(registry: Registry): (stored: StoredDistribution) => Distribution {
  const lookups = policyLookups({
    cachePolicy: (id) => registry.cachePolicies.get(id)?.document,
    originRequestPolicy: (id) => registry.originRequestPolicies.get(id)?.document,
    responseHeadersPolicy: (id) => registry.responseHeadersPolicies.get(id)?.document,
    originAccessControl: (id) => registry.originAccessControls.get(id)?.document,
  });
  const keys = keyLookups(registry);
  const certificateVersion = (arn: string): CertificateVersion | undefined => {
    const found = registry.certificate(arn);
    return found && { id: found.id, version: found.version };
  };
  const continuousDeployment = (policyId: string): ContinuousDeployment | undefined => {
    const policy = registry.continuousDeploymentPolicies.get(policyId);
    const staging = policy && stagingDistributionOf(registry, policy.document);
    return staging && translateContinuousDeployment(policy.document, policy.etag, staging.id);
  };
  const done = new Map<string, Distribution>();
  return (stored) => {
    const { id, revision, document } = stored;
    const known = done.get(id);
    if (known?.revision === revision) return known;
    const arn = distributionArn(registry.accountId, id);
    const { domainName, tags } = document;
    const trustStore = (storeId: string): ReturnType<typeof trustStoreFor> => trustStoreFor(registry, storeId);
    const context = {
      ...lookups,
      ...keys,
      trustStore,
      fieldLevelEncryption: (configId: string) => fieldLevelEncryptionFor(registry, configId),
      continuousDeployment,
      certificateVersion,
      id,
      arn,
      domainName,
      revision,
      tags,
    };
    const translated = translateDistribution(document.config, context);
    done.set(id, translated);
    return translated;
  };
}

/** Says what is not served yet, once for as long as it stays the same. */
function tellWarnings(distribution: Distribution, told: Map<string, string>, warn: (message: string) => void): void {
  const lines = warnings(distribution);
  const text = lines.join('\n');
  if ((told.get(distribution.id) ?? '') === text) return;
  told.set(distribution.id, text);
  for (const line of lines) warn(`distribution ${distribution.id}: not served yet: ${line}`);
}
