/**
 * Origin access controls. Facts: data plane 8.5; aws-api B3. How a request is then signed is decided in core/origin-request.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { ACCOUNT_QUOTAS } from '../../../tables/quotas.ts';
import type { Handlers } from '../wire/types.ts';
import type { CloudFrontSdk, Defined } from './filled-config.ts';
import { locationOf } from './ids.ts';
import { listed, pageOf } from './paging.ts';
import type { OriginAccessControlConfig } from './policies/documents.ts';
import { namedResources } from './policies/named-resources.ts';
import type { Shown } from './policies/named-resources.ts';
import type { Registry } from './registry.ts';
import { checkConstraints, length, oneOf, required } from './validate/constraints.ts';
import type { Constraint } from './validate/constraints.ts';
import { invalidArgument } from './validate/references.ts';

const CONSTRAINTS: readonly Constraint[] = [
  ['Name', required],
  ['Name', length(1, 64)],
  ['Description', length(0, 256)],
  ['SigningProtocol', required],
  ['SigningProtocol', oneOf('sigv4', 'sigv4a')],
  ['SigningBehavior', required],
  ['SigningBehavior', oneOf('never', 'always', 'no-override', 'always-amz-auth')],
  ['OriginAccessControlOriginType', required],
  ['OriginAccessControlOriginType', oneOf('s3', 'mediastore', 'mediapackagev2', 'lambda')],
];

export function acceptOriginAccessControl(config: Sdk.OriginAccessControlConfig): OriginAccessControlConfig {
  checkConstraints(config, 'originAccessControlConfig', CONSTRAINTS);
  const checked = config as Defined<Sdk.OriginAccessControlConfig>;
  // CloudFront: signing everything is for Lambda function URLs alone.
  if (checked.SigningBehavior === 'always-amz-auth' && checked.OriginAccessControlOriginType !== 'lambda') {
    throw invalidArgument('The parameter SigningBehavior always-amz-auth is for origin type lambda only.');
  }
  // CloudFront: 4A is for S3 Multi-Region Access Points.
  if (checked.SigningProtocol === 'sigv4a' && checked.OriginAccessControlOriginType !== 's3') {
    throw invalidArgument('The parameter SigningProtocol sigv4a is for origin type s3 only.');
  }
  return { ...checked, Description: checked.Description ?? '' };
}

export function originAccessControlHandlers(registry: Registry) {
  const controls = namedResources<OriginAccessControlConfig, Sdk.OriginAccessControlConfig>(registry, {
    noun: 'origin access control',
    code: 'OriginAccessControl',
    tooManyCode: 'TooManyOriginAccessControls',
    quota: ACCOUNT_QUOTAS.originAccessControls,
    newId: () => registry.ids.resource(),
    accept: acceptOriginAccessControl,
    collection: registry.originAccessControls,
    managed: [],
  });
  const shape = ({ id, config }: Shown<OriginAccessControlConfig>): Sdk.OriginAccessControl => ({
    Id: id,
    OriginAccessControlConfig: config,
  });
  return {
    CreateOriginAccessControl(input, call) {
      const control = controls.create(input.OriginAccessControlConfig, call);
      const Location = locationOf(`origin-access-control/${control.id}`);
      return { OriginAccessControl: shape(control), ETag: control.etag, Location };
    },
    GetOriginAccessControl({ Id }) {
      const control = controls.get(Id);
      return { OriginAccessControl: shape(control), ETag: control.etag };
    },
    GetOriginAccessControlConfig({ Id }) {
      const control = controls.get(Id);
      return { OriginAccessControlConfig: control.config, ETag: control.etag };
    },
    UpdateOriginAccessControl(input, call) {
      const control = controls.update(input.Id, input.IfMatch, input.OriginAccessControlConfig, call);
      return { OriginAccessControl: shape(control), ETag: control.etag };
    },
    DeleteOriginAccessControl({ Id, IfMatch }, call) {
      controls.remove(Id, IfMatch, call);
      return {};
    },
    ListOriginAccessControls(input) {
      const { head, items } = pageOf(controls.list(), input, ({ id }) => id, registry.originAccessControls);
      const Items = items.map(({ id, config }) => ({ ...config, Id: id, Description: config.Description ?? '' }));
      return { OriginAccessControlList: { ...head, ...listed(Items) } };
    },
  } satisfies Handlers<CloudFrontSdk>;
}
