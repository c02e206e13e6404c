/**
 * AWS Lambda's control plane, as much of it as Lambda@Edge needs, put together. Its functions run for viewers where a distribution names
 * them (functions/lambda-edge); CloudFront asks the registry which versions there are.
 */
import type * as Sdk from '@aws-sdk/client-lambda';
import type { Handlers } from '../wire/types.ts';
import { lambdaFunctionHandlers, type FunctionHandlerOptions } from './function-handlers.ts';
import { invokeHandlers, type LambdaBench } from './invoke.ts';
import { lambdaTagHandlers } from './lambda-tags.ts';
import { lambdaPolicyHandlers } from './policy-handlers.ts';

/** Removes code that no function has any more. Before anybody calls. */
export function sweepCode({ registry, code }: Pick<FunctionHandlerOptions, 'registry' | 'code'>): void {
  const named = new Set(
    registry.functions
      .list()
      .flatMap(({ document }) => [document.latest, ...Object.values(document.versions)].map((release) => release.code.sha256)),
  );
  code.sweep((sha256) => named.has(sha256));
}

/** Without a bench, functions cannot be invoked. */
export function lambdaHandlers(
  options: FunctionHandlerOptions & { readonly bench?: LambdaBench | undefined },
): Handlers<typeof Sdk> {
  const { registry, bench } = options;
  return {
    ...lambdaFunctionHandlers(options),
    ...lambdaPolicyHandlers(registry),
    ...lambdaTagHandlers(registry),
    ...(bench && invokeHandlers(registry, bench)),
  };
}
