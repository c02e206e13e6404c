/**
 * A numbered version of a Lambda function as it travels to edges that run it for Lambda@Edge. Made in control/aws/lambda; run in
 * functions/lambda-edge. Its code does not travel along: every process of this machine finds it unpacked in the data directory.
 */
import type { Bytes, Duration } from './units.ts';

export interface LambdaVersion {
  /** What cache behaviors name: with the number. */
  readonly arn: string;
  readonly name: string;
  /** `1`; `$LATEST` where it is only tested. */
  readonly version: string;
  /** `nodejs20.x`, `python3.12`. */
  readonly runtime: string;
  /** `index.handler` */
  readonly handler: string;
  readonly memory: Bytes;
  readonly timeout: Duration;
  /** Of the package, hexadecimal: the name of the folder with its code. */
  readonly codeSha256: string;
  /** Empty for Lambda@Edge, which has none. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The interpreter that a runtime needs; undefined for one that is not run here. */
export function interpreterOf(runtime: string): 'node' | 'python' | undefined {
  if (/^nodejs\d+\.x$/.test(runtime)) return 'node';
  return /^python3\.\d+$/.test(runtime) ? 'python' : undefined;
}

/** CloudFront: what a function is called where it runs, and in the names of its logs: with the region that it comes from. */
export function edgeNameOf(name: string): string {
  return `us-east-1.${name}`;
}

/** What stands for a number while there is none. */
export const LATEST_VERSION = '$LATEST';

/** Where code lies unpacked, each package in a folder of its SHA-256; below the data directory. */
export const LAMBDA_CODE_FOLDER = 'lambda';
