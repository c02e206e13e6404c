/**
 * The words shared by every AWS service we serve: who called, how handlers are typed, and how an error is said.
 * How bytes become inputs and outputs is decided by the codecs beside this file, driven by the generated models.
 */
import type { Bytes, Instant } from '../../../model/units.ts';

/** Who signed the call. */
export type Principal =
  | { readonly kind: 'account'; readonly accountId: string; readonly accessKeyId: string; readonly arn: string }
  /** CloudFront itself, on behalf of a distribution (OAC). */
  | {
      readonly kind: 'service';
      readonly service: 'cloudfront.amazonaws.com';
      readonly sourceArn: string;
      readonly sourceAccount: string;
    }
  /** A legacy origin access identity (OAI). */
  | { readonly kind: 'origin-access-identity'; readonly id: string }
  | { readonly kind: 'anonymous' };

export interface CallContext {
  readonly requestId: string;
  readonly operation: string;
  readonly principal: Principal;
  readonly accountId: string;
  readonly region: string;
  readonly now: Instant;
}

/** An error in AWS's words. Status and shape come from the service's model unless given. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** Defaults to the status the model gives the code, else 400. */
    readonly status?: number,
    /** Further modelled members of the error, such as Resource. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

type Module = Record<string, unknown>;
type OperationName<T> = { [K in keyof T]: K extends `${infer N}Command` ? N : never }[keyof T];
type Instance<T extends Module, N extends string> = T[`${N}Command`] extends abstract new (...args: never[]) => infer C
  ? C
  : never;

/** An operation's input, as the service's own SDK types it. */
export type Input<T extends Module, N extends string> = Instance<T, N> extends { input: infer I } ? I : never;
/** An operation's output, as the service's own SDK types it. */
export type Output<T extends Module, N extends string> =
  Instance<T, N> extends { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer O }> }
    ? Omit<O, '$metadata'>
    : never;

/** Handlers of a service, keyed by operation. What is absent answers 501 NotImplemented. */
export type Handlers<T extends Module> = {
  readonly [N in OperationName<T> & string]?: (input: Input<T, N>, call: CallContext) => Output<T, N> | Promise<Output<T, N>>;
};

/** A request on the API port after its signature was judged, before its operation is known. */
export interface IncomingCall {
  readonly method: string;
  /** Raw, not decoded; starts with `/`. */
  readonly rawPath: string;
  /** Raw, without `?`; '' when absent. */
  readonly rawQuery: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly principal: Principal;
  readonly requestId: string;
  readonly region: string;
  readonly now: Instant;
  /** The secret's signing material, for aws-chunked bodies with signed chunks; undefined when unsigned. */
  readonly streaming: StreamingSignature | undefined;
  /** Where the caller is; aws:SourceIp. Absent where the listener does not know. */
  readonly sourceIp?: string;
  /** Whether it came over TLS; aws:SecureTransport. Absent means no. */
  readonly isSecure?: boolean;
}

export interface StreamingSignature {
  readonly signingKey: Uint8Array;
  readonly seedSignature: string;
  /** `20260101/us-east-1/s3/aws4_request` */
  readonly scope: string;
  readonly timestamp: string;
}

/** One AWS service behind the API port. */
export interface Service {
  /** The SigV4 scope's service name: `cloudfront`, `s3`, `sts`. */
  readonly signingName: string;
  /** How errors before the operation is known (signatures) are said: `<ErrorResponse>`, S3's bare `<Error>`, or JSON. */
  readonly errorStyle: 'xml' | 's3' | 'json';
  /** How long a request's document may be, where it is read whole. */
  readonly documentLimit?: Bytes;
  handle(call: IncomingCall): Promise<Response>;
}
