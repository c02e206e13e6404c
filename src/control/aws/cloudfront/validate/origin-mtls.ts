/**
 * Client certificates shown to origins (OriginMtlsConfig). Facts: data plane 8.6. What they exclude is refused here; whose certificate
 * is read, in translate.ts.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { ApiError } from '../../wire/types.ts';
import { behaviorsOf, items } from '../filled-config.ts';
import type { Defined, FilledConfig } from '../filled-config.ts';
import { invalidArgument } from './references.ts';
import type { References } from './references.ts';

const US_EAST_1 = /^arn:aws:acm:us-east-1:/;
const ORIGIN_TRIGGERS: ReadonlySet<string> = new Set(['origin-request', 'origin-response']);

export function validateOriginMtls(config: FilledConfig, references: Pick<References, 'certificate'>): void {
  for (const { Id, CustomOriginConfig: custom } of config.Origins.Items) {
    const arn = custom?.OriginMtlsConfig?.ClientCertificateArn;
    if (custom === undefined || arn === undefined) continue;
    const refused = (reason: string): ApiError =>
      invalidArgument(`The parameter OriginMtlsConfig of origin ${Id} is not valid: ${reason}.`);
    const found = US_EAST_1.test(arn) ? references.certificate(arn) : undefined;
    if (found === undefined || !found.isIssued) throw refused(`there is no issued ACM certificate ${arn} in us-east-1`);
    if (!found.isForClients) throw refused(`the certificate ${arn} lacks the extended key usage for TLS clients (clientAuth)`);
    // Ours: what an operator relies on must not depend on how a viewer came.
    if (custom.OriginProtocolPolicy !== 'https-only') {
      throw refused('OriginProtocolPolicy must be https-only, or the certificate would not always be shown');
    }
    const excluded = exclusion(config, Id);
    if (excluded !== undefined) throw refused(`it cannot be used with ${excluded}`);
  }
}

/** What a cache behavior that asks this origin has, and may not have beside it. */
function exclusion(config: FilledConfig, originId: string): string | undefined {
  const targets = new Set([
    originId,
    ...items(config.OriginGroups)
      .filter(hasMember(originId))
      .map((group) => group.Id),
  ]);
  const asking = behaviorsOf(config).filter((behavior) => targets.has(behavior.TargetOriginId));
  if (asking.some((behavior) => behavior.GrpcConfig.Enabled)) return 'gRPC';
  const triggers = asking.flatMap((behavior) => items(behavior.LambdaFunctionAssociations));
  return triggers.some(({ EventType }) => ORIGIN_TRIGGERS.has(EventType ?? ''))
    ? 'Lambda@Edge for origin requests or responses'
    : undefined;
}

function hasMember(originId: string): (group: Defined<Sdk.OriginGroup>) => boolean {
  return (group) => items(group.Members).some(({ OriginId }) => OriginId === originId);
}
