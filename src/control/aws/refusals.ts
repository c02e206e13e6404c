/**
 * A refused signature in AWS's words, which differ by family: S3, the JSON services, and all others (CloudFront, STS, Route 53).
 * AWS: S3 error responses; common errors of the Query and JSON protocols. Whether a signature is refused is decided in src/sigv4.
 */
import type { Claim, Refusal, RefusalReason } from '../../sigv4/claim.ts';
import { MAX_SKEW } from '../../sigv4/verify.ts';
import type { Instant } from '../../model/units.ts';
import { ApiError, type Service } from './wire/types.ts';

type Style = Service['errorStyle'];

export function refusalError(style: Style, refusal: Refusal, claim: Claim | undefined, now: Instant): ApiError {
  if (style === 's3') return s3Error(refusal, claim, now);
  const [code, status, message] = commonError(refusal);
  return style === 'json' ? new ApiError(JSON_CODES[code] ?? code, message, 400) : new ApiError(code, message, status);
}

export function unsignedError(style: Style): ApiError {
  const code = style === 'json' ? 'MissingAuthenticationTokenException' : 'MissingAuthenticationToken';
  return new ApiError(code, 'Request is missing Authentication Token', style === 'json' ? 400 : 403);
}

export function bodyHashError(declared: string, actual: string): ApiError {
  const members = { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: actual };
  return new ApiError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    400,
    members,
  );
}

const MISMATCH = 'The request signature we calculated does not match the signature you provided.';

type CommonCode = 'IncompleteSignature' | 'InvalidClientTokenId' | 'SignatureDoesNotMatch' | 'RequestExpired';

const JSON_CODES: Readonly<Record<CommonCode, string>> = {
  IncompleteSignature: 'IncompleteSignatureException',
  InvalidClientTokenId: 'UnrecognizedClientException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  RequestExpired: 'RequestExpired',
};

function commonError({ reason, detail }: Refusal): readonly [CommonCode, number, string] {
  switch (reason) {
    case 'unsupported':
    case 'malformed':
    case 'unsigned-headers':
      return ['IncompleteSignature', 400, `The request signature does not conform to AWS standards: ${detail}`];
    case 'unknown-key':
    case 'invalid-token':
      return ['InvalidClientTokenId', 403, 'The security token included in the request is invalid.'];
    case 'too-old':
      return ['SignatureDoesNotMatch', 403, `Signature expired: ${detail}`];
    case 'too-new':
      return ['SignatureDoesNotMatch', 403, `Signature not yet current: ${detail}`];
    case 'expired':
      return ['RequestExpired', 400, `Request has expired: ${detail}`];
    case 'mismatch':
      return [
        'SignatureDoesNotMatch',
        403,
        `${MISMATCH} Check your AWS Secret Access Key and signing method. Consult the service documentation for details.`,
      ];
  }
}

function s3Error({ reason, detail, presigned }: Refusal, claim: Claim | undefined, now: Instant): ApiError {
  const serverTime = new Date(now).toISOString();
  const rows: Readonly<Record<RefusalReason, () => ApiError>> = {
    unsupported: () =>
      new ApiError(
        'InvalidRequest',
        'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
        400,
      ),
    malformed: () =>
      presigned
        ? new ApiError(
            'AuthorizationQueryParametersError',
            `Error parsing the query parameters of the signature: ${detail}.`,
            400,
          )
        : new ApiError('AuthorizationHeaderMalformed', `The authorization header is malformed; ${detail}.`, 400),
    'unknown-key': () =>
      new ApiError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', 403, {
        AWSAccessKeyId: detail,
      }),
    'invalid-token': () => new ApiError('InvalidToken', 'The provided token is malformed or otherwise invalid.', 400),
    'too-old': skewed,
    'too-new': () =>
      presigned ? new ApiError('AccessDenied', 'Request is not yet valid', 403, { ServerTime: serverTime }) : skewed(),
    expired: () => {
      const seconds = claim?.expiresIn === undefined ? undefined : claim.expiresIn / 1000;
      return new ApiError('AccessDenied', 'Request has expired', 403, {
        'X-Amz-Expires': seconds,
        Expires: detail,
        ServerTime: serverTime,
      });
    },
    'unsigned-headers': () =>
      new ApiError('AccessDenied', 'There were headers present in the request which were not signed', 403, {
        HeadersNotSigned: detail,
      }),
    mismatch: () =>
      new ApiError('SignatureDoesNotMatch', `${MISMATCH} Check your key and signing method.`, 403, {
        AWSAccessKeyId: claim?.accessKeyId,
        SignatureProvided: claim?.signature,
      }),
  };
  function skewed(): ApiError {
    return new ApiError(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      403,
      {
        RequestTime: claim?.timestamp,
        ServerTime: serverTime,
        MaxAllowedSkewMilliseconds: MAX_SKEW,
      },
    );
  }
  return rows[reason]();
}
