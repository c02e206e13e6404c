/**
 * Where the log of a web ACL goes, and what it leaves out. AWS WAF API reference and developer guide: logging destinations, redaction,
 * filters. Records reach a bucket of the built-in store (deliver-logs.ts); CloudWatch Logs and Firehose do not exist here, so that a
 * configuration which names them is kept, and the operator is told that nothing is delivered.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import { WAF_LOG_FOLDER } from '../../../../tables/waf.ts';
import type { StoredResource } from '../../../state/resources.ts';
import { changeOf } from '../../change-of.ts';
import type { Handlers } from '../../wire/types.ts';
import { pageOf } from '../pages.ts';
import { exactlyOne } from '../rules/exactly-one.ts';
import { invalidParameter, nonexistent, REASONS } from '../waf-faults.ts';
import type { WafContext } from '../waf-context.ts';
import { checkScope, webAclByArn } from '../waf-registry.ts';

/** What a configuration may point at. */
export interface LogDestinations {
  hasBucket(name: string): boolean;
  /** Takes one line for the operator. */
  report(line: string): void;
}

const S3 = /^arn:aws:s3:::(aws-waf-logs-[a-z0-9.-]{1,50})$/;
const ELSEWHERE =
  /^arn:aws:(logs:us-east-1:\d{12}:log-group:aws-waf-logs-[^:*]+(:\*)?|firehose:us-east-1:\d{12}:deliverystream\/aws-waf-logs-.+)$/;
/** AWS WAF: the only parts that can be left out of a log. */
const REDACTABLE: ReadonlySet<string> = new Set(['UriPath', 'QueryString', 'SingleHeader', 'Method']);

/** The bucket of a destination in S3, or undefined. */
export function bucketOf(destination: string): string | undefined {
  return S3.exec(destination)?.[1];
}

export function loggingHandlers({ registry, users, ids, logging }: WafContext, destinations: LogDestinations) {
  const { configurations } = logging;
  const find = (arn = ''): StoredResource<Sdk.LoggingConfiguration> => {
    webAclByArn(registry, arn);
    const stored = logging.of(arn);
    if (stored === undefined) throw nonexistent();
    return stored;
  };
  return {
    PutLoggingConfiguration({ LoggingConfiguration: given }, call) {
      const ResourceArn = given?.ResourceArn ?? '';
      const webAcl = webAclByArn(registry, ResourceArn);
      const document = accept({ ...given, ResourceArn, LogDestinationConfigs: given?.LogDestinationConfigs }, destinations);
      const current = logging.of(ResourceArn);
      const etag = ids.uuid();
      users.changeWaf(changeOf(call), (change) =>
        current === undefined
          ? configurations.insert({ id: ids.uuid(), name: ResourceArn, etag, document }, change)
          : configurations.update(current, { etag, document }, change),
      );
      const [destination = ''] = document.LogDestinationConfigs ?? [];
      if (bucketOf(destination) === undefined)
        destinations.report(
          `web ACL ${webAcl.name}: its log is kept in ${WAF_LOG_FOLDER}/${webAcl.name}.log of the data directory; it is not delivered to ${destination}`,
        );
      return { LoggingConfiguration: document };
    },
    GetLoggingConfiguration: ({ ResourceArn }) => ({ LoggingConfiguration: find(ResourceArn).document }),
    DeleteLoggingConfiguration({ ResourceArn }, call) {
      const current = find(ResourceArn);
      users.changeWaf(changeOf(call), (change) => configurations.remove(current, change));
      return {};
    },
    ListLoggingConfigurations({ Scope, LogScope = 'CUSTOMER', ...asked }, call) {
      checkScope(Scope, call);
      const listed = LogScope === 'CUSTOMER' ? configurations.list() : [];
      const { items, next } = pageOf(listed, asked, ({ id }) => id, configurations);
      return { LoggingConfigurations: items.map(({ document }) => document), ...next };
    },
  } satisfies Handlers<typeof Sdk>;
}

/** As it is stored: what is left unsaid filled in. */
function accept(given: Sdk.LoggingConfiguration, destinations: LogDestinations): Sdk.LoggingConfiguration {
  const { LogDestinationConfigs: named = [], LogType = 'WAF_LOGS', LogScope = 'CUSTOMER' } = given;
  // AWS WAF: one destination to a web ACL.
  if (named.length !== 1) throw invalidParameter('LOG_DESTINATION', String(named.length), REASONS.exactlyOne);
  const [destination = ''] = named;
  const bucket = bucketOf(destination);
  if (bucket === undefined && !ELSEWHERE.test(destination)) throw invalidParameter('LOG_DESTINATION', destination, REASONS.arn);
  if (bucket !== undefined && !destinations.hasBucket(bucket)) throw nonexistent();
  if (LogScope !== 'CUSTOMER') throw invalidParameter('LOG_DESTINATION', LogScope, 'Logs are of the scope CUSTOMER.');
  for (const field of given.RedactedFields ?? []) {
    const kind = exactlyOne(field, 'FIELD_TO_MATCH', 'RedactedFields');
    if (!REDACTABLE.has(kind))
      throw invalidParameter('FIELD_TO_MATCH', kind, 'Only UriPath, QueryString, SingleHeader and Method can be redacted.');
  }
  for (const { Conditions = [] } of given.LoggingFilter?.Filters ?? []) for (const one of Conditions) acceptCondition(one);
  return { ...given, ManagedByFirewallManager: false, LogType, LogScope };
}

function acceptCondition(condition: Sdk.Condition): void {
  exactlyOne(condition, 'FILTER_CONDITION', 'Condition');
  if (condition.ActionCondition?.Action === 'MONETIZE')
    throw invalidParameter('FILTER_CONDITION', 'MONETIZE', 'Requests are not monetized here.');
}
