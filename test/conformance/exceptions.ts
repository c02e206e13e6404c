/**
 * Tests of http-tests/cache-tests that Warmfront does not pass, one row each, with the reason. A row whose test passes fails the run.
 * In CloudFront mode a reason names the rule of CloudFront that the test contradicts.
 */
import type { CacheSemantics } from '../../src/model/compile.ts';

export interface Exception {
  readonly id: string;
  readonly reason: string;
}

export const EXCEPTIONS: Readonly<Record<CacheSemantics, readonly Exception[]>> = {
  rfc9111: [],
  cloudfront: [],
};
