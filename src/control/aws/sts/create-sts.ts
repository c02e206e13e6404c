/**
 * STS: who am I? Terraform and CDK ask before anything else. STS API reference, GetCallerIdentity.
 * Every other operation is a 501 that names it (wire/service.ts).
 */
import type * as STS from '@aws-sdk/client-sts';
import type { ServiceModel } from '../wire/model.ts';
import { createService } from '../wire/service.ts';
import type { ServiceOptions } from '../wire/service.ts';
import { ApiError } from '../wire/types.ts';
import type { Handlers, Principal, Service } from '../wire/types.ts';

export interface StsOptions extends ServiceOptions {
  readonly model: ServiceModel;
}

const handlers: Handlers<typeof STS> = {
  GetCallerIdentity: (_input, { principal }) => callerIdentity(principal),
};

export const STS_OPERATIONS: readonly string[] = Object.keys(handlers);

export function createSts({ model, ...options }: StsOptions): Service {
  return createService(model, handlers, options);
}

function callerIdentity(principal: Principal): { Account: string; Arn: string; UserId: string } {
  if (principal.kind !== 'account')
    throw new ApiError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  const { accountId, arn, accessKeyId } = principal;
  // IAM: the root user's id is its account, another's is of its own.
  return { Account: accountId, Arn: arn, UserId: arn.endsWith(':root') ? accountId : accessKeyId };
}
