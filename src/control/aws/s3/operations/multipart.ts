/**
 * Multipart uploads. S3 user guide, "Uploading and copying objects using multipart upload": parts 1 to 10000 in any order, all but the
 * last at least 5 MiB; the ETag is the MD5 of the parts' MD5s and `-N`; a checksum is of the whole or of the parts' checksums.
 * Completing joins the parts to one body, so that every read is of one file.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { CompletedPart, MultipartUpload, Part } from '@aws-sdk/client-s3';
import type { ObjectChecksum, PartRecord, UploadRecord } from '../../../buckets/bucket-records.ts';
import { newDigest } from '../../../buckets/checksums.ts';
import type { ChecksumAlgorithm } from '../../../buckets/checksums.ts';
import { MIB } from '../../../../model/units.ts';
import { ApiError } from '../../wire/types.ts';
import { ownerOf } from '../acl.ts';
import { base64, receiveBody } from '../body/receive-body.ts';
import { invalidArgument, invalidRequest, malformedXml, noSuchUpload } from '../errors.ts';
import type { S3Call, S3Handlers } from '../s3-call.ts';
import { decideRange, writePrecondition } from './conditions.ts';
import { checksumMembers } from './read-object.ts';
import { checkKey, checkLength, checksumAlgorithm, findCopySource, requestedAttributes } from './write-object.ts';

const MIN_PART = 5 * MIB;
const MAX_PARTS = 10_000;

export const multipartOperations: S3Handlers = {
  CreateMultipartUpload(input, call) {
    checkKey(call.key);
    const attributes = requestedAttributes(input, call);
    const algorithm = checksumAlgorithm(input.ChecksumAlgorithm);
    const checksum = algorithm === undefined ? undefined : { algorithm, type: checksumType(algorithm, input.ChecksumType) };
    const id = randomBytes(48).toString('base64url');
    call.context.buckets.createUpload({
      id,
      bucket: call.bucket,
      key: call.key,
      initiated: call.incoming.now,
      attributes,
      checksum,
    });
    return {
      output: {
        Bucket: call.bucket,
        Key: call.key,
        UploadId: id,
        ServerSideEncryption: 'AES256',
        ...(checksum === undefined ? {} : { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
      },
    };
  },

  async UploadPart({ PartNumber = 0, UploadId }, call) {
    const { buckets } = call.context;
    const upload = findUpload(call, UploadId);
    checkPartNumber(PartNumber);
    checkLength(call.incoming.headers);
    const { received, checksum: verified } = await receiveBody(
      call.incoming,
      (chunks, algorithms) => buckets.stage(chunks, algorithms),
      (staged) => buckets.discard(staged),
      upload.checksum?.algorithm,
    );
    const checksum = verified === undefined ? undefined : { ...verified, type: 'FULL_OBJECT' as const };
    const part = { number: PartNumber, etag: received.md5, modified: call.incoming.now, checksum };
    if (!(await buckets.putPart(upload.id, received, part))) throw noSuchUpload(upload.id);
    return { output: { ETag: `"${received.md5}"`, ServerSideEncryption: 'AES256', ...checksumMembers(checksum) } };
  },

  async UploadPartCopy({ PartNumber = 0, UploadId, CopySource, CopySourceRange }, call) {
    const { buckets } = call.context;
    const upload = findUpload(call, UploadId);
    checkPartNumber(PartNumber);
    const source = findCopySource(call, CopySource);
    const { first, last } = copyExtent(CopySourceRange, source.size);
    const algorithm = upload.checksum?.algorithm;
    const staged = await buckets.stage(buckets.readBody(source, first, last), algorithm === undefined ? [] : [algorithm]);
    const checksum =
      algorithm === undefined
        ? undefined
        : { algorithm, value: base64(staged.checksums[algorithm]), type: 'FULL_OBJECT' as const };
    const part = { number: PartNumber, etag: staged.md5, modified: call.incoming.now, checksum };
    if (!(await buckets.putPart(upload.id, staged, part))) throw noSuchUpload(upload.id);
    const result = { ETag: `"${staged.md5}"`, LastModified: new Date(call.incoming.now), ...checksumMembers(checksum) };
    return { output: { CopyPartResult: result, ServerSideEncryption: 'AES256' } };
  },

  async CompleteMultipartUpload({ UploadId, MultipartUpload: given, MpuObjectSize, ...input }, call) {
    const { buckets } = call.context;
    const upload = findUpload(call, UploadId);
    const parts = chosenParts(given?.Parts ?? [], buckets.parts(upload.id), upload);
    const precondition = writePrecondition(call.incoming.headers, call.key);
    precondition(buckets.object(call.bucket, call.key));
    const { algorithm, type } = upload.checksum ?? {};
    const staged = await buckets.joinParts(
      upload.id,
      parts.map((part) => part.number),
      algorithm === undefined ? [] : [algorithm],
    );
    const wanted = MpuObjectSize as number | string | undefined;
    if (wanted !== undefined && Number(wanted) !== staged.size) {
      await buckets.discard(staged);
      throw invalidRequest(
        `The provided 'x-amz-mp-object-size' header value ${wanted} does not match what was computed: ${staged.size}`,
      );
    }
    const checksum =
      algorithm === undefined || type === undefined
        ? undefined
        : completedChecksum(algorithm, type, parts, base64(staged.checksums[algorithm]));
    const claimed =
      checksum === undefined ? undefined : (input as Readonly<Record<string, unknown>>)[`Checksum${checksum.algorithm}`];
    if (claimed !== undefined && claimed !== checksum?.value) {
      await buckets.discard(staged);
      throw new ApiError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`, 400);
    }
    const draft = {
      bucket: call.bucket,
      key: call.key,
      modified: call.incoming.now,
      attributes: upload.attributes,
      checksum,
      parts: parts.map((part) => ({ size: part.size, checksum: part.checksum })),
      etag: joinedEtag(parts),
    };
    const object = await buckets.completeUpload(upload.id, staged, draft, precondition);
    if (object === undefined) throw noSuchUpload(upload.id);
    const host = call.incoming.headers.get('host') ?? 's3.amazonaws.com';
    return {
      output: {
        Location: `http://${host}${call.incoming.rawPath}`,
        Bucket: call.bucket,
        Key: call.key,
        ETag: `"${object.etag}"`,
        ServerSideEncryption: 'AES256',
        ...checksumMembers(checksum),
        ...(checksum === undefined ? {} : { ChecksumType: checksum.type }),
      },
    };
  },

  AbortMultipartUpload({ UploadId }, call) {
    const upload = findUpload(call, UploadId);
    if (!call.context.buckets.abortUpload(upload.id)) throw noSuchUpload(upload.id);
    return { output: {} };
  },

  ListParts({ UploadId, MaxParts = 1000, PartNumberMarker }, call) {
    const upload = findUpload(call, UploadId);
    const after = Number(PartNumberMarker ?? 0);
    const limit = Math.min(MaxParts, 1000);
    const rest = call.context.buckets.parts(upload.id).filter((part) => part.number > after);
    const page = rest.slice(0, limit);
    const owner = ownerOf(call.context.accountId);
    return {
      output: {
        Bucket: call.bucket,
        Key: call.key,
        UploadId: upload.id,
        PartNumberMarker: String(after),
        NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
        MaxParts: limit,
        IsTruncated: page.length < rest.length,
        Parts: page.map(describePart),
        Initiator: owner,
        Owner: owner,
        StorageClass: upload.attributes.storageClass as 'STANDARD',
        ...(upload.checksum === undefined
          ? {}
          : { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }),
      },
    };
  },

  ListMultipartUploads({ Prefix = '', Delimiter, KeyMarker = '', UploadIdMarker = '', MaxUploads = 1000, EncodingType }, call) {
    const limit = Math.min(MaxUploads, 1000);
    const fitting = call.context.buckets
      .uploads(call.bucket)
      .filter((upload) => upload.key.startsWith(Prefix) && isAfter(upload, KeyMarker, UploadIdMarker));
    const rolled = new Map<string, UploadRecord | undefined>();
    for (const upload of fitting) {
      const at = Delimiter === undefined || Delimiter === '' ? -1 : upload.key.indexOf(Delimiter, Prefix.length);
      if (at < 0) rolled.set(upload.id, upload);
      else rolled.set(upload.key.slice(0, at + (Delimiter ?? '').length), undefined);
    }
    const page = [...rolled].slice(0, limit);
    const uploads = page.flatMap(([, upload]) => (upload === undefined ? [] : [upload]));
    const isTruncated = page.length < rolled.size;
    const encode = (name: string): string => (EncodingType === 'url' ? encodeURIComponent(name).replaceAll('%2F', '/') : name);
    return {
      output: {
        Bucket: call.bucket,
        KeyMarker: encode(KeyMarker),
        UploadIdMarker,
        NextKeyMarker: isTruncated ? encode(uploads.at(-1)?.key ?? page.at(-1)?.[0] ?? '') : undefined,
        NextUploadIdMarker: isTruncated ? uploads.at(-1)?.id : undefined,
        Prefix: encode(Prefix),
        Delimiter,
        EncodingType,
        MaxUploads: limit,
        IsTruncated: isTruncated,
        Uploads: uploads.map((upload) => describeUpload(upload, encode, call)),
        CommonPrefixes: page.flatMap(([name, upload]) => (upload === undefined ? [{ Prefix: encode(name) }] : [])),
      },
    };
  },
};

function findUpload({ context, bucket, key }: S3Call, id = ''): UploadRecord {
  const upload = context.buckets.upload(id);
  if (upload === undefined || upload.bucket !== bucket || upload.key !== key) throw noSuchUpload(id);
  return upload;
}

function isAfter(upload: UploadRecord, keyMarker: string, idMarker: string): boolean {
  if (keyMarker === '') return true;
  const order = Buffer.compare(Buffer.from(upload.key), Buffer.from(keyMarker));
  return order > 0 || (order === 0 && idMarker !== '' && upload.id > idMarker);
}

function checkPartNumber(number: number): void {
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    throw invalidArgument(`Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`, 'partNumber', String(number));
  }
}

function copyExtent(range: string | undefined, size: number): { readonly first: number; readonly last: number } {
  if (range === undefined) return { first: 0, last: size - 1 };
  const found = /^bytes=(\d+)-(\d+)$/.exec(range);
  if (found === null)
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      range,
    );
  if (Number(found[2]) >= size)
    throw invalidArgument(`Range specified is not valid for source object of size: ${size}`, 'x-amz-copy-source-range', range);
  const decided = decideRange(range, size);
  return decided.kind === 'part' ? decided : { first: 0, last: size - 1 };
}

/** The stored parts the client names, checked as S3 checks them. */
function chosenParts(
  given: readonly CompletedPart[],
  stored: readonly PartRecord[],
  upload: UploadRecord,
): readonly PartRecord[] {
  if (given.length === 0) throw malformedXml();
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  const chosen = given.map(({ PartNumber = 0, ETag = '', ...rest }, i) => {
    if (i > 0 && PartNumber <= (given[i - 1]?.PartNumber ?? 0)) {
      throw new ApiError(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
        400,
      );
    }
    const part = byNumber.get(PartNumber);
    const claimed =
      part?.checksum === undefined
        ? undefined
        : (rest as Readonly<Record<string, unknown>>)[`Checksum${part.checksum.algorithm}`];
    if (
      part === undefined ||
      part.etag !== ETag.replaceAll('"', '') ||
      (claimed !== undefined && claimed !== part.checksum?.value)
    ) {
      const message =
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
      throw new ApiError('InvalidPart', message, 400, { UploadId: upload.id, PartNumber, ETag });
    }
    return part;
  });
  const small = chosen.slice(0, -1).find((part) => part.size < MIN_PART);
  if (small !== undefined) {
    const members = { ProposedSize: small.size, MinSizeAllowed: MIN_PART, PartNumber: small.number, ETag: small.etag };
    throw new ApiError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400, members);
  }
  return chosen;
}

