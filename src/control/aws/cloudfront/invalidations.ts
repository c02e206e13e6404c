/**
 * Invalidations: what may be invalidated, and the promise that a completed one is known to every edge. Facts: data plane 14.1;
 * aws-api B3, B5, B6. Which stored responses a path matches is decided in core/cache.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { Acknowledgement } from '../../../edge/ports.ts';
import type { Ban } from '../../../model/snapshot.ts';
import type { Instant } from '../../../model/units.ts';
import { INVALIDATION_QUOTAS } from '../../../tables/quotas.ts';
import type { StoredInvalidation } from '../../state/invalidations.ts';
import { ApiError } from '../wire/types.ts';
import type { Handlers } from '../wire/types.ts';
import { findDistribution } from './distributions.ts';
import type { CloudFrontSdk, Defined } from './filled-config.ts';
import { locationOf } from './ids.ts';
import { listed, pageOf } from './paging.ts';
import type { Registry } from './registry.ts';
import { checkConstraints, length, required } from './validate/constraints.ts';
import type { Constraint } from './validate/constraints.ts';
import { invalidArgument } from './validate/references.ts';

const CONSTRAINTS: readonly Constraint[] = [
  ['CallerReference', required],
  ['CallerReference', length(1, 256)],
  ['Paths', required],
  ['Paths.Quantity', required],
];

/** `/path` in printable ASCII; CloudFront wants everything else percent-encoded. A `*` that is not last is an ordinary character. */
const PATH = /^\/[\x21-\x7e]*$/;
/** `#tag`: visible ASCII without a comma. */
const TAG = /^#[\x21-\x2b\x2d-\x7e]+$/;

export interface Invalidated {
  readonly invalidation: StoredInvalidation;
  /** Who applied it when; undefined where an equal, earlier invalidation answered. */
  readonly acknowledged: Promise<readonly Acknowledgement[]> | undefined;
}

type SendBan = (ban: Ban) => Promise<readonly Acknowledgement[]>;

/** Stores an invalidation with its ban, durable and in order, then sends it. Throws ApiError in CloudFront's words. */
export function invalidate(
  registry: Registry,
  send: SendBan,
  asked: {
    readonly distributionId: string | undefined;
    readonly batch: Sdk.InvalidationBatch | undefined;
    readonly now: Instant;
    /** Ours: only makes stale what it names. */
    readonly soft?: true | undefined;
  },
): Invalidated {
  const { id: distributionId } = findDistribution(registry, asked.distributionId);
  checkConstraints(asked.batch ?? {}, 'invalidationBatch', CONSTRAINTS);
  const { CallerReference: callerReference, Paths } = asked.batch as Defined<Sdk.InvalidationBatch>;
  const paths = Paths.Items ?? [];
  const { invalidations } = registry.state;
  const earlier = invalidations.byCallerReference(distributionId, callerReference);
  if (earlier !== undefined) {
    if (isSameSet(earlier.paths, paths)) return { invalidation: earlier, acknowledged: undefined };
    const message = 'The caller reference is already in use by an invalidation batch with other paths.';
    throw new ApiError('InvalidationBatchAlreadyExists', message, 409);
  }
  checkPaths(
    paths,
    invalidations.pending(distributionId).flatMap((pending) => pending.paths),
  );
  const { invalidation, ban } = invalidations.insert({
    distributionId,
    id: registry.ids.invalidation(),
    callerReference,
    paths,
    created: asked.now,
    soft: asked.soft,
  });
  return { invalidation, acknowledged: send(ban) };
}

function checkPaths(paths: readonly string[], inProgress: readonly string[]): void {
  if (paths.length === 0) throw invalidArgument('Your request contains no invalidation paths.');
  if (paths.length > INVALIDATION_QUOTAS.pathsInProgress) {
    throw new ApiError('BatchTooLarge', 'Invalidation batch specified is too large.', 413);
  }
  const bad = paths.find((path) => !isPath(path) && !isTag(path));
  if (bad !== undefined)
    throw invalidArgument(`Your request contains one or more invalid invalidation paths: ${bad.slice(0, 256)}`);
  const isWild = (path: string): boolean => path.startsWith('/') && path.endsWith('*');
  const wild = (all: readonly string[]): number => all.filter(isWild).length;
  const plain = (all: readonly string[]): number => all.length - wild(all);
  const tooMany =
    wild(paths) + wild(inProgress) > INVALIDATION_QUOTAS.wildcardsInProgress ||
    plain(paths) + plain(inProgress) > INVALIDATION_QUOTAS.pathsInProgress;
  if (tooMany) {
    const message =
      'You have exceeded the maximum number of allowable InProgress invalidation batch requests, or invalidation objects.';
    throw new ApiError('TooManyInvalidationsInProgress', message, 400);
  }
}

function isPath(path: string): boolean {
  return path.length <= INVALIDATION_QUOTAS.pathLength && PATH.test(path);
}

function isTag(item: string): boolean {
  return item.length <= INVALIDATION_QUOTAS.tagLength + 1 && TAG.test(item);
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.toSorted().join('\n') === other.toSorted().join('\n');
}

export function invalidationHandlers(registry: Registry, send: SendBan) {
  const { invalidations } = registry.state;
  return {
    CreateInvalidation({ DistributionId, InvalidationBatch }, { now }) {
      const { invalidation } = invalidate(registry, send, { distributionId: DistributionId, batch: InvalidationBatch, now });
      const Location = locationOf(`distribution/${invalidation.distributionId}/invalidation/${invalidation.id}`);
      return { Location, Invalidation: shape(invalidation) };
    },
    GetInvalidation({ DistributionId, Id }) {
      const { id: distributionId } = findDistribution(registry, DistributionId);
      const invalidation = Id === undefined ? undefined : invalidations.get(distributionId, Id);
      if (invalidation === undefined) throw new ApiError('NoSuchInvalidation', 'The specified invalidation does not exist.', 404);
      return { Invalidation: shape(invalidation) };
    },
    ListInvalidations(input) {
      const { id: distributionId } = findDistribution(registry, input.DistributionId);
      const { head, items } = pageOf(invalidations.list(distributionId), input, ({ id }) => id);
      const Items = items.map((one) => ({ Id: one.id, CreateTime: new Date(one.created), Status: statusOf(one) }));
      return { InvalidationList: { ...head, ...listed(Items) } };
    },
  } satisfies Handlers<CloudFrontSdk>;
}

function statusOf({ completed }: StoredInvalidation): string {
  return completed === undefined ? 'InProgress' : 'Completed';
}

function shape(invalidation: StoredInvalidation): Sdk.Invalidation {
  return {
    Id: invalidation.id,
    Status: statusOf(invalidation),
    CreateTime: new Date(invalidation.created),
    InvalidationBatch: {
      Paths: { Quantity: invalidation.paths.length, Items: [...invalidation.paths] },
      CallerReference: invalidation.callerReference,
    },
  };
}
