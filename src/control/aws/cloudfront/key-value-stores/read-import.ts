/**
 * What a key value store is made with: the pairs of a file in the built-in bucket store, read once. CloudFront: ImportSource, of type S3, by
 * the ARN of the object. What the file may hold: model/key-value-file.ts.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { readKeyValueFile } from '../../../../model/key-value-file.ts';
import type { KeyValuePair } from '../../../../model/key-value-store.ts';
import { KEY_VALUE_QUOTAS } from '../../../../tables/quotas.ts';
import { readStoredObject, type ReadableBuckets } from '../../../buckets/read-stored-object.ts';
import { ApiError } from '../../wire/types.ts';
import { invalidArgument } from '../validate/references.ts';

const OBJECT = /^arn:aws:s3:::(?<bucket>[^/]+)\/(?<key>.+)$/s;

/** No pairs where there is no source. Rejects with ApiError. */
export async function readImport(
  buckets: ReadableBuckets | undefined,
  source: Sdk.ImportSource | undefined,
): Promise<readonly KeyValuePair[]> {
  if (source === undefined) return [];
  if (source.SourceType !== 'S3') throw invalidArgument('The parameter ImportSource.SourceType must be S3.');
  const { bucket = '', key = '' } = OBJECT.exec(source.SourceARN ?? '')?.groups ?? {};
  if (key === '') throw invalidArgument('The parameter ImportSource.SourceARN must be arn:aws:s3:::<bucket>/<key>.');
  const named = `s3://${bucket}/${key}`;
  const found = buckets?.bucket(bucket) && buckets.object(bucket, key);
  if (buckets === undefined || found === undefined) {
    // CloudFront: what it may not read and what is not there are the same to it.
    throw new ApiError('AccessDenied', `The import source ${named} is not in the built-in bucket store.`, 403);
  }
  if (found.size > KEY_VALUE_QUOTAS.importLength)
    throw tooLarge(named, `it has ${found.size} bytes, and may have ${KEY_VALUE_QUOTAS.importLength}`);
  const file = readKeyValueFile(utf8(await readStoredObject(buckets, found), named));
  if (file.kind === 'pairs') return file.pairs;
  throw file.isTooLarge ? tooLarge(named, file.why) : refused(named, file.why);
}

function utf8(octets: Uint8Array, named: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    throw refused(named, 'it is not UTF-8');
  }
}

function refused(named: string, why: string): ApiError {
  return invalidArgument(`The import source ${named} cannot be used: ${why}.`);
}

function tooLarge(named: string, why: string): ApiError {
  return new ApiError('EntitySizeLimitExceeded', `The import source ${named} is too large: ${why}.`, 413);
}
