/**
 * Trust stores: whom viewers' certificates must chain to. Create, read, replace the bundle, delete, list. Facts: data plane 10.5, 14;
 * aws-api B1, B3. Which distributions use one is said by their ViewerMtlsConfig (validate/viewer-mtls.ts).
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { TrustStore } from '../../../../model/distribution.ts';
import { TRUST_STORE_QUOTAS } from '../../../../tables/quotas.ts';
import type { ReadableBuckets } from '../../../buckets/read-stored-object.ts';
import type { StoredResource } from '../../../state/resources.ts';
import { ApiError } from '../../wire/types.ts';
import type { Handlers } from '../../wire/types.ts';
import type { CloudFrontSdk } from '../filled-config.ts';
import { trustStoreArn } from '../ids.ts';
import { pageOf } from '../paging.ts';
import type { Registry } from '../registry.ts';
import { acceptTags } from '../tags.ts';
import { checkConstraints, length, required } from '../validate/constraints.ts';
import type { Constraint } from '../validate/constraints.ts';
import { requireVersion } from '../versions.ts';
import { acceptBundle } from './accept-bundle.ts';
import { readBundle } from './read-bundle.ts';

export interface TrustStoreDocument {
  readonly name: string;
  /** PEM, each alone. */
  readonly certificates: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

type Stored = StoredResource<TrustStoreDocument>;

const CONSTRAINTS: readonly Constraint[] = [
  ['Name', required],
  ['Name', length(1, 128)],
  ['CaCertificatesBundleSource', required],
];

/** `buckets`: where bundles lie; without, there are none. */
export function trustStoreHandlers(registry: Registry, buckets: ReadableBuckets | undefined) {
  const { trustStores, accountId } = registry;
  const find = (identifier: string | undefined): Stored => {
    const [id = ''] = identifier?.split('/').slice(-1) ?? [];
    const stored = trustStores.get(id) ?? trustStores.named(id);
    if (stored === undefined) throw new ApiError('EntityNotFound', `The trust store ${id} does not exist.`, 404);
    return stored;
  };
  const shape = ({ id, document, modified }: Stored) => ({
    Id: id,
    Arn: trustStoreArn(accountId, id),
    Name: document.name,
    Status: 'active' as const,
    NumberOfCaCertificates: document.certificates.length,
    LastModifiedTime: new Date(modified),
  });
  const answer = (stored: Stored): Sdk.CreateTrustStoreResult => ({
    TrustStore: { ...shape(stored), UseClientCertificateOCSPEndpoint: false },
    ETag: stored.etag,
  });

  return {
    async CreateTrustStore(input, call) {
      checkConstraints(input, 'createTrustStoreRequest', CONSTRAINTS);
      const { Name: name = '', CaCertificatesBundleSource: source } = input;
      refuseOcsp(input.UseClientCertificateOCSPEndpoint);
      const tags = acceptTags(input.Tags, {});
      const certificates = acceptBundle(await readBundle(buckets, source));
      if (trustStores.named(name) !== undefined) {
        throw new ApiError('EntityAlreadyExists', `A trust store with the name ${name} already exists.`, 409);
      }
      if (trustStores.count() >= TRUST_STORE_QUOTAS.trustStores) {
        throw new ApiError('EntityLimitExceeded', 'You have reached the maximum number of trust stores for this account.', 400);
      }
      const resource = { id: registry.ids.trustStore(), name, etag: registry.ids.etag(), document: { name, certificates, tags } };
      return answer(registry.change(call, (change) => trustStores.insert(resource, change)));
    },
    GetTrustStore: ({ Identifier }) => answer(find(Identifier)),
    async UpdateTrustStore(input, call) {
      requireVersion(trustStores, find(input.Id), input.IfMatch);
      refuseOcsp(input.UseClientCertificateOCSPEndpoint);
      const certificates = acceptBundle(await readBundle(buckets, input.CaCertificatesBundleSource));
      // The bundle took time to read: somebody else may have been faster.
      const current = find(input.Id);
      requireVersion(trustStores, current, input.IfMatch);
      const next = { etag: registry.ids.etag(), document: { ...current.document, certificates } };
      return answer(
        registry.change(call, (change) => {
          const updated = trustStores.update(current, next, change);
          registry.touchUsersOf(current.id, change);
          return updated;
        }),
      );
    },
    DeleteTrustStore({ Id, IfMatch }, call) {
      const current = find(Id);
      requireVersion(trustStores, current, IfMatch);
      if (registry.usersOf(current.id).length > 0) {
        const message = `The trust store ${current.id} cannot be deleted because it is associated with one or more distributions.`;
        throw new ApiError('CannotDeleteEntityWhileInUse', message, 409);
      }
      registry.change(call, (change) => trustStores.remove(current, change));
      return {};
    },
    ListTrustStores(input) {
      const { head, items } = pageOf(trustStores.list(), input, ({ id }) => id, trustStores);
      const { NextMarker } = head;
      return {
        ...(NextMarker !== undefined && { NextMarker }),
        TrustStoreList: items.map((stored) => ({ ...shape(stored), ETag: stored.etag })),
      };
    },
  } satisfies Handlers<CloudFrontSdk>;
}

/** A trust store as edges read it, but for how a distribution uses it. */
export type TrustedAuthorities = Omit<TrustStore, 'ignoresExpiry' | 'tellsNames'>;

export function trustStoreFor(registry: Registry, id: string): TrustedAuthorities | undefined {
  const stored = registry.trustStores.get(id);
  return stored && { id, revision: stored.revision, certificates: stored.document.certificates };
}

/** Whoever asks for revocation to be checked must not be given less in silence. */
function refuseOcsp(isAsked: boolean | undefined): void {
  if (isAsked !== true) return;
  throw new ApiError(
    'NotImplemented',
    'UseClientCertificateOCSPEndpoint is not served yet: the revocation of client certificates is not checked.',
    501,
  );
}
