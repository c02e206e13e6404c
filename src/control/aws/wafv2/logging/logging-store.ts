/**
 * Logging configurations as they are stored, found by the web ACL they are of, and as edges read them (model/web-acl.ts).
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import type { WafLogCondition, WafLogFilter, WafLogging } from '../../../../model/web-acl.ts';
import type { State } from '../../../state/open-state.ts';
import type { Change, Collection, StoredResource } from '../../../state/resources.ts';
import type { WafRegistry } from '../waf-registry.ts';
import { translateField } from '../translate/translate-field.ts';

export interface LoggingStore {
  readonly configurations: Collection<Sdk.LoggingConfiguration>;
  /** By the web ACL's ARN. */
  of(webAclArn: string): StoredResource<Sdk.LoggingConfiguration> | undefined;
  /** What edges must know; undefined: nothing is logged. */
  forEdges(webAclArn: string): WafLogging | undefined;
  /** Nothing where there is none. */
  remove(webAclArn: string, change: Change): void;
}

export function createLoggingStore(state: State): LoggingStore {
  const configurations = state.collection<Sdk.LoggingConfiguration>('waf-logging');
  return {
    configurations,
    of: (webAclArn) => configurations.named(webAclArn),
    forEdges(webAclArn) {
      const stored = configurations.named(webAclArn);
      return stored && translateLogging(stored.document);
    },
    remove(webAclArn, change) {
      const stored = configurations.named(webAclArn);
      if (stored !== undefined) configurations.remove(stored, change);
    },
  };
}

/** Where the log of the web ACL with this name goes; undefined: it has none. */
export function logDestination(
  { webAcls, arnOf }: Pick<WafRegistry, 'webAcls' | 'arnOf'>,
  store: LoggingStore,
  name: string,
): string | undefined {
  const webAcl = webAcls.named(name);
  return webAcl && store.of(arnOf('webacl', webAcl))?.document.LogDestinationConfigs?.[0];
}

function translateLogging({
  LogDestinationConfigs = [],
  RedactedFields = [],
  LoggingFilter,
}: Sdk.LoggingConfiguration): WafLogging {
  return {
    destinations: LogDestinationConfigs,
    redactedFields: RedactedFields.map(translateField),
    filter: LoggingFilter && translateFilter(LoggingFilter),
  };
}

function translateFilter({ DefaultBehavior = 'KEEP', Filters = [] }: Sdk.LoggingFilter): WafLogFilter {
  return {
    defaultBehavior: DefaultBehavior,
    filters: Filters.map(({ Behavior = 'KEEP', Requirement = 'MEETS_ANY', Conditions = [] }) => ({
      behavior: Behavior,
      requirement: Requirement,
      conditions: Conditions.flatMap(conditionOf),
    })),
  };
}

function conditionOf({ ActionCondition, LabelNameCondition }: Sdk.Condition): readonly WafLogCondition[] {
  const action = ActionCondition?.Action;
  if (action !== undefined && action !== 'MONETIZE') return [{ kind: 'action', action }];
  return LabelNameCondition ? [{ kind: 'label', label: LabelNameCondition.LabelName ?? '' }] : [];
}
