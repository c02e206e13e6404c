/**
 * What the handlers of wafv2 share: the stored resources by kind, how one is found, made, changed and removed, and who uses whom. All kinds
 * keep the same rules: a name is unique among its kind, a change names the lock token it began with and makes a new one, and what is in use
 * stays. A change is one transaction with the next snapshot version; edges hear of it after the commit. AWS WAF API reference.
 */
import type * as Sdk from '@aws-sdk/client-wafv2';
import type { State } from '../../state/open-state.ts';
import type { Change, Collection, StoredResource } from '../../state/resources.ts';
import { changeOf } from '../change-of.ts';
import type { ServiceModel } from '../wire/model.ts';
import type { CallContext } from '../wire/types.ts';
import { createConfigCodec, type ConfigCodec, type RuleGroupConfig, type WebAclConfig } from './config-codec.ts';
import { referencesOf } from './rules/references-of.ts';
import { associated, duplicate, invalidParameter, limitExceeded, nonexistent, outdated, REASONS } from './waf-faults.ts';

export type WafKind = 'webacl' | 'rulegroup' | 'ipset' | 'regexpatternset';
export type Tags = Readonly<Record<string, string>>;

export interface IpSetDocument {
  readonly addressVersion: Sdk.IPAddressVersion;
  readonly addresses: readonly string[];
  readonly description?: string | undefined;
  readonly tags: Tags;
}

export interface RegexPatternSetDocument {
  readonly patterns: readonly string[];
  readonly description?: string | undefined;
  readonly tags: Tags;
}

/** `config` is as it travels in JSON: config-codec.ts reads it. */
export interface RuleGroupDocument {
  readonly config: unknown;
  readonly tags: Tags;
}

export interface WebAclDocument {
  readonly config: unknown;
  readonly capacity: number;
  readonly tags: Tags;
}

export interface TokenKeyDocument {
  /** 32 random octets, base64url. */
  readonly secret: string;
}

export type StoredIpSet = StoredResource<IpSetDocument>;
export type StoredRegexPatternSet = StoredResource<RegexPatternSetDocument>;
export type StoredRuleGroup = StoredResource<RuleGroupDocument>;
export type StoredWebAcl = StoredResource<WebAclDocument>;

/** The distributions that use web ACLs. */
export interface WebAclUsers {
  /** Their ARNs. */
  usersOfWebAcl(arn: string): readonly string[];
  /** Runs the change as one transaction with the next snapshot version, then publishes. */
  changeWaf<T>(change: Change, run: (change: Change) => T): T;
}

/** How a resource is named in a call. */
export interface Named {
  readonly Name?: string | undefined;
  readonly Scope?: Sdk.Scope | undefined;
  readonly Id?: string | undefined;
}

export interface WafRegistry {
  readonly accountId: string;
  readonly webAcls: Collection<WebAclDocument>;
  readonly ruleGroups: Collection<RuleGroupDocument>;
  readonly ipSets: Collection<IpSetDocument>;
  readonly regexPatternSets: Collection<RegexPatternSetDocument>;
  /** What tokens of challenges are signed with. */
  readonly tokenKeys: Collection<TokenKeyDocument>;
  readonly webAclConfig: (stored: StoredWebAcl) => WebAclConfig;
  readonly ruleGroupConfig: (stored: StoredRuleGroup) => RuleGroupConfig;
  /** Of JSON as it travels. */
  readonly readWebAcl: ConfigCodec['readWebAcl'];
  readonly writeWebAcl: (config: WebAclConfig) => unknown;
  readonly writeRuleGroup: (config: RuleGroupConfig) => unknown;
  arnOf(kind: WafKind, stored: { readonly name: string; readonly id: string }): string;
  /** The resource of that kind with the ARN. */
  byArn<D>(kind: WafKind, collection: Collection<D>, arn: string): StoredResource<D> | undefined;
  /** What the labels that its rules add begin with. */
  labelNamespaceOf(kind: 'webacl' | 'rulegroup', name: string): string;
  /** Whether a web ACL or a rule group names the ARN. */
  isReferenced(arn: string): boolean;
}

/** AWS WAF: global resources are managed in us-east-1. */
const ARN = /^arn:aws:wafv2:us-east-1:(\d{12}):global\/(webacl|rulegroup|ipset|regexpatternset)\/([\w-]+)\/([0-9a-f-]{36})$/;

