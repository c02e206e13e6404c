/**
 * Reading objects: GetObject, HeadObject, GetObjectAttributes. S3 API reference. Conditions and ranges are decided in conditions.ts,
 * permissions before a handler runs, except what a missing key says, which depends on ListBucket.
 */
import { readFile } from 'node:fs/promises';
import type { ObjectRecord } from '../../../buckets/bucket-records.ts';
import { MIB } from '../../../../model/units.ts';
import type { Bytes } from '../../../../model/units.ts';
import { mayDo } from '../access.ts';
import { ApiError } from '../../wire/types.ts';
import { accessDenied, invalidArgument, noSuchKey, preconditionFailed } from '../errors.ts';
import type { Answer, AnswerBody, S3Call, S3Handlers, S3Input, S3Output } from '../s3-call.ts';
import { decideRange, decideReadCondition } from './conditions.ts';

/** What is buffered goes out with its length in one write; what is larger is sent from the file. */
const BUFFERED: Bytes = MIB;

export const readOperations: S3Handlers = {
  async GetObject(input, call) {
    return readObjectAnswer(input, call, true);
  },
  HeadObject: (input, call) => readObjectAnswer(input, call, false),

  GetObjectAttributes({ VersionId, ObjectAttributes = [], MaxParts = 1000, PartNumberMarker }, call) {
    const object = findObject(call, VersionId);
    const wanted = new Set<string>(ObjectAttributes);
    const after = Number(PartNumberMarker ?? 0);
    const parts = object.parts
      .map((part, i) => ({ PartNumber: i + 1, Size: part.size, ...checksumMembers(part.checksum) }))
      .slice(after);
    const page = parts.slice(0, MaxParts);
    const checksum =
      object.checksum === undefined ? undefined : { ...checksumMembers(object.checksum), ChecksumType: object.checksum.type };
    return {
      output: {
        LastModified: new Date(object.modified),
        ETag: wanted.has('ETag') ? object.etag : undefined,
        Checksum: wanted.has('Checksum') ? checksum : undefined,
        ObjectSize: wanted.has('ObjectSize') ? object.size : undefined,
        StorageClass: wanted.has('StorageClass') ? (object.attributes.storageClass as 'STANDARD') : undefined,
        ObjectParts:
          wanted.has('ObjectParts') && object.parts.length > 0
            ? {
                TotalPartsCount: object.parts.length,
                PartNumberMarker: String(after),
                NextPartNumberMarker: String(page.at(-1)?.PartNumber ?? 0),
                MaxParts,
                IsTruncated: page.length < parts.length,
                ...(object.checksum === undefined ? {} : { Parts: page }),
              }
            : undefined,
      },
    };
  },
};

/** The object, or what its absence may be told as. */
export function findObject(call: S3Call, versionId: string | undefined): ObjectRecord {
  const { context, bucket, key } = call;
  if (versionId !== undefined && versionId !== 'null') {
    throw invalidArgument('Invalid version id specified', 'versionId', versionId);
  }
  const object = context.buckets.object(bucket, key);
  if (object !== undefined) return object;
  // S3: who may not list must not learn which keys exist.
  const list = mayDo(call, { action: 's3:ListBucket', acl: 'READ' }, { bucket, key: '' });
  throw list.kind === 'allowed' ? noSuchKey(key) : accessDenied();
}

type ReadInput = S3Input<'GetObject'> | S3Input<'HeadObject'>;
type ReadOutput = S3Output<'GetObject'> & S3Output<'HeadObject'>;

async function readObjectAnswer(input: ReadInput, call: S3Call, withBody: boolean): Promise<Answer<ReadOutput>> {
  const object = findObject(call, input.VersionId);
  const { headers } = call.incoming;
  const condition = decideReadCondition(object, headers);
  if (condition.kind === 'failed') throw preconditionFailed(condition.condition);
  if (condition.kind === 'not-modified') return { status: 304, output: validators(object), body: null };

  const extent =
    input.PartNumber === undefined ? rangeExtent(headers.get('range'), object.size) : partExtent(object, input.PartNumber);
  const { first, last, isPart } = extent;
  const length = last - first + 1;
  const output = {
    ...describeObject(object, { withChecksum: input.ChecksumMode === 'ENABLED' && !isPart }),
    ...overrides(input, call),
    ContentLength: length,
    ...(isPart ? { ContentRange: `bytes ${first}-${last}/${object.size}` } : {}),
    ...(input.PartNumber !== undefined && object.parts.length > 0 ? { PartsCount: object.parts.length } : {}),
  } as ReadOutput;
  const expires = input.ResponseExpires === undefined ? object.attributes.headers.Expires : call.query.get('response-expires');
  return {
    status: isPart ? 206 : 200,
    output,
    headers: typeof expires === 'string' ? { expires } : {},
    body: withBody ? await bodyOf(call, object, extent, headers.has('range')) : null,
  };
}

