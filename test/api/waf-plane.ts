/**
 * AWS WAF over its real parts, for the tests beside this file: the state, CloudFront, which names web ACLs, and the API server in front. What
 * edges would read is collected.
 */
import type { Rule, Statement } from '@aws-sdk/client-wafv2';
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import { createApiServer } from '../../src/control/aws/api-server.ts';
import { createCloudFront } from '../../src/control/aws/cloudfront/create-cloud-front.ts';
import { createResourceIds } from '../../src/control/aws/cloudfront/ids.ts';
import cloudFrontFile from '../../src/control/aws/models/cloudfront.json' with { type: 'json' };
import wafFile from '../../src/control/aws/models/wafv2.json' with { type: 'json' };
import { createWafv2 } from '../../src/control/aws/wafv2/create-wafv2.ts';
import { createLoggingStore } from '../../src/control/aws/wafv2/logging/logging-store.ts';
import { testedWebAcls } from '../../src/control/aws/wafv2/tested-configuration.ts';
import { webAclsOf } from '../../src/control/aws/wafv2/waf-configuration.ts';
import type { WafContext } from '../../src/control/aws/wafv2/waf-context.ts';
import { createWafRegistry } from '../../src/control/aws/wafv2/waf-registry.ts';
import { loadModel, type ModelFile } from '../../src/control/aws/wire/model.ts';
import { createService } from '../../src/control/aws/wire/service.ts';
import { ApiError, type CallContext } from '../../src/control/aws/wire/types.ts';
import { openState } from '../../src/control/state/open-state.ts';
import type { WafSampleQuery, WafSamples } from '../../src/model/waf-samples.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { ACCOUNT, principal } from './acm-plane.ts';
import { recordingBus } from './recording-bus.ts';

export const NOW = 1_800_000_000_000;
const USER = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of a test' };
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';

export const visibility = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: 'metric' };
/** The settings that every web ACL has. */
export const plain = { Scope: 'CLOUDFRONT', DefaultAction: { Allow: {} }, VisibilityConfig: visibility } as const;

export const call = (region = 'us-east-1'): CallContext => ({
  requestId: 'r',
  operation: 'Test',
  principal,
  accountId: ACCOUNT,
  region,
  now: NOW,
});

/** A rule that blocks, unless `changes` says otherwise. */
export function blocking(statement: Statement, changes: Partial<Rule> = {}): Rule {
  return { Name: 'rule', Priority: 0, Statement: statement, Action: { Block: {} }, VisibilityConfig: visibility, ...changes };
}

export const FROM_GERMANY: Statement = { GeoMatchStatement: { CountryCodes: ['DE'] } };

interface Watched {
  samples: (query: WafSampleQuery) => WafSamples;
  limitedKeys: (rule: { readonly ruleName: string }) => readonly string[];
}

/** What calls name a resource by. */
export interface Made {
  readonly Name: string;
  readonly Id: string;
  readonly ARN: string;
  readonly LockToken: string;
}

export function made(summary: { readonly [K in keyof Made]?: string | undefined } = {}): Made {
  const { Name = '', Id = '', ARN = '', LockToken = '' } = summary;
  return { Name, Id, ARN, LockToken };
}

/** `clock`: when it is; real clients sign by their own. */
export function startWafPlane({ clock = () => NOW }: { clock?: () => number } = {}) {
  const state = openState({ path: ':memory:' });
  const snapshots: Snapshot[] = [];
  const reports: string[] = [];
  /** What edges would say; a test puts its own. */
  const watched: Watched = { samples: () => ({ samples: [], population: 0 }), limitedKeys: () => [] };
  const buckets = new Set(['aws-waf-logs-here']);
  let drawn = 1;
  const random = (length: number): Uint8Array => Uint8Array.from({ length }, () => (drawn = (drawn * 75 + 74) % 65_537));
  const model = loadModel(wafFile as unknown as ModelFile);
  const registry = createWafRegistry(state, model, ACCOUNT);
  const logging = createLoggingStore(state);
  const report = (line: string): void => void reports.push(line);
  const webAcls = webAclsOf(registry, logging);
  const cloudFront = createCloudFront({
    state,
    bus: recordingBus(snapshots),
    clock: { now: clock, after: (_, run) => (setImmediate(run), { cancel() {} }) },
    random,
    accountId: ACCOUNT,
    domainSuffix: 'cloudfront.localhost',
    certificate: () => undefined,
    webAcls,
    warn: report,
  });
  const context: WafContext = {
    registry,
    users: cloudFront.webAclUsers,
    ids: createResourceIds(random),
    random,
    logging,
    patternFault: (pattern) => (pattern.includes('(?=') ? 'no lookahead' : undefined),
  };
  const handlers = createWafv2(
    context,
    { hasBucket: (name) => buckets.has(name), report },
    { samples: async (query) => watched.samples(query), limitedKeys: async (rule) => watched.limitedKeys(rule) },
  );
  const services = [
    createService(model, handlers, { accountId: ACCOUNT, report }),
    createService(loadModel(cloudFrontFile as unknown as ModelFile), cloudFront.handlers, { accountId: ACCOUNT, report }),
  ];
  const lookup = (id: string) => (id === USER.accessKeyId ? { secretAccessKey: USER.secretAccessKey, principal } : 'unknown-key');
  const api = createApiServer({ services, credentials: { lookup }, now: clock, report });
  return {
    api,
    user: USER,
    now: NOW,
    handlers,
    context,
    tested: testedWebAcls(registry, webAcls, handlers),
    cloudFront,
    snapshots,
    watched,
    reports,
    settled: () => cloudFront.publisher.settled(),
    async webAcl(name: string, rules: Rule[] = [], changes: object = {}): Promise<Made> {
      const { Summary } = await handlers.CreateWebACL!({ ...plain, Name: name, Rules: rules, ...changes }, call());
      return made(Summary);
    },
    /** A distribution with that web ACL; its id and version. */
    async distribution(webAclArn: string) {
      const config = distributionWith(webAclArn);
      const { Distribution, ETag } = await cloudFront.handlers.CreateDistribution!({ DistributionConfig: config }, call());
      return { id: Distribution!.Id!, etag: ETag!, config };
    },
    /** Disabled first, as it must be. */
    async removeDistribution(id: string): Promise<void> {
      const { ETag, DistributionConfig } = await cloudFront.handlers.GetDistributionConfig!({ Id: id }, call());
      const disabled = { Id: id, IfMatch: ETag, DistributionConfig: { ...DistributionConfig!, Enabled: false } };
      const updated = await cloudFront.handlers.UpdateDistribution!(disabled, call());
      await cloudFront.publisher.settled();
      await cloudFront.handlers.DeleteDistribution!({ Id: id, IfMatch: updated.ETag }, call());
    },
  };
}

export type WafPlane = ReturnType<typeof startWafPlane>;

/** The code of the refusal with what it is about, or `accepted`. */
export async function refusal(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { Field, Parameter } = error.members;
    return [error.code, Field, Parameter].filter((part) => typeof part === 'string').join(' ');
  }
  return 'accepted';
}

export function distributionWith(webAclArn: string): DistributionConfig {
  return {
    CallerReference: `with ${webAclArn}`,
    Comment: '',
    Enabled: true,
    WebACLId: webAclArn,
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: 'o',
          DomainName: 'localhost',
          CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'http-only' },
        },
      ],
    },
    DefaultCacheBehavior: { TargetOriginId: 'o', ViewerProtocolPolicy: 'allow-all', CachePolicyId: CACHING_OPTIMIZED },
  };
}
