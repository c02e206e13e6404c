/**
 * The steps of Lambda@Edge functions in the life of a request, on either side, put together.
 */
import { createOriginLambdas, type OriginLambdas } from './origin-lambdas.ts';
import { createRunLambda, type LambdaRunPorts } from './run-lambda.ts';
import { createViewerLambdas, type ViewerLambdas } from './viewer-lambdas.ts';

export interface LambdaSteps extends ViewerLambdas {
  readonly origin: OriginLambdas;
}

export function createLambdaSteps(ports: LambdaRunPorts): LambdaSteps {
  const runLambda = createRunLambda(ports);
  return { ...createViewerLambdas(runLambda), origin: createOriginLambdas(runLambda) };
}
