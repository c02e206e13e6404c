/**
 * The steps of Lambda@Edge functions in the life of a request, on either side, put together.
 */
import type { EdgePorts } from '../ports.ts';
import { createOriginLambdas, type OriginLambdas } from './origin-lambdas.ts';
import { createRunLambda } from './run-lambda.ts';
import { createViewerLambdas, type ViewerLambdas } from './viewer-lambdas.ts';

export interface LambdaSteps extends ViewerLambdas {
  readonly origin: OriginLambdas;
}

export function createLambdaSteps(ports: Pick<EdgePorts, 'clock' | 'geo' | 'lambdas' | 'functionLog'>): LambdaSteps {
  const runLambda = createRunLambda(ports);
  return { ...createViewerLambdas({ ...ports, runLambda }), origin: createOriginLambdas(runLambda) };
}
