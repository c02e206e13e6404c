/**
 * A CloudFront function as it travels to edges: the code of its LIVE stage. Made in control/aws/cloudfront/functions; run in
 * functions/cloudfront-functions.
 */

export type FunctionRuntime = 'cloudfront-js-1.0' | 'cloudfront-js-2.0';

export interface EdgeFunction {
  /** What cache behaviors name. */
  readonly arn: string;
  readonly name: string;
  readonly runtime: FunctionRuntime;
  readonly code: string;
  /** Of the LIVE stage: the same code has the same. */
  readonly etag: string;
  /** The id of the key value store that it may read. */
  readonly keyValueStore?: string | undefined;
}

/** The ids of the key value stores that these read, each once. */
export function keyValueStoresOf(functions: readonly EdgeFunction[]): ReadonlySet<string> {
  return new Set(functions.flatMap(({ keyValueStore }) => keyValueStore ?? []));
}
