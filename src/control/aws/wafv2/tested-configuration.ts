/**
 * The web ACL that somebody wants tested, with all that it refers to: one that exists, or one that is only written down and is judged as
 * CreateWebACL would judge its rules. Nothing is stored.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import type { WafConfiguration } from '../../../model/web-acl.ts';
import type { TestableWebAcls } from './waf-configuration.ts';
import { AdminRefusal } from '../../admin/admin-refusal.ts';
import { WireFault } from '../wire/faults.ts';
import { ApiError, type CallContext, type Handlers } from '../wire/types.ts';
import type { WafRegistry } from './waf-registry.ts';

export interface TestedWebAcls {
  /** `webAcl`: name, id or ARN. Throws AdminRefusal where there is none. */
  existing(webAcl: string): WafConfiguration;
  /** Throws AdminRefusal where it is no good, in the API's words. */
  written(definition: unknown): WafConfiguration;
}

const MEMBERS = [
  'DefaultAction',
  'Rules',
  'VisibilityConfig',
  'CustomResponseBodies',
  'CaptchaConfig',
  'ChallengeConfig',
  'TokenDomains',
  'AssociationConfig',
];

export function testedWebAcls(
  registry: WafRegistry,
  webAcls: TestableWebAcls,
  { CheckCapacity: checkCapacity }: Handlers<typeof Sdk>,
): TestedWebAcls {
  const call = { accountId: registry.accountId, region: 'us-east-1' } as CallContext;
  return {
    existing(asked) {
      const found = registry.webAcls.list().filter((stored) => {
        return stored.name === asked || stored.id === asked || registry.arnOf('webacl', stored) === asked;
      });
      const [first] = found;
      if (first === undefined) throw new AdminRefusal(404, 'NoSuchWebAcl', `There is no web ACL "${asked}".`);
      return withoutKeys(webAcls.configuration(new Set([registry.arnOf('webacl', first)])));
    },
    written(definition) {
      const given = isRecord(definition) && isRecord(definition['WebACL']) ? definition['WebACL'] : definition;
      if (!isRecord(given))
        throw new AdminRefusal(400, 'InvalidArgument', 'definition: give a web ACL, as GetWebACL answers it.');
      const document = Object.fromEntries(MEMBERS.flatMap((member) => (member in given ? [[member, given[member]]] : [])));
      const name = typeof given['Name'] === 'string' ? given['Name'] : 'written';
      try {
        const unknowns: string[] = [];
        const config = registry.readWebAcl(document, unknowns);
        if (unknowns.length > 0)
          throw new AdminRefusal(400, 'InvalidArgument', `definition: there is no member ${unknowns.join(', ')}.`);
        void checkCapacity?.({ Scope: 'CLOUDFRONT', Rules: config.Rules ?? [] }, call);
        return withoutKeys(webAcls.configurationOf(config, name));
      } catch (error) {
        if (error instanceof ApiError) throw new AdminRefusal(400, error.code, error.message);
        if (error instanceof WireFault) throw new AdminRefusal(400, 'InvalidArgument', `definition: ${error.message}`);
        throw error;
      }
    },
  };
}

/** Whoever tests has no token: none is needed to see who would be asked for one. */
function withoutKeys(configuration: WafConfiguration): WafConfiguration {
  return { ...configuration, tokenKeys: [] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
