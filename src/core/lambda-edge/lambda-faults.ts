/**
 * What is wrong with what a Lambda@Edge function returned: the first fault counts, with the sentence that CloudFront's page has for its kind.
 * Facts: aws-api B8, data plane 12.2.
 */
import type { ErrorSituation } from '../../tables/error-causes.ts';

/** Which of CloudFront's sentences. */
export type LambdaFaultKind = Extract<
  ErrorSituation,
  'lambdaReadOnly' | 'lambdaBlacklisted' | 'lambdaHeaderEntry' | 'lambdaJson' | 'lambdaBody' | 'lambdaInvalid'
>;

export interface LambdaFault {
  readonly kind: LambdaFaultKind;
  /** For the function's author: the member, and the rule. */
  readonly message: string;
}

export interface LambdaFaults {
  readonly first: LambdaFault | undefined;
  add(kind: LambdaFaultKind, message: string): undefined;
}

export function collectLambdaFaults(): LambdaFaults {
  let first: LambdaFault | undefined;
  return {
    get first() {
      return first;
    },
    add(kind, message) {
      first ??= { kind, message };
      return undefined;
    },
  };
}