interface Extent {
  readonly first: number;
  readonly last: number;
  readonly isPart: boolean;
}

function rangeExtent(field: string | null, size: Bytes): Extent {
  const range = decideRange(field, size);
  return range.kind === 'part'
    ? { first: range.first, last: range.last, isPart: true }
    : { first: 0, last: size - 1, isPart: false };
}

function partExtent(object: ObjectRecord, number: number): Extent {
  const sizes = object.parts.length === 0 ? [object.size] : object.parts.map((part) => part.size);
  const size = sizes[number - 1];
  if (size === undefined)
    throw new ApiError('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416, {
      PartNumberRequested: number,
      ActualPartCount: sizes.length,
    });
  const first = sizes.slice(0, number - 1).reduce((sum, before) => sum + before, 0);
  return { first, last: first + size - 1, isPart: object.size > 0 };
}

async function bodyOf(
  { context }: S3Call,
  object: ObjectRecord,
  { first, last, isPart }: Extent,
  hasRange: boolean,
): Promise<AnswerBody> {
  const { buckets } = context;
  const length = last - first + 1;
  if (length <= 0) return new Uint8Array();
  if (object.size <= BUFFERED) return (await readFile(buckets.bodyPath(object))).subarray(first, last + 1);
  // Bun answers a Range field by itself when a whole file is sent; here the range was already refused.
  if (hasRange && !isPart) return streamOf(buckets.readBody(object, first, last));
  return Bun.file(buckets.bodyPath(object)).slice(first, last + 1);
}

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

function validators({ etag, modified }: ObjectRecord): { ETag: string; LastModified: Date } {
  return { ETag: `"${etag}"`, LastModified: new Date(modified) };
}

/** Everything a read says about an object besides its bytes. */
function describeObject(object: ObjectRecord, { withChecksum }: { readonly withChecksum: boolean }): object {
  const { headers, metadata, storageClass, tags } = object.attributes;
  const { Expires: _raw, ...typed } = headers;
  return {
    ...validators(object),
    AcceptRanges: 'bytes',
    ...typed,
    ContentType: headers.ContentType ?? 'binary/octet-stream',
    Metadata: metadata,
    ServerSideEncryption: 'AES256',
    // S3: the standard class is not said.
    ...(storageClass === 'STANDARD' ? {} : { StorageClass: storageClass }),
    ...(tags.length > 0 ? { TagCount: tags.length } : {}),
    ...(withChecksum && object.checksum !== undefined
      ? { ...checksumMembers(object.checksum), ChecksumType: object.checksum.type }
      : {}),
  };
}

/** `ChecksumCRC32: '...'` */
export function checksumMembers(
  checksum: { readonly algorithm: string; readonly value: string } | undefined,
): Readonly<Record<string, string>> {
  return checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value };
}

/** S3: `response-*` parameters replace fields of the answer, for signed requests only. */
function overrides(input: ReadInput, call: S3Call): object {
  const wanted = {
    CacheControl: input.ResponseCacheControl,
    ContentDisposition: input.ResponseContentDisposition,
    ContentEncoding: input.ResponseContentEncoding,
    ContentLanguage: input.ResponseContentLanguage,
    ContentType: input.ResponseContentType,
  };
  const given = Object.entries(wanted).filter((entry) => entry[1] !== undefined);
  if ((given.length > 0 || input.ResponseExpires !== undefined) && call.incoming.principal.kind === 'anonymous') {
    throw new ApiError('InvalidRequest', 'Request specific response headers cannot be used for anonymous GET requests.', 400);
  }
  return Object.fromEntries(given);
}
