/**
 * A CloudFront function as it is stored, and as the API and edges see it. Facts: aws-api B2, B3: two stages, each with a version (ETag) of
 * its own; the resource's version is that of DEVELOPMENT.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { EdgeFunction, FunctionRuntime } from '../../../../model/edge-function.ts';
import type { Instant } from '../../../../model/units.ts';
import type { StoredResource } from '../../../state/resources.ts';
import { ApiError } from '../../wire/types.ts';
import { keyValueStoreId } from '../key-value-stores/store-document.ts';
import type { Registry } from '../registry.ts';

export interface FunctionStage {
  readonly etag: string;
  /** Base64. */
  readonly code: string;
  readonly comment: string;
  readonly runtime: FunctionRuntime;
  /** The ARN of the key value store that it may read. */
  readonly keyValueStore?: string | undefined;
  readonly created: Instant;
  readonly modified: Instant;
}

export interface FunctionDocument {
  readonly development: FunctionStage;
  /** Undefined until it is published. */
  readonly live?: FunctionStage;
  readonly tags: Readonly<Record<string, string>>;
}

export type StoredFunction = StoredResource<FunctionDocument>;
export type StageName = 'DEVELOPMENT' | 'LIVE';

export function functionArn(accountId: string, name: string): string {
  return `arn:aws:cloudfront::${accountId}:function/${name}`;
}

export function noSuchFunction(): ApiError {
  return new ApiError('NoSuchFunctionExists', 'The function does not exist.', 404);
}

/** Throws NoSuchFunctionExists; also for a LIVE stage that there is not. */
export function stageOf({ document }: StoredFunction, stage: string | undefined): FunctionStage {
  const found = stage === 'LIVE' ? document.live : document.development;
  if (found === undefined) throw noSuchFunction();
  return found;
}

export function functionSummary(registry: Registry, stored: StoredFunction, stage: StageName): Sdk.FunctionSummary {
  const { comment, runtime, keyValueStore, created, modified } = stageOf(stored, stage);
  const arn = functionArn(registry.accountId, stored.name);
  return {
    Name: stored.name,
    Status: statusOf(registry, stored, stage, arn),
    FunctionConfig: { Comment: comment, Runtime: runtime, KeyValueStoreAssociations: associations(keyValueStore) },
    FunctionMetadata: {
      FunctionARN: arn,
      Stage: stage,
      CreatedTime: new Date(created),
      LastModifiedTime: new Date(modified),
    },
  };
}

function associations(keyValueStore: string | undefined): Sdk.KeyValueStoreAssociations {
  return keyValueStore === undefined ? { Quantity: 0 } : { Quantity: 1, Items: [{ KeyValueStoreARN: keyValueStore }] };
}

/** CloudFront: what has not been published says so; what has, whether a distribution uses it. */
function statusOf(registry: Registry, { document }: StoredFunction, stage: StageName, arn: string): string {
  const { development, live } = document;
  const isPublished = live !== undefined && (stage === 'LIVE' || isSame(development, live));
  if (!isPublished) return 'UNPUBLISHED';
  return registry.usersOf(arn).length > 0 ? 'ASSOCIATED' : 'UNASSOCIATED';
}

function isSame(one: FunctionStage, other: FunctionStage): boolean {
  const members = ['code', 'comment', 'runtime', 'keyValueStore'] as const;
  return members.every((member) => one[member] === other[member]);
}

/** What edges run; undefined until it is published. */
export function edgeFunction(accountId: string, { name, document: { live } }: StoredFunction): EdgeFunction | undefined {
  if (live === undefined) return undefined;
  const { runtime, etag, code } = live;
  const keyValueStore = live.keyValueStore && keyValueStoreId(live.keyValueStore, accountId);
  const source = Buffer.from(code, 'base64').toString();
  return { arn: functionArn(accountId, name), name, runtime, etag, code: source, ...(keyValueStore && { keyValueStore }) };
}