function joinedEtag(parts: readonly PartRecord[]): string {
  const hash = createHash('md5');
  for (const part of parts) hash.update(Buffer.from(part.etag, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}

/** S3: CRC64NVME is always of the whole object, SHA always composite, CRC32 and CRC32C as asked. */
function checksumType(algorithm: ChecksumAlgorithm, asked: string | undefined): ObjectChecksum['type'] {
  const usual = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
  const type = asked === 'FULL_OBJECT' || asked === 'COMPOSITE' ? asked : usual;
  const impossible =
    (type === 'COMPOSITE' && algorithm === 'CRC64NVME') || (type === 'FULL_OBJECT' && algorithm.startsWith('SHA'));
  if (impossible)
    throw invalidRequest(`The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`);
  return type;
}

function completedChecksum(
  algorithm: ChecksumAlgorithm,
  type: ObjectChecksum['type'],
  parts: readonly PartRecord[],
  whole: string,
): ObjectChecksum {
  if (type === 'FULL_OBJECT') return { algorithm, type, value: whole };
  const digest = newDigest(algorithm);
  for (const part of parts) digest.update(Buffer.from(part.checksum?.value ?? '', 'base64'));
  return { algorithm, type, value: `${base64(digest.digest())}-${parts.length}` };
}

function describePart(part: PartRecord): Part {
  return {
    PartNumber: part.number,
    LastModified: new Date(part.modified),
    ETag: `"${part.etag}"`,
    Size: part.size,
    ...checksumMembers(part.checksum),
  };
}

function describeUpload(upload: UploadRecord, encode: (name: string) => string, { context }: S3Call): MultipartUpload {
  const owner = ownerOf(context.accountId);
  return {
    UploadId: upload.id,
    Key: encode(upload.key),
    Initiated: new Date(upload.initiated),
    StorageClass: upload.attributes.storageClass as 'STANDARD',
    Owner: owner,
    Initiator: owner,
    ...(upload.checksum === undefined
      ? {}
      : { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }),
  };
}
