/**
 * The settings of a function as a call gives them, judged and filled in. Lambda API reference, CreateFunction and UpdateFunctionConfiguration;
 * lengths and patterns are the model's and were checked before. What is not run here is refused by name: nothing is accepted and then ignored.
 * What Lambda@Edge adds to that is asked when a version is associated (cloudfront/validate/lambda-associations.ts).
 */
import type * as Sdk from '@aws-sdk/client-lambda';
import { interpreterOf } from '../../../model/lambda-version.ts';
import { MIB, SECOND } from '../../../model/units.ts';
import { LAMBDA_QUOTAS } from '../../../tables/lambda-edge.ts';
import { ApiError } from '../wire/types.ts';
import type { LambdaSettings } from './lambda-document.ts';

export type GivenSettings = Partial<Omit<Sdk.CreateFunctionCommandInput, 'Code' | 'FunctionName'>>;

export function invalidParameter(message: string): ApiError {
  return new ApiError('InvalidParameterValueException', message, 400, { Type: 'User' });
}

/** What a call may say and this Lambda does not do. */
const NOT_SERVED: readonly (readonly [name: string, isGiven: (given: GivenSettings) => boolean])[] = [
  ['PackageType Image', ({ PackageType, ImageConfig }) => PackageType === 'Image' || ImageConfig !== undefined],
  ['Layers', ({ Layers = [] }) => Layers.length > 0],
  [
    'VpcConfig',
    ({ VpcConfig: { SubnetIds = [], SecurityGroupIds = [] } = {} }) => SubnetIds.length + SecurityGroupIds.length > 0,
  ],
  ['DeadLetterConfig', ({ DeadLetterConfig }) => Boolean(DeadLetterConfig?.TargetArn)],
  ['FileSystemConfigs', ({ FileSystemConfigs = [] }) => FileSystemConfigs.length > 0],
  ['CodeSigningConfigArn', ({ CodeSigningConfigArn }) => Boolean(CodeSigningConfigArn)],
  ['KMSKeyArn', ({ KMSKeyArn }) => Boolean(KMSKeyArn)],
  ['SnapStart', ({ SnapStart }) => SnapStart?.ApplyOn === 'PublishedVersions'],
  ['TenancyConfig', ({ TenancyConfig }) => TenancyConfig !== undefined],
  ['CapacityProviderConfig', ({ CapacityProviderConfig }) => CapacityProviderConfig !== undefined],
  ['DurableConfig', ({ DurableConfig }) => DurableConfig !== undefined],
  ['PublishTo', ({ PublishTo }) => PublishTo !== undefined],
];

/** What Lambda sets itself, and so nobody else. */
const RESERVED_VARIABLES =
  /^(?:_HANDLER|_X_AMZN_TRACE_ID|AWS_(?:DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_.*|AWS_ACCESS_KEY(?:_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_(?:TASK_ROOT|RUNTIME_DIR))$/;

/** `before`: as the function is; undefined while it is being created. Throws InvalidParameterValueException. */
export function acceptSettings(given: GivenSettings, name: string, before: LambdaSettings | undefined): LambdaSettings {
  const refused = NOT_SERVED.find(([, isGiven]) => isGiven(given));
  if (refused !== undefined) throw invalidParameter(`Warmfront does not serve functions with ${refused[0]}.`);
  const runtime = given.Runtime ?? before?.runtime;
  if (runtime === undefined)
    throw invalidParameter('Runtime and Handler are mandatory parameters for functions created with deployment packages.');
  if (interpreterOf(runtime) === undefined)
    throw invalidParameter(
      `The runtime parameter of ${runtime} is not run by Warmfront; it runs those of Node.js (nodejs*) and Python (python3.*).`,
    );
  const handler = given.Handler ?? before?.handler;
  if (!handler)
    throw invalidParameter('Runtime and Handler are mandatory parameters for functions created with deployment packages.');
  return {
    runtime,
    role: given.Role ?? before?.role ?? '',
    handler,
    description: given.Description ?? before?.description ?? '',
    timeout: bounded('Timeout', given.Timeout ?? before?.timeout, LAMBDA_QUOTAS.timeout, SECOND),
    memorySize: bounded('MemorySize', given.MemorySize ?? before?.memorySize, LAMBDA_QUOTAS.memory, MIB),
    environment: given.Environment === undefined ? before?.environment : acceptEnvironment(given.Environment.Variables ?? {}),
    tracing: given.TracingConfig?.Mode ?? before?.tracing ?? 'PassThrough',
    architecture: given.Architectures?.[0] ?? before?.architecture ?? 'x86_64',
    ephemeralStorage: given.EphemeralStorage?.Size ?? before?.ephemeralStorage ?? 512,
    logging: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}`, ...before?.logging, ...given.LoggingConfig },
  };
}

/** In the API's own unit, of which one is so many of ours. */
function bounded(
  name: string,
  given: number | undefined,
  { least, most, usual }: { readonly least: number; readonly most: number; readonly usual: number },
  unit: number,
): number {
  const value = given ?? usual / unit;
  if (value < least / unit || value > most / unit)
    throw invalidParameter(`${name} must be from ${least / unit} to ${most / unit}: ${value}`);
  return value;
}

function acceptEnvironment(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = Object.keys(variables);
  const bad = names.find((name) => !/^[A-Za-z]\w+$/.test(name) || variables[name]?.includes('\0'));
  if (bad !== undefined) throw invalidParameter(`The environment variable ${bad} is not valid.`);
  const reserved = names.find((name) => RESERVED_VARIABLES.test(name));
  if (reserved !== undefined) {
    const message = `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved}`;
    throw invalidParameter(message);
  }
  if (Buffer.byteLength(JSON.stringify(variables)) > LAMBDA_QUOTAS.environmentLength) {
    const message = `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the ${LAMBDA_QUOTAS.environmentLength / 1024} KB limit.`;
    throw invalidParameter(message);
  }
  return variables;
}
