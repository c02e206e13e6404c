/**
 * A function or version as the API shows it. Lambda API reference, FunctionConfiguration: LastModified is a text, CodeSha256 is base64.
 */
import type * as Sdk from '@aws-sdk/client-lambda';
import { LATEST_VERSION } from '../../../model/lambda-version.ts';
import type { LambdaRelease, StoredLambda } from './lambda-document.ts';
import { nameOf, type LambdaRegistry } from './lambda-registry.ts';

/** `qualifier`: as the caller asked, which the ARN repeats; a numbered version's always says it. */
export function functionConfiguration(
  registry: Pick<LambdaRegistry, 'arnOf'>,
  stored: StoredLambda,
  release: LambdaRelease,
  version: string,
  qualifier: string,
): Sdk.FunctionConfiguration {
  const inArn = version === LATEST_VERSION ? qualifier : version;
  return {
    FunctionName: nameOf(stored.name),
    FunctionArn: registry.arnOf(stored, inArn),
    Runtime: release.runtime as Sdk.Runtime,
    Role: release.role,
    Handler: release.handler,
    CodeSize: release.code.size,
    Description: release.description,
    Timeout: release.timeout,
    MemorySize: release.memorySize,
    LastModified: new Date(release.modified).toISOString().replace('Z', '+0000'),
    CodeSha256: base64Of(release.code.sha256),
    Version: version,
    ...(release.environment !== undefined && { Environment: { Variables: release.environment } }),
    TracingConfig: { Mode: release.tracing },
    RevisionId: release.revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [release.architecture],
    EphemeralStorage: { Size: release.ephemeralStorage },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: release.logging,
  };
}

export function base64Of(hexadecimal: string): string {
  return Buffer.from(hexadecimal, 'hex').toString('base64');
}
