/** S3's errors in S3's words, those that more than one operation says. S3 API reference, "Error responses". */
import { ApiError } from '../wire/types.ts';

export function noSuchBucket(bucket: string): ApiError {
  return new ApiError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: bucket });
}

export function noSuchKey(key: string): ApiError {
  return new ApiError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
}

export function noSuchUpload(uploadId: string): ApiError {
  const message =
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
  return new ApiError('NoSuchUpload', message, 404, { UploadId: uploadId });
}

export function accessDenied(message = 'Access Denied'): ApiError {
  return new ApiError('AccessDenied', message, 403);
}

export function invalidArgument(message: string, name: string, value: string): ApiError {
  return new ApiError('InvalidArgument', message, 400, { ArgumentName: name, ArgumentValue: value });
}

export function invalidRequest(message: string): ApiError {
  return new ApiError('InvalidRequest', message, 400);
}

export function preconditionFailed(condition: string): ApiError {
  return new ApiError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
    Condition: condition,
  });
}

/** `detail` says what exactly, beyond S3's words. */
export function malformedXml(detail?: string): ApiError {
  const message = 'The XML you provided was not well-formed or did not validate against our published schema';
  return new ApiError('MalformedXML', detail === undefined ? message : `${message} (${detail})`, 400);
}

/** A header or setting of a known operation that would change nothing here, so accepting it would be a lie. */
export function notImplemented(what: string): ApiError {
  return new ApiError('NotImplemented', `Warmfront's bucket store does not implement ${what}.`, 501);
}
