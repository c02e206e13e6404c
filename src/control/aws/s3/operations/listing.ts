/**
 * Listing objects: V2, V1 and versions, over one walk (buckets/list-objects.ts). S3 API reference: which members say where the next
 * page begins differs, and `encoding-type=url` encodes every name.
 */
import type { CommonPrefix, _Object, ObjectVersion, Owner } from '@aws-sdk/client-s3';
import type { ObjectRecord } from '../../../buckets/bucket-records.ts';
import type { Listed } from '../../../buckets/list-objects.ts';
import { ownerOf } from '../acl.ts';
import { invalidArgument } from '../errors.ts';
import type { S3Call, S3Handlers } from '../s3-call.ts';

const MAX_KEYS = 1000;

interface ListWords {
  readonly Prefix?: string | undefined;
  readonly Delimiter?: string | undefined;
  readonly MaxKeys?: number | undefined;
  readonly EncodingType?: string | undefined;
}

export const listOperations: S3Handlers = {
  ListObjectsV2(input, call) {
    const { ContinuationToken: token, StartAfter } = input;
    const after = token === undefined ? (StartAfter ?? '') : readToken(token);
    const page = walk(input, after, call);
    const owner = input.FetchOwner === true ? ownerOf(call.context.accountId) : undefined;
    return {
      output: {
        ...page.head,
        KeyCount: page.listed.length,
        ContinuationToken: token,
        StartAfter: StartAfter === undefined ? undefined : page.encode(StartAfter),
        NextContinuationToken: page.last === undefined ? undefined : Buffer.from(page.last).toString('base64url'),
        Contents: page.objects.map((object) => describe(object, page.encode, owner)),
        CommonPrefixes: page.prefixes,
      },
    };
  },

  ListObjects(input, call) {
    const page = walk(input, input.Marker ?? '', call);
    const owner = ownerOf(call.context.accountId);
    // S3: without a delimiter the last key is the marker, and NextMarker is not said.
    const isSaid = page.last !== undefined && input.Delimiter !== undefined;
    return {
      output: {
        ...page.head,
        Marker: page.encode(input.Marker ?? ''),
        NextMarker: isSaid ? page.encode(page.last ?? '') : undefined,
        Contents: page.objects.map((object) => describe(object, page.encode, owner)),
        CommonPrefixes: page.prefixes,
      },
    };
  },

  /** Every object is its only version, the null one. */
  ListObjectVersions(input, call) {
    const page = walk(input, input.KeyMarker ?? '', call);
    const owner = ownerOf(call.context.accountId);
    const versions = page.objects.map((object): ObjectVersion => ({
      ...describe(object, page.encode, owner),
      StorageClass: 'STANDARD',
      VersionId: 'null',
      IsLatest: true,
    }));
    return {
      output: {
        ...page.head,
        KeyMarker: page.encode(input.KeyMarker ?? ''),
        VersionIdMarker: input.VersionIdMarker ?? '',
        NextKeyMarker: page.last === undefined ? undefined : page.encode(page.last),
        NextVersionIdMarker: page.last === undefined ? undefined : 'null',
        Versions: versions,
        CommonPrefixes: page.prefixes,
      },
    };
  },
};

type Encode = (name: string) => string;

interface Page {
  /** The members all three lists share. */
  readonly head: object;
  readonly listed: readonly Listed[];
  readonly objects: readonly ObjectRecord[];
  readonly prefixes: CommonPrefix[];
  /** The last name of a truncated page. */
  readonly last: string | undefined;
  readonly encode: Encode;
}

function walk(words: ListWords, after: string, { context, bucket }: S3Call): Page {
  const { Prefix = '', Delimiter, MaxKeys = MAX_KEYS, EncodingType } = words;
  if (MaxKeys < 0)
    throw invalidArgument('Argument maxKeys must be an integer between 0 and 2147483647', 'maxKeys', String(MaxKeys));
  if (EncodingType !== undefined && EncodingType !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', EncodingType);
  const encode: Encode = EncodingType === 'url' ? urlEncode : (name) => name;
  const limit = Math.min(MaxKeys, MAX_KEYS);
  const { listed, isTruncated } = context.buckets.list(bucket, { prefix: Prefix, delimiter: Delimiter ?? '', after, limit });
  const last = listed.at(-1);
  return {
    head: {
      Name: bucket,
      Prefix: encode(Prefix),
      Delimiter: Delimiter === undefined ? undefined : encode(Delimiter),
      MaxKeys: limit,
      EncodingType,
      IsTruncated: isTruncated,
    },
    listed,
    objects: listed.flatMap((item) => (item.kind === 'object' ? [item.object] : [])),
    prefixes: listed.flatMap((item) => (item.kind === 'common-prefix' ? [{ Prefix: encode(item.prefix) }] : [])),
    last: !isTruncated || last === undefined ? undefined : nameOf(last),
    encode,
  };
}

function nameOf(listed: Listed): string {
  return listed.kind === 'object' ? listed.object.key : listed.prefix;
}

function describe(object: ObjectRecord, encode: Encode, owner: Owner | undefined): _Object {
  return {
    Key: encode(object.key),
    LastModified: new Date(object.modified),
    ETag: `"${object.etag}"`,
    ...(object.checksum === undefined
      ? {}
      : { ChecksumAlgorithm: [object.checksum.algorithm], ChecksumType: object.checksum.type }),
    Size: object.size,
    StorageClass: object.attributes.storageClass as 'STANDARD',
    ...(owner === undefined ? {} : { Owner: owner }),
  };
}

/** S3: as in a query string, with `/` left as it is. */
function urlEncode(name: string): string {
  return encodeURIComponent(name.toWellFormed())
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function readToken(token: string): string {
  const name = Buffer.from(token, 'base64url').toString();
  if (token === '' || Buffer.from(name).toString('base64url') !== token) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  }
  return name;
}
