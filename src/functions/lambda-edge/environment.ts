/**
 * The environment of a function's process: what Lambda defines, and nothing of ours. AWS Lambda developer guide, "Defined runtime environment
 * variables"; for Lambda@Edge the function's name begins with the region it comes from. Credentials there are none: the role is a name only.
 * What a function's author adds, which functions at the edge have not, is read by the bootstrap from a file: the programs that take the
 * privileges away must not be told by it what to load.
 */
import { edgeNameOf, type LambdaVersion } from '../../model/lambda-version.ts';
import { MIB } from '../../model/units.ts';

/** CloudFront: that of its function; where a viewer is served has no part in it here. */
const REGION = 'us-east-1';
/** Where /usr/bin/env and an interpreter's own children find programs. */
export const PROGRAM_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

export function environmentOf(
  { name, version, runtime, handler, memory }: LambdaVersion,
  inside: { readonly code: string; readonly run: string },
): Record<string, string> {
  const edgeName = edgeNameOf(name);
  return {
    _HANDLER: handler,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: edgeName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory / MIB),
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${edgeName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `[${version}]`,
    AWS_LAMBDA_RUNTIME_API: `unix:${inside.run}/runtime.sock`,
    LAMBDA_TASK_ROOT: inside.code,
    LAMBDA_RUNTIME_DIR: inside.run,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: PROGRAM_PATH,
  };
}

/** In the folder of the bootstrap. */
export const ENVIRONMENT_FILE = 'environment.json';
