/**
 * What happened to one request, and why. Every header, log line and explanation is read off this one value;
 * nothing recomputes it. RFC 9211 gives the words for `fwd`; CloudFront's result types are derived in tables/result-types.ts.
 */
import type { Fields } from '../http/fields.ts';
import type { Bytes, Duration, Instant } from '../model/units.ts';

/** Why the request was, or was not, answered from the cache. RFC 9211 2.2. */
export type CacheOutcome =
  /** Answered before the cache was asked: redirects, refusals. */
  | {
      readonly kind: 'none';
      /** Of viewers who are not let in, why: `country`, `date/expired`. */
      readonly refused?: string;
    }
  | { readonly kind: 'hit'; readonly age: Duration; readonly remaining: Duration }
  | {
      readonly kind: 'hit-stale';
      readonly age: Duration;
      readonly reason: 'stale-while-revalidate' | 'stale-if-error' | 'origin-error' | 'max-stale';
    }
  /** Another request's fetch answered this one too. */
  | { readonly kind: 'collapsed'; readonly reason: MissReason }
  | { readonly kind: 'revalidated'; readonly age: Duration }
  | { readonly kind: 'miss'; readonly reason: MissReason; readonly stored: boolean; readonly notStored: string | undefined };

/** RFC 9211 2.2 `fwd`, and what CloudFront adds. */
export type MissReason =
  | 'uri-miss'
  | 'vary-miss'
  | 'stale'
  | 'bypass'
  | 'method'
  | 'partial'
  | 'request'
  | 'invalidated'
  | 'upgrade';

/** Who made the answer that the viewer got. */
export type AnsweredBy =
  | 'cache'
  | 'origin'
  | 'edge'
  | 'error-page'
  /** A viewer-request function generated it. */
  | 'function'
  /** AWS WAF: a custom response, or a challenge. */
  | 'waf'
  /** A Lambda@Edge function did, for a request of the viewer's or to the origin. */
  | 'lambda';

/** CloudFront's x-edge-detailed-result-type for failures (facts 13.2). */
export type ErrorDetail =
  | 'AbortedOrigin'
  | 'ClientCommError'
  | 'ClientGeoBlocked'
  | 'ClientHungUpRequest'
  | 'Error'
  | 'FunctionExecutionError'
  | 'FunctionThrottledError'
  | 'FunctionValidationError'
  | 'InvalidRequest'
  | 'InvalidRequestBlocked'
  | 'InvalidRequestCertificate'
  | 'InvalidRequestHeader'
  | 'InvalidRequestMethod'
  | 'LambdaExecutionError'
  | 'LambdaLimitExceeded'
  | 'LambdaValidationError'
  | 'LimitExceeded'
  | 'OriginCommError'
  | 'OriginConnectError'
  | 'OriginContentRangeLengthError'
  | 'OriginDnsError'
  | 'OriginError'
  | 'OriginHeaderTooBigError'
  | 'OriginInvalidResponseError'
  | 'OriginReadError'
  | 'OriginWriteError'
  | 'OriginZeroSizeObjectError'
  | 'SlowReaderOriginError'
  | 'CapacityExceeded';

export type LambdaError = Extract<ErrorDetail, 'LambdaExecutionError' | 'LambdaLimitExceeded' | 'LambdaValidationError'>;

/** Why the second origin of a group was asked (facts 8.2). */
export interface Failover {
  /** The id of the origin that was asked first. */
  readonly from: string;
  /** It answered with a status that is a criterion, could not be connected to, or took too long. */
  readonly reason: 'status' | 'connect' | 'timeout';
  /** The criterion that counted; CloudFront's real-time log says `Failover:<code>`. */
  readonly code: number;
}

/** CloudFront's fle-status (facts 13.1). */
export type FieldEncryptionStatus =
  | 'Processed'
  | 'ForwardedByContentType'
  | 'ForwardedByQueryArgs'
  | 'ForwardedDueToNoProfile'
  | 'MalformedContentTypeClientError'
  | 'MalformedInputClientError'
  | 'MalformedQueryArgsClientError'
  | 'RejectedByContentType'
  | 'RejectedByQueryArgs'
  | 'ServerError'
  | 'FieldLengthLimitClientError'
  | 'FieldNumberLimitClientError'
  | 'RequestLengthLimitClientError';

export interface FieldEncryption {
  readonly status: FieldEncryptionStatus;
  /** How many were encrypted, where it came to that. */
  readonly fields?: number;
}

export interface Outcome {
  readonly requestId: string;
  readonly receivedAt: Instant;
  /** Undefined when no distribution answers to the host. */
  readonly distributionId: string | undefined;
  /** Set when a staging distribution answered: whose viewers these are. */
  readonly primaryDistributionId?: string | undefined;
  readonly pathPattern: string | undefined;
  readonly cacheKey: string | undefined;
  readonly cache: CacheOutcome;
  readonly answeredBy: AnsweredBy;
  readonly redirected: boolean;
  readonly status: number;
  readonly errorDetail: ErrorDetail | undefined;
  readonly originId: string | undefined;
  /** Set when originId names the second origin of a group. */
  readonly failover?: Failover | undefined;
  /** Set where field-level encryption was concerned with the request. */
  readonly fieldEncryption?: FieldEncryption | undefined;
  /** Of the origin’s answer that this one comes from, where one was waited for. */
  readonly originTiming?: OriginTiming | undefined;
}

/** How long asking an origin took, part by part. A kept connection takes no time to make. */
export interface OriginTiming {
  readonly dns: Duration;
  /** With the TLS handshake, where there is one. */
  readonly connect: Duration;
  /** From the request's first byte to the end of the response's head. */
  readonly firstByte: Duration;
}

/** Known only when the last byte has left; joins the Outcome in the access log. */
export interface Delivery {
  readonly bodyBytes: Bytes;
  /** What the viewer sent over a connection that became a tunnel. */
  readonly receivedBytes?: Bytes | undefined;
  readonly timeToFirstByte: Duration;
  readonly timeTaken: Duration;
  readonly complete: boolean;
  /** The viewer's response as it was sent, without Content-Length: as an EdgeAnswer has it. Absent where nobody logs it. */
  readonly responseFields?: readonly [shared: Fields, edge: Fields, own: Fields] | undefined;
  /** What Content-Length said; absent when the body was of unknown length. */
  readonly contentLength?: Bytes | undefined;
}