export function createWafRegistry(state: State, model: ServiceModel, accountId: string): WafRegistry {
  const codec = createConfigCodec(model);
  const webAcls = state.collection<WebAclDocument>('waf-web-acl');
  const ruleGroups = state.collection<RuleGroupDocument>('waf-rule-group');
  const webAclConfig = (stored: StoredWebAcl): WebAclConfig => codec.readWebAcl(stored.document.config);
  const ruleGroupConfig = (stored: StoredRuleGroup): RuleGroupConfig => codec.readRuleGroup(stored.document.config);
  return {
    accountId,
    webAcls,
    ruleGroups,
    ipSets: state.collection('waf-ip-set'),
    regexPatternSets: state.collection('waf-regex-pattern-set'),
    tokenKeys: state.collection('waf-token-key'),
    webAclConfig,
    ruleGroupConfig,
    readWebAcl: codec.readWebAcl,
    writeWebAcl: codec.writeWebAcl,
    writeRuleGroup: codec.writeRuleGroup,
    arnOf: (kind, { name, id }) => `arn:aws:wafv2:us-east-1:${accountId}:global/${kind}/${name}/${id}`,
    byArn(kind, collection, arn) {
      const [, owner, named, name, id = ''] = ARN.exec(arn) ?? [];
      const stored = owner === accountId && named === kind ? collection.get(id) : undefined;
      return stored?.name === name ? stored : undefined;
    },
    labelNamespaceOf: (kind, name) => `awswaf:${accountId}:${kind}:${name}:`,
    isReferenced: (arn) =>
      webAcls.list().some((stored) => referencesOf(webAclConfig(stored).Rules).has(arn)) ||
      ruleGroups.list().some((stored) => referencesOf(ruleGroupConfig(stored).Rules).has(arn)),
  };
}

/** Ours: this is CloudFront's side of AWS WAF alone; there is nothing regional. AWS WAF: and that side is managed in us-east-1. */
export function checkScope(scope: Sdk.Scope | undefined, { region }: Pick<CallContext, 'region'>): void {
  if (scope === 'CLOUDFRONT' && region === 'us-east-1') return;
  const reason = scope === 'CLOUDFRONT' ? REASONS.scope : 'The scope is not valid: resources here are of the scope CLOUDFRONT.';
  throw invalidParameter('SCOPE_VALUE', scope ?? '', reason);
}

/** The resource of that name and id. Throws WAFInvalidParameterException and WAFNonexistentItemException. */
export function find<D>(collection: Collection<D>, { Name, Scope, Id }: Named, call: CallContext): StoredResource<D> {
  checkScope(Scope, call);
  const stored = collection.get(Id ?? '');
  if (stored === undefined || stored.name !== Name) throw nonexistent();
  return stored;
}

/** The web ACL with the ARN. Throws WAFNonexistentItemException. */
export function webAclByArn(registry: WafRegistry, arn = ''): StoredWebAcl {
  const stored = registry.byArn('webacl', registry.webAcls, arn);
  if (stored === undefined) throw nonexistent();
  return stored;
}

/** Throws unless the name is free, and there is room for one more. */
export function checkRoom(collection: Collection<unknown>, name: string, most: number, noun: string): void {
  if (collection.named(name) !== undefined) throw duplicate(`the name "${name}" is taken`);
  if (collection.count() >= most) throw limitExceeded(`an account has ${most} ${noun} at most`);
}

/** Throws WAFOptimisticLockException unless nobody has changed it since the token was given out. */
export function requireToken(stored: StoredResource<unknown>, token: string | undefined): void {
  if (stored.etag !== token) throw outdated();
}

export interface Removal<D> {
  readonly collection: Collection<D>;
  readonly users: WebAclUsers;
  readonly isUsed: (stored: StoredResource<D>) => boolean;
  /** What goes along with it. */
  readonly along?: (stored: StoredResource<D>, change: Change) => void;
}

/** Deletes what nobody uses. */
export function remove<D>(
  { collection, users, isUsed, along }: Removal<D>,
  input: Named & { readonly LockToken?: string | undefined },
  call: CallContext,
): void {
  const stored = find(collection, input, call);
  requireToken(stored, input.LockToken);
  if (isUsed(stored)) throw associated();
  users.changeWaf(changeOf(call), (change) => {
    along?.(stored, change);
    collection.remove(stored, change);
  });
}
