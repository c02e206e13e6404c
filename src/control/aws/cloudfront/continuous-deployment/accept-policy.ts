/**
 * What a continuous deployment policy may say, and how edges read it. Facts: data plane 10.6; aws-api B5. Whom it names, and who may use
 * it, is judged in policy-handlers.ts; which side a viewer gets, in core/viewer-request/decide-deployment.ts.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { ContinuousDeployment, DeploymentTraffic } from '../../../../model/continuous-deployment.ts';
import { seconds } from '../../../../model/units.ts';
import { DEPLOYMENT_QUOTAS } from '../../../../tables/quotas.ts';
import type { Defined } from '../filled-config.ts';
import { checkConstraints, length, oneOf, required } from '../validate/constraints.ts';
import type { Constraint } from '../validate/constraints.ts';
import { invalidArgument } from '../validate/references.ts';

export type ContinuousDeploymentPolicyConfig = Defined<Sdk.ContinuousDeploymentPolicyConfig>;
type TrafficConfig = Defined<Sdk.TrafficConfig>;

const WEIGHT = 'TrafficConfig.SingleWeightConfig';
const HEADER = 'TrafficConfig.SingleHeaderConfig';

const CONSTRAINTS: readonly Constraint[] = [
  ['StagingDistributionDnsNames', required],
  ['StagingDistributionDnsNames.Quantity', required],
  ['Enabled', required],
  ['TrafficConfig.Type', required],
  ['TrafficConfig.Type', oneOf('SingleWeight', 'SingleHeader')],
  [`${WEIGHT}.Weight`, required],
  [`${WEIGHT}.SessionStickinessConfig.IdleTTL`, required],
  [`${WEIGHT}.SessionStickinessConfig.MaximumTTL`, required],
  [`${HEADER}.Header`, required],
  [`${HEADER}.Header`, length(1, 256)],
  [`${HEADER}.Value`, required],
  [`${HEADER}.Value`, length(1, 1783)],
];

/** CloudFront: the names of fields that choose the staging distribution begin so. */
const HEADER_NAME = /^aws-cf-cd-[!#$%&'*+.^_`|~0-9a-z-]+$/i;

/** The configuration as it is stored. Throws ApiError in CloudFront's words. */
export function acceptContinuousDeploymentPolicy(config: Sdk.ContinuousDeploymentPolicyConfig): ContinuousDeploymentPolicyConfig {
  checkConstraints(config, 'continuousDeploymentPolicyConfig', CONSTRAINTS);
  const checked = config as ContinuousDeploymentPolicyConfig;
  if (checked.StagingDistributionDnsNames.Quantity !== 1) {
    throw invalidArgument('A continuous deployment policy names exactly one staging distribution.');
  }
  if (checked.TrafficConfig !== undefined) checkTraffic(checked.TrafficConfig);
  else if (checked.Enabled) throw invalidArgument('The parameter TrafficConfig is required in a policy that is enabled.');
  return checked;
}

function checkTraffic({ Type, SingleWeightConfig: weight, SingleHeaderConfig: header }: TrafficConfig): void {
  const [wanted, other] = Type === 'SingleWeight' ? [weight, header] : [header, weight];
  if (wanted === undefined || other !== undefined) {
    throw invalidArgument(`The parameter TrafficConfig of type ${Type} must contain ${Type}Config alone.`);
  }
  if (header !== undefined && !HEADER_NAME.test(header.Header)) {
    throw invalidArgument(`The header of a SingleHeaderConfig must begin with aws-cf-cd-: ${header.Header}`);
  }
  if (weight === undefined) return;
  if (!(weight.Weight >= 0 && weight.Weight <= DEPLOYMENT_QUOTAS.weight)) {
    throw invalidArgument(`The weight of a SingleWeightConfig must be from 0 to ${DEPLOYMENT_QUOTAS.weight}.`);
  }
  const { IdleTTL: idle, MaximumTTL: maximum } = weight.SessionStickinessConfig ?? {};
  if (idle === undefined || maximum === undefined) return;
  const { least, most } = DEPLOYMENT_QUOTAS.sessionTtl;
  const isTime = (count: number): boolean => Number.isInteger(count) && seconds(count) >= least && seconds(count) <= most;
  if (!isTime(idle) || !isTime(maximum) || idle > maximum) {
    throw invalidArgument('IdleTTL and MaximumTTL must be from 300 to 3600 seconds, and IdleTTL not above MaximumTTL.');
  }
}

/** What edges are told; nothing while the policy is not enabled. `version`: its ETag. */
export function translateContinuousDeployment(
  { Enabled, TrafficConfig }: ContinuousDeploymentPolicyConfig,
  version: string,
  stagingDistributionId: string,
): ContinuousDeployment | undefined {
  if (!Enabled || TrafficConfig === undefined) return undefined;
  return { version, stagingDistributionId, traffic: trafficOf(TrafficConfig) };
}

function trafficOf({ SingleWeightConfig: weight, SingleHeaderConfig: header }: TrafficConfig): DeploymentTraffic {
  if (header !== undefined) return { kind: 'header', name: header.Header.toLowerCase(), value: header.Value };
  const { IdleTTL, MaximumTTL } = weight?.SessionStickinessConfig ?? {};
  const isSticky = IdleTTL !== undefined && MaximumTTL !== undefined;
  return {
    kind: 'weight',
    weight: weight?.Weight ?? 0,
    stickiness: isSticky ? { idleTtl: seconds(IdleTTL), maximumTtl: seconds(MaximumTTL) } : undefined,
  };
}
