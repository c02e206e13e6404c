/**
 * Origin access identities, the older way to a private bucket. Facts: aws-api B2, B3. Each has an S3 canonical user, which
 * bucket policies name.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { StoredResource } from '../../state/resources.ts';
import { ACCOUNT_QUOTAS } from '../../../tables/quotas.ts';
import { oaiCanonicalUserId } from '../canonical-user.ts';
import { ApiError } from '../wire/types.ts';
import type { Handlers } from '../wire/types.ts';
import type { CloudFrontSdk, Defined } from './filled-config.ts';
import { locationOf } from './ids.ts';
import { listed, pageOf } from './paging.ts';
import type { OriginAccessIdentityDocument, Registry } from './registry.ts';
import { checkConstraints, length, required } from './validate/constraints.ts';
import type { Constraint } from './validate/constraints.ts';
import { requireVersion } from './versions.ts';

type Stored = StoredResource<OriginAccessIdentityDocument>;
type Config = Defined<Sdk.CloudFrontOriginAccessIdentityConfig>;

const CONSTRAINTS: readonly Constraint[] = [
  ['CallerReference', required],
  ['CallerReference', length(1, 256)],
  ['Comment', required],
  ['Comment', length(0, 128)],
];

export function originAccessIdentityHandlers(registry: Registry) {
  const identities = registry.originAccessIdentities;
  const find = (id: string | undefined): Stored => {
    const stored = id === undefined ? undefined : identities.get(id);
    if (stored !== undefined) return stored;
    throw new ApiError('NoSuchCloudFrontOriginAccessIdentity', 'The specified origin access identity does not exist.', 404);
  };
  return {
    CreateCloudFrontOriginAccessIdentity(input, call) {
      const config = accept(input.CloudFrontOriginAccessIdentityConfig);
      const earlier = identities.named(config.CallerReference);
      // CloudFront: the same reference and the same content is the same request, sent again.
      if (earlier?.document.comment === config.Comment) return answer(earlier);
      if (earlier !== undefined) {
        const message = `If the CallerReference is a value you already sent in a previous request to create an identity but the content of the CloudFrontOriginAccessIdentityConfig is different from the original request, CloudFront returns this error. Already exists: ${earlier.id}`;
        throw new ApiError('CloudFrontOriginAccessIdentityAlreadyExists', message, 409);
      }
      if (identities.count() >= ACCOUNT_QUOTAS.originAccessIdentities) {
        const message =
          'Processing your request would cause you to exceed the maximum number of origin access identities allowed.';
        throw new ApiError('TooManyCloudFrontOriginAccessIdentities', message, 400);
      }
      const document: OriginAccessIdentityDocument = {
        comment: config.Comment,
        callerReference: config.CallerReference,
      };
      const resource = { id: registry.ids.resource(), name: config.CallerReference, etag: registry.ids.etag(), document };
      return answer(registry.change(call, (change) => identities.insert(resource, change)));
    },
    GetCloudFrontOriginAccessIdentity({ Id }) {
      const stored = find(Id);
      return { CloudFrontOriginAccessIdentity: shape(stored), ETag: stored.etag };
    },
    GetCloudFrontOriginAccessIdentityConfig({ Id }) {
      const stored = find(Id);
      return { CloudFrontOriginAccessIdentityConfig: configOf(stored), ETag: stored.etag };
    },
    UpdateCloudFrontOriginAccessIdentity(input, call) {
      const current = find(input.Id);
      requireVersion(identities, current, input.IfMatch);
      const config = accept(input.CloudFrontOriginAccessIdentityConfig);
      if (config.CallerReference !== current.document.callerReference) {
        throw new ApiError('IllegalUpdate', 'The update contains modifications that are not allowed: CallerReference.', 400);
      }
      const document = { ...current.document, comment: config.Comment };
      const stored = registry.change(call, (change) =>
        identities.update(current, { etag: registry.ids.etag(), document }, change),
      );
      return { CloudFrontOriginAccessIdentity: shape(stored), ETag: stored.etag };
    },
    DeleteCloudFrontOriginAccessIdentity({ Id, IfMatch }, call) {
      const current = find(Id);
      requireVersion(identities, current, IfMatch);
      if (registry.usersOf(current.id).length > 0) {
        throw new ApiError('CloudFrontOriginAccessIdentityInUse', 'The Origin Access Identity specified is already in use.', 409);
      }
      registry.change(call, (change) => identities.remove(current, change));
      return {};
    },
    ListCloudFrontOriginAccessIdentities(input) {
      const { head, items } = pageOf(identities.list(), input, ({ id }) => id, identities);
      const Items = items.map(({ id, document }) => ({
        Id: id,
        S3CanonicalUserId: oaiCanonicalUserId(id),
        Comment: document.comment,
      }));
      return { CloudFrontOriginAccessIdentityList: { ...head, ...listed(Items) } };
    },
  } satisfies Handlers<CloudFrontSdk>;
}

function accept(config: Sdk.CloudFrontOriginAccessIdentityConfig | undefined): Config {
  if (config === undefined)
    throw new ApiError('MissingBody', 'This operation requires a body. Ensure that the body is present.', 400);
  checkConstraints(config, 'cloudFrontOriginAccessIdentityConfig', CONSTRAINTS);
  return config as Config;
}

function configOf({ document }: Stored): Config {
  return { CallerReference: document.callerReference, Comment: document.comment };
}

function shape(stored: Stored): Sdk.CloudFrontOriginAccessIdentity {
  const S3CanonicalUserId = oaiCanonicalUserId(stored.id);
  return { Id: stored.id, S3CanonicalUserId, CloudFrontOriginAccessIdentityConfig: configOf(stored) };
}

function answer(stored: Stored): Sdk.CreateCloudFrontOriginAccessIdentityResult {
  const Location = locationOf(`origin-access-identity/cloudfront/${stored.id}`);
  return { CloudFrontOriginAccessIdentity: shape(stored), ETag: stored.etag, Location };
}
