/**
 * The package of a function: sent along, or taken from the built-in bucket store; unpacked and kept. Lambda API reference, FunctionCode. Where
 * a handler must be found in it: requireHandler, asked where the code and its settings become one for good.
 */
import type * as Sdk from '@aws-sdk/client-lambda';
import { LAMBDA_QUOTAS } from '../../../../tables/lambda-edge.ts';
import { readStoredObject, type ReadableBuckets } from '../../../buckets/read-stored-object.ts';
import { ApiError } from '../../wire/types.ts';
import { invalidParameter } from '../accept-settings.ts';
import type { LambdaCode, LambdaSettings } from '../lambda-document.ts';
import type { CodeFolders } from './code-folders.ts';
import { handlerFiles } from './handler-files.ts';
import { ZipFault } from './read-zip.ts';

export interface AcceptedPackage extends LambdaCode {
  readonly paths: readonly string[];
}

/** Rejects with ApiError. */
export async function acceptPackage(
  given: Sdk.FunctionCode | undefined,
  code: CodeFolders,
  buckets: ReadableBuckets,
): Promise<AcceptedPackage> {
  const zip = await bytesOf(given ?? {}, buckets);
  if (zip.byteLength > LAMBDA_QUOTAS.zipLength) {
    const message = `The package has ${zip.byteLength} bytes, and may have ${LAMBDA_QUOTAS.zipLength}.`;
    throw new ApiError('RequestEntityTooLargeException', message, 413, { Type: 'User' });
  }
  try {
    const { sha256, paths } = await code.keep(zip);
    if (paths.length === 0) throw new ZipFault('it is empty');
    return { sha256, size: zip.byteLength, paths };
  } catch (error) {
    if (!(error instanceof ZipFault)) throw error;
    throw invalidParameter(
      `Could not unzip uploaded file. Please check your file, then try to upload again. The package cannot be used: ${error.message}.`,
    );
  }
}

async function bytesOf(
  { ZipFile, S3Bucket, S3Key, S3ObjectVersion, ImageUri }: Sdk.FunctionCode,
  buckets: ReadableBuckets,
): Promise<Uint8Array> {
  if (ImageUri !== undefined) throw invalidParameter('Warmfront does not serve functions with PackageType Image.');
  if (ZipFile !== undefined) {
    if (S3Bucket !== undefined || S3Key !== undefined)
      throw invalidParameter('Please do not provide other FunctionCode parameters when providing a ZipFile.');
    return ZipFile;
  }
  if (S3Bucket === undefined || S3Key === undefined) throw invalidParameter('Please provide a source for function code.');
  const failed = (code: string, message: string): ApiError =>
    invalidParameter(`Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: ${message}`);
  if (buckets.bucket(S3Bucket) === undefined)
    throw failed('NoSuchBucket', `There is no bucket ${S3Bucket} in the built-in bucket store`);
  // S3: without versioning, an object has the version `null`.
  const found = S3ObjectVersion === undefined || S3ObjectVersion === 'null' ? buckets.object(S3Bucket, S3Key) : undefined;
  if (found === undefined) throw failed('NoSuchKey', 'The specified key does not exist.');
  if (found.size > LAMBDA_QUOTAS.zipLength || found.size === 0)
    return new Uint8Array(found.size > 0 ? LAMBDA_QUOTAS.zipLength + 1 : 0);
  return readStoredObject(buckets, found);
}

/** Ours: AWS finds out when the function runs; a package that cannot is refused while somebody is there to mend it. */
export function requireHandler(
  { runtime, handler }: Pick<LambdaSettings, 'runtime' | 'handler'>,
  paths: readonly string[],
): void {
  const wanted = handlerFiles(runtime, handler);
  if (wanted.length === 0) throw invalidParameter(`The handler ${handler} is not of the form file.export.`);
  const present = new Set(paths);
  if (wanted.some((path) => present.has(path))) return;
  const [first, ...others] = wanted.filter((path) => path !== handler);
  throw invalidParameter(
    `The package holds no file for the handler ${handler}: ${first} is looked for, then ${others.slice(0, 3).join(', ')}.`,
  );
}
