/**
 * Evaluates rules of SecLang against a request, one after another as ModSecurity does: each link of a rule looks at the texts of its targets,
 * transformed; all links must match; what matches sets variables that later rules read. A rule none of whose texts has its literals is passed
 * over without being tried. What a match means for the request is decided by who asks (managed/).
 */
import type { InspectedRequest } from '../../../../model/waf-engine.ts';
import { ownersInBoth, type OwnerSet } from '../patterns/literal-scanner.ts';
import { candidatesOf, type RuleSelection } from './candidates.ts';
import type { CompiledLink, CompiledRule, CompiledRules } from './compile-rules.ts';
import { isMember, type Target, type Targets } from './parse-rule.ts';
import { requestParts, type RequestParts } from './request-parts.ts';
import { requestValue, textAfter, type Place, type RequestValue } from './request-value.ts';
import { testValue } from './test-value.ts';

export interface RuleMatch {
  readonly rule: CompiledRule;
  readonly hits: readonly Hit[];
}

export interface Hit {
  readonly place: Place;
  /** `ARGS:name` without the collection: which argument, header, cookie; '' where there is but one. */
  readonly name: string;
  readonly matched: string;
  readonly at: number;
}

/** What several evaluations of one request share. */
export interface RequestView {
  readonly parts: RequestParts;
  /** Of all rules that may be asked for. */
  readonly candidates: OwnerSet;
}

/** `selection`: all rules that may be asked for, so that the texts are gone through once. */
export function viewOf(request: InspectedRequest, compiled: CompiledRules, selection: RuleSelection): RequestView {
  const parts = requestParts(request);
  return { parts, candidates: candidatesOf(selection, parts, compiled) };
}

interface Evaluation {
  readonly view: RequestView;
  readonly compiled: CompiledRules;
  /** TX: names in lower case. The rules' own until the first of them sets one. */
  variables: Map<string, string>;
  /** Rules that earlier ones have switched off. */
  readonly removed: Set<number>;
  /** Of the rule under evaluation. */
  matched: { readonly collection: string; readonly value: RequestValue }[];
}

/** The matches of the rules that are `wanted`, in order. */
export function evaluateRules(compiled: CompiledRules, view: RequestView, wanted: OwnerSet): RuleMatch[] {
  const evaluation: Evaluation = {
    view,
    compiled,
    variables: compiled.variables,
    removed: new Set(),
    matched: [],
  };
  const matches: RuleMatch[] = [];
  let from = 0;
  for (const at of ownersInBoth(wanted, view.candidates)) {
    const rule = compiled.rules[at]!;
    if (at < from || evaluation.removed.has(rule.id)) continue;
    const hits = evaluateRule(rule, evaluation);
    if (hits === undefined) continue;
    if (rule.score > 0) matches.push({ rule, hits });
    from = at + 1 + rule.skip;
  }
  return matches;
}

function evaluateRule(rule: CompiledRule, evaluation: Evaluation): Hit[] | undefined {
  evaluation.matched = [];
  const hits: Hit[] = [];
  for (const link of rule.links) {
    if (!evaluateLink(link, evaluation, hits)) return undefined;
  }
  return hits;
}

function evaluateLink(link: CompiledLink, evaluation: Evaluation, hits: Hit[]): boolean {
  const argument = link.macro === undefined ? link.argument : link.macro((name) => lookUp(name, evaluation));
  const matchedBefore = evaluation.matched;
  const matched: Evaluation['matched'] = [];
  for (const target of link.targets.included) {
    const { collection } = target;
    for (const value of target.counts ? countOf(target, link.targets, evaluation) : collectionOf(collection, evaluation)) {
      if (!target.counts && !target.isWhole && !isMember(value.name, target, link.targets)) continue;
      const match = testValue(link, value, argument, evaluation.compiled.scanner);
      if (match === undefined) continue;
      // What matched is the transformed text; macros of settings name what matches now.
      const now = { collection, value: requestValue(value.name, textAfter(value, link.chain), value.place) };
      matched.push(now);
      evaluation.matched = [now];
      if (link.captures) capture(match.groups, evaluation);
      for (const setting of link.settings) set(setting, evaluation);
      for (const id of link.removes) evaluation.removed.add(id);
      if (value.place !== undefined)
        hits.push({ place: value.place, name: value.name, matched: match.groups[0] ?? '', at: match.at });
    }
  }
  evaluation.matched = matched.length > 0 ? matched : matchedBefore;
  return matched.length > 0;
}

/** How many members a target names. */
function countOf(target: Target, targets: Targets, evaluation: Evaluation): readonly RequestValue[] {
  const members = collectionOf(target.collection, evaluation).filter(({ name }) => isMember(name, target, targets));
  return [requestValue('', `${members.length}`, undefined)];
}

function collectionOf(name: string, { view, variables, matched }: Evaluation): readonly RequestValue[] {
  switch (name) {
    case 'TX':
      return [...variables].map(([variable, text]) => requestValue(variable, text, undefined));
    case 'MATCHED_VAR':
      return matched.slice(-1).map(({ value }) => value);
    case 'MATCHED_VARS':
      return matched.map(({ value }) => value);
    case 'MATCHED_VAR_NAME':
      return matched.slice(-1).map(nameOf);
    case 'MATCHED_VARS_NAMES':
      return matched.map(nameOf);
    default:
      return view.parts.collection(name);
  }
}

function nameOf({ collection, value }: { readonly collection: string; readonly value: RequestValue }): RequestValue {
  return requestValue('', value.name === '' ? collection : `${collection}:${value.name}`, value.place);
}

/** What a macro names: `tx.0`, `matched_var`, `request_headers.host`. */
function lookUp(name: string, evaluation: Evaluation): string {
  if (name.startsWith('tx.')) return evaluation.variables.get(name.slice(3)) ?? '';
  const [collection, member] = name.toUpperCase().split('.', 2) as [string, string | undefined];
  const values = collectionOf(collection, evaluation);
  const value = member === undefined ? values[0] : values.find((other) => other.name.toUpperCase() === member);
  return value?.text ?? '';
}

function capture(groups: readonly (string | undefined)[], evaluation: Evaluation): void {
  const variables = ownVariables(evaluation);
  for (let group = 0; group < 10; group++) {
    const text = groups[group];
    if (text === undefined) variables.delete(`${group}`);
    else variables.set(`${group}`, text);
  }
}

function set({ name, value, counts }: CompiledLink['settings'][number], evaluation: Evaluation): void {
  const look = (macro: string) => lookUp(macro, evaluation);
  const variable = name(look);
  const text = value(look);
  const before = Number(evaluation.variables.get(variable) ?? 0);
  ownVariables(evaluation).set(variable, counts ? `${before + (Number(text) || 0)}` : text);
}

function ownVariables(evaluation: Evaluation): Map<string, string> {
  const { variables, compiled } = evaluation;
  if (variables !== compiled.variables) return variables;
  const own = new Map(variables);
  evaluation.variables = own;
  return own;
}
