/**
 * The pairs of key value stores: read, put, delete, several at once, list. API reference "CloudFront KeyValueStore"; facts: data plane 14.
 * A change names the version it was made for; it answers when the edges have it, at CloudFront within seconds and here at once. Which
 * stores there are: aws/cloudfront/key-value-stores.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront-keyvaluestore';
import type { Clock } from '../../../edge/ports.ts';
import { UPDATES_MAY_DELETE_ABSENT_KEYS } from '../../../model/assumptions.ts';
import { pairFault, type KeyValueChange } from '../../../model/key-value-store.ts';
import { KEY_VALUE_QUOTAS } from '../../../tables/quotas.ts';
import type { KeyValueState } from '../../state/key-values.ts';
import { keyValueStoreArn, keyValueStoreId } from '../cloudfront/key-value-stores/store-document.ts';
import type { Registry } from '../cloudfront/registry.ts';
import { firstRepeated } from '../cloudfront/validate/references.ts';
import { unquoted } from '../cloudfront/versions.ts';
import { patiently } from '../patience.ts';
import { ApiError, type CallContext, type Handlers } from '../wire/types.ts';

/** The service, for Handlers. */
export type KeyValueSdk = typeof Sdk;

export interface KeyValueEdges {
  /** Resolves when the edges have the change. */
  changeKeyValues(change: KeyValueChange): Promise<void>;
}

type Changes = Pick<KeyValueChange, 'puts' | 'deletes'>;
type Counts = Pick<Sdk.PutKeyCommandOutput, 'ItemCount' | 'TotalSizeInBytes' | 'ETag'>;

export function keyHandlers(
  { keyValueStores, accountId, ids, state: { keyValues } }: Registry,
  edges: KeyValueEdges,
  clock: Pick<Clock, 'after'>,
) {
  function find(arn = ''): KeyValueState {
    const [, account] = /^arn:aws:cloudfront::(\d{12}):key-value-store\/[^/]+$/.exec(arn) ?? [];
    if (account === undefined) throw invalid(`KvsARN must be the ARN of a key value store: ${arn}`);
    const id = keyValueStoreId(arn, accountId);
    if (id === undefined) throw new ApiError('AccessDeniedException', `The key value store is another account's: ${arn}`);
    const found = keyValueStores.get(id) && keyValues.state(id);
    if (found === undefined) throw notFound(`There is no key value store ${arn}`);
    return found;
  }

  async function change(
    arn: string | undefined,
    ifMatch: string | undefined,
    { puts, deletes }: Changes,
    call: CallContext,
    mayBeAbsent: boolean,
  ): Promise<Counts> {
    const current = find(arn);
    for (const [key, value] of puts) refuseFault(pairFault(key, value));
    const named = [...puts.map(([key]) => key), ...deletes];
    const repeated = firstRepeated(named);
    if (repeated !== undefined) throw invalid(`The key ${repeated} is named more than once.`);
    if (unquoted(ifMatch) !== current.etag)
      throw new ApiError(
        'ConflictException',
        `If-Match is ${ifMatch ?? 'absent'}, and the key value store is at ${current.etag}.`,
      );
    const absent = mayBeAbsent ? undefined : deletes.find((key) => keyValues.get(current.storeId, key) === undefined);
    if (absent !== undefined) throw noSuchKey(absent);
    const changed = keyValues.change(current, { puts, deletes }, ids.keyValues(), call.now, KEY_VALUE_QUOTAS.storeSize);
    if (changed === undefined) {
      const message = `The key value store would have more than ${KEY_VALUE_QUOTAS.storeSize} bytes.`;
      throw new ApiError('ServiceQuotaExceededException', message);
    }
    await patiently(clock, edges.changeKeyValues(changed.change));
    const { items, bytes, etag } = changed.state;
    return { ItemCount: items, TotalSizeInBytes: bytes, ETag: etag };
  }

  return {
    DescribeKeyValueStore({ KvsARN }) {
      const { storeId, items, bytes, etag, created, modified } = find(KvsARN);
      return {
        ItemCount: items,
        TotalSizeInBytes: bytes,
        KvsARN: keyValueStoreArn(accountId, storeId),
        Created: new Date(created),
        LastModified: new Date(modified),
        Status: 'READY',
        ETag: etag,
      };
    },
    GetKey({ KvsARN, Key: key = '' }) {
      const { storeId, items, bytes } = find(KvsARN);
      const value = keyValues.get(storeId, key);
      if (value === undefined) throw noSuchKey(key);
      return { Key: key, Value: value, ItemCount: items, TotalSizeInBytes: bytes };
    },
    PutKey({ KvsARN, IfMatch, Key: key = '', Value: value = '' }, call) {
      return change(KvsARN, IfMatch, { puts: [[key, value]], deletes: [] }, call, false);
    },
    DeleteKey({ KvsARN, IfMatch, Key: key = '' }, call) {
      return change(KvsARN, IfMatch, { puts: [], deletes: [key] }, call, false);
    },
    UpdateKeys({ KvsARN, IfMatch, Puts = [], Deletes = [] }, call) {
      const count = Puts.length + Deletes.length;
      if (count === 0) throw invalid('Puts or Deletes must name at least one key.');
      // Ours: CloudFront does not say which error is for a call that is too large.
      if (count > KEY_VALUE_QUOTAS.keysPerUpdate)
        throw invalid(`At most ${KEY_VALUE_QUOTAS.keysPerUpdate} keys can be changed at once, and ${count} are named.`);
      const puts = Puts.map(({ Key = '', Value = '' }) => [Key, Value] as const);
      const deletes = Deletes.map(({ Key = '' }) => Key);
      return change(KvsARN, IfMatch, { puts, deletes }, call, UPDATES_MAY_DELETE_ABSENT_KEYS);
    },
    ListKeys({ KvsARN, NextToken, MaxResults = KEY_VALUE_QUOTAS.pageLength.usual }) {
      const { storeId } = find(KvsARN);
      const found = keyValues.list(storeId, NextToken === undefined ? '' : readToken(NextToken), MaxResults + 1);
      const shown = found.slice(0, MaxResults);
      const last = found.length > MaxResults ? shown.at(-1) : undefined;
      return {
        ...(last !== undefined && { NextToken: writeToken(last[0]) }),
        Items: shown.map(([Key, Value]) => ({ Key, Value })),
      };
    },
  } satisfies Handlers<KeyValueSdk>;
}

function refuseFault(fault: string | undefined): void {
  if (fault !== undefined) throw invalid(`${fault[0]?.toUpperCase()}${fault.slice(1)}.`);
}

function invalid(message: string): ApiError {
  return new ApiError('ValidationException', message);
}

function notFound(message: string): ApiError {
  return new ApiError('ResourceNotFoundException', message);
}

function noSuchKey(key: string): ApiError {
  return notFound(`The key value store has no key ${key}`);
}

/** The last key of a page: the next begins behind it, whatever has been put or deleted since. */
function writeToken(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function readToken(token: string): string {
  if (!/^[\w-]+$/.test(token)) throw invalid('NextToken is not one that ListKeys gave.');
  return Buffer.from(token, 'base64url').toString();
}
