/**
 * Which versions of Lambda functions a cache behavior may name, and for what. CloudFront developer guide, restrictions on Lambda@Edge; facts:
 * aws-api B5, B8. How functions are made: aws/lambda.
 */
import type { LambdaRelease } from '../../lambda/lambda-document.ts';
import { interpreterOf } from '../../../../model/lambda-version.ts';
import { SECOND } from '../../../../model/units.ts';
import { LAMBDA_EVENT_LIMITS, LAMBDA_QUOTAS, type LambdaEventType } from '../../../../tables/lambda-edge.ts';
import { ApiError } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { FilledBehavior } from '../filled-config.ts';
import { firstRepeated } from './references.ts';
import type { References } from './references.ts';

const VERSION_ARN = /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):\d{12}:function:[A-Za-z0-9-_]{1,64}:\d+$/;

export function validateLambdas(behavior: FilledBehavior, references: Pick<References, 'lambda'>): void {
  const lambdas = items(behavior.LambdaFunctionAssociations);
  for (const { LambdaFunctionARN: arn, EventType, IncludeBody } of lambdas) {
    const region = VERSION_ARN.exec(arn)?.[1];
    if (region === undefined) {
      throw invalid(
        `The function ARN must reference a specific function version. (The ARN must end with the version number.) ARN: ${arn}`,
      );
    }
    if (region !== 'us-east-1') throw invalid(`The function must be in region us-east-1. ARN: ${arn}`);
    if (IncludeBody && EventType.endsWith('response'))
      throw invalid('The parameter IncludeBody can be used with request events only.');
    const release = references.lambda(arn);
    if (release === undefined)
      throw invalid(`The function cannot be found, or Lambda@Edge is not allowed to use it. ARN: ${arn}`);
    const fault = faultOf(release, EventType);
    if (fault !== undefined) throw invalid(`${fault} ARN: ${arn}`);
  }
  if (firstRepeated(lambdas.map(({ EventType }) => EventType)) !== undefined) {
    throw new ApiError(
      'TooManyLambdaFunctionAssociations',
      'You can associate one Lambda function with each event type of a cache behavior.',
      400,
    );
  }
}

/** What keeps the version from running at the edge, as a sentence. */
function faultOf(release: LambdaRelease, event: LambdaEventType): string | undefined {
  const { runtime, timeout, environment = {}, tracing, architecture, ephemeralStorage, code } = release;
  const limits = LAMBDA_EVENT_LIMITS[event];
  if (interpreterOf(runtime) === undefined) return `The function runtime ${runtime} is not supported by Lambda@Edge.`;
  if (Object.keys(environment).length > 0) return 'The function cannot have environment variables.';
  if (timeout > limits.time / SECOND)
    return `The function execution time ${timeout} s is larger than the limit of ${limits.time / SECOND} s for ${event} functions.`;
  if (architecture !== 'x86_64') return 'The function must use the x86_64 architecture.';
  if (tracing === 'Active') return 'The function cannot have X-Ray tracing enabled.';
  // Lambda: this much every function has.
  if (ephemeralStorage > 512) return 'The function cannot have more than 512 MB of ephemeral storage.';
  if (code.size > LAMBDA_QUOTAS.zipLength) return `The function's package is larger than ${LAMBDA_QUOTAS.zipLength} bytes.`;
  return undefined;
}

function invalid(message: string): ApiError {
  return new ApiError('InvalidLambdaFunctionAssociation', message, 400);
}
