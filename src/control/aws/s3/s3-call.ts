/**
 * What an S3 handler is given and gives back. Handlers never see the wire: the front (create-s3.ts) reads inputs and writes outputs
 * by the model, and has already authorised the operation's own action on its own resource.
 */
import type * as S3 from '@aws-sdk/client-s3';
import type { BucketStore } from '../../buckets/bucket-store.ts';
import type { Input, IncomingCall, Output } from '../wire/types.ts';

/** What the handlers share. */
export interface S3Context {
  readonly buckets: BucketStore;
  readonly accountId: string;
  readonly oaiExists: (id: string) => boolean;
}

export interface S3Call {
  readonly incoming: IncomingCall;
  readonly context: S3Context;
  /** '' for operations on the account. */
  readonly bucket: string;
  /** '' for operations on a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

export type AnswerBody = Uint8Array | Blob | ReadableStream<Uint8Array> | null;

export interface Answer<T = object> {
  readonly output: T;
  /** The model's unless given. */
  readonly status?: number;
  /** Fields the model cannot say, lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of what the output would be written as. */
  readonly body?: AnswerBody;
}

type Module = typeof S3;
type NameOf<K> = K extends `${infer N}Command` ? N : never;
type Name = NameOf<keyof Module>;

export type S3Input<N extends Name> = Input<Module, N>;
export type S3Output<N extends Name> = Output<Module, N>;

/** Handlers by operation. What is absent answers 501. */
export type S3Handlers = {
  readonly [N in Name]?: (input: S3Input<N>, call: S3Call) => Answer<S3Output<N>> | Promise<Answer<S3Output<N>>>;
};
