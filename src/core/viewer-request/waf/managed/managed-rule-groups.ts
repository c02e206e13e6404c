/**
 * The managed rule groups, ready to be asked: those of tables/managed-rule-groups.ts, their rules answered by the Core Rule Set and our own rules
 * in SecLang (rule-names.ts says which is which), by what own-rules.ts asks, and by the operator's lists of addresses.
 * Core Rule Set: a rule of severity CRITICAL refuses by itself; weaker ones together, when their scores reach the same.
 */
import { compileAddressSet, type AddressSet } from '../../../../model/address-set.ts';
import type { InspectedRequest, ManagedMatch, ManagedRule, MatchDetail, WafEngine } from '../../../../model/waf-engine.ts';
import type { AddressList } from '../../../../model/web-acl.ts';
import { findManagedRuleGroup, type ManagedRuleGroupRow } from '../../../../tables/managed-rule-groups.ts';
import { rulesWhere, selectRules, type RuleSelection } from '../seclang/candidates.ts';
import { compileRules, type CompiledRule, type CompiledRules, type RuleTools } from '../seclang/compile-rules.ts';
import { evaluateRules, viewOf, type Hit, type RequestView, type RuleMatch } from '../seclang/evaluate-rules.ts';
import type { RuleSetRows } from '../seclang/rule-row.ts';
import type { Place } from '../seclang/request-value.ts';
import { OWN_RULES } from './own-rules.ts';
import { ATTACKS, isOfGroup, ruleNameOf } from './rule-names.ts';

/** Groups by name and version, compiled once for all web ACLs; their rules are read when a group is first asked for. */
export function managedRuleGroups(tools: RuleTools, rows: readonly RuleSetRows[]): WafEngine['managedRuleGroup'] {
  const asker = ruleAsker(tools, rows);
  return ({ vendor, name, version }, lists) => {
    const row = findManagedRuleGroup(vendor, name);
    if (row === undefined || (version !== undefined && !row.versions.includes(version))) return undefined;
    const rules = row.rules.map(managedRule);
    const matchesOf = isOfRules(row) ? asker(row.name) : undefined;
    const addressed = addressRules(row, lists);
    // Rules that are answered by no rule of SecLang alone: nearly always, nothing but these can match.
    const others = rules.filter((rule) => OWN_RULES.has(rule.name) || addressed.has(rule.name));
    return {
      name: row.name,
      version: version ?? row.versions.at(-1) ?? '',
      labelNamespace: row.labelNamespace,
      rules,
      readsBody: row.rules.some((rule) => rule.name.endsWith('_BODY')),
      evaluate: function* (request): Iterable<ManagedMatch> {
        const found = findingsOf(row.name, matchesOf?.(request) ?? []);
        for (const rule of found.size === 0 ? others : rules) {
          const details = found.get(rule.name) ?? ownDetails(rule.name, request) ?? addressed.get(rule.name)?.(request);
          if (details !== undefined) yield { rule, details };
        }
      },
    };
  };
}

type MatchesOf = (request: InspectedRequest) => readonly RuleMatch[];

/** By the name of a group: what its rules of SecLang find. Groups of one web ACL read a request once between them. */
function ruleAsker(tools: RuleTools, rows: readonly RuleSetRows[]): (group: string) => MatchesOf {
  const asked = new Set<string>();
  let compiled: CompiledRules | undefined;
  let selection: RuleSelection | undefined;
  let views = new WeakMap<InspectedRequest, RequestView>();
  return (group) => {
    const all = (compiled ??= compileRules(rows, tools));
    if (!asked.has(group)) {
      asked.add(group);
      selection = selectRules(all, ({ attack }) => [...asked].some((one) => isOfGroup(one, attack)));
      views = new WeakMap();
    }
    const own = rulesWhere(all, ({ attack }) => isOfGroup(group, attack));
    return (request) => {
      let view = views.get(request);
      if (view === undefined) views.set(request, (view = viewOf(request, all, selection!)));
      const matches = evaluateRules(all, view, own);
      const score = matches.reduce((sum, { rule }) => sum + rule.score, 0);
      return score >= BLOCKING_SCORE ? matches : [];
    };
  };
}

/** What blocks by itself, in the Core Rule Set's points: the score of one rule of severity CRITICAL. */
const BLOCKING_SCORE = 5;

function managedRule({ name, label, action }: ManagedRuleGroupRow['rules'][number]): ManagedRule {
  const decided: ManagedRule['action'] =
    action === 'block' ? { kind: 'block', response: undefined } : { kind: 'count', insertHeaders: [] };
  return { name, labels: [label], action: decided };
}

/** Some of its rules are answered by rules of SecLang. */
function isOfRules({ name, rules }: ManagedRuleGroupRow): boolean {
  return rules.some((rule) => !OWN_RULES.has(rule.name)) && ATTACKS.some((attack) => isOfGroup(name, attack));
}

function ownDetails(name: string, request: InspectedRequest): readonly MatchDetail[] | undefined {
  const detail = OWN_RULES.get(name)?.(request);
  return detail === undefined ? undefined : [detail];
}

/** Rules that go by the operator's lists of addresses, which have their names. */
function addressRules(
  { rules }: ManagedRuleGroupRow,
  lists: readonly AddressList[],
): ReadonlyMap<string, (request: InspectedRequest) => readonly MatchDetail[] | undefined> {
  const named = lists.filter(({ name }) => rules.some((rule) => rule.name === name));
  return new Map(
    named.map(({ name, addresses }) => {
      const holds: AddressSet = compileAddressSet(addresses);
      return [
        name,
        ({ viewerAddress }) =>
          holds(viewerAddress) ? [{ condition: 'ADDRESS', location: 'CLIENT_IP', matched: [viewerAddress] }] : undefined,
      ];
    }),
  );
}

/** By the names of AWS's rules. */
function findingsOf(group: string, matches: readonly RuleMatch[]): Map<string, MatchDetail[]> {
  const found = new Map<string, MatchDetail[]>();
  for (const { rule, hits } of matches) {
    // A rule about what is not there has no place; the head of the request is where it would be.
    const all: readonly Hit[] = hits.length > 0 ? hits : [{ place: 'HEADER', name: '', matched: '', at: 0 }];
    for (const hit of all) {
      const name = ruleNameOf(group, rule.attack, hit.place);
      if (name === undefined) continue;
      const details = found.get(name);
      if (details === undefined) found.set(name, [detailOf(rule, hit)]);
      else details.push(detailOf(rule, hit));
    }
  }
  return found;
}

const LOCATIONS: Readonly<Record<Place, string>> = {
  QUERY: 'ALL_QUERY_ARGS',
  BODY: 'BODY',
  COOKIE: 'COOKIE',
  HEADER: 'HEADER',
  URIPATH: 'URI',
  METHOD: 'METHOD',
};

function detailOf({ attack }: CompiledRule, { place, name, matched, at }: Hit): MatchDetail {
  const condition = attack === 'sqli' ? 'SQL_INJECTION' : attack === 'xss' ? 'XSS' : 'REGEX';
  return {
    condition,
    location: LOCATIONS[place],
    matched: [matched.slice(0, 128)],
    at,
    ...(name === '' ? {} : { name }),
    ...(condition === 'SQL_INJECTION' ? { sensitivity: 'LOW' } : {}),
  };
}
