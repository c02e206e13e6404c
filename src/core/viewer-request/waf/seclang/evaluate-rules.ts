/**
 * Evaluates rules of SecLang against a request, one after another as ModSecurity does: each link of a rule looks at the texts of its targets,
 * transformed; all links must match; what matches sets variables that later rules read. A rule none of whose texts has its literals is passed
 * over without being tried. What a match means for the request is decided by who asks (managed/).
 */
import type { InspectedRequest } from '../../../../model/waf-engine.ts';
import { hasOwner, type LiteralScanner, type OwnerSet } from '../patterns/literal-scanner.ts';
import type { CompiledLink, CompiledRule, CompiledRules } from './compile-rules.ts';
import type { Target, Targets } from './parse-rule.ts';
import { requestParts, type RequestParts } from './request-parts.ts';
import {
  formOf,
  isChangedBy,
  ownersOf,
  requestValue,
  type Place,
  type RequestValue,
  type TransformChain,
} from './request-value.ts';

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
  /** By the number of the plan: all literals' owners that any of the texts has. */
  readonly owners: (OwnerSet | undefined)[];
  /** The same of a whole collection, by the number of the chain. */
  readonly ownersByCollection: Map<string, (OwnerSet | undefined)[]>;
}

export function viewOf(request: InspectedRequest): RequestView {
  return { parts: requestParts(request), owners: [], ownersByCollection: new Map() };
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

/** The matches of the rules that `isWanted`, in order. */
export function evaluateRules(
  compiled: CompiledRules,
  view: RequestView,
  isWanted: (rule: CompiledRule) => boolean,
): RuleMatch[] {
  const evaluation: Evaluation = {
    view,
    compiled,
    variables: compiled.variables,
    removed: new Set(),
    matched: [],
  };
  const matches: RuleMatch[] = [];
  for (let at = 0; at < compiled.rules.length; at++) {
    const rule = compiled.rules[at]!;
    if (!isWanted(rule) || evaluation.removed.has(rule.id) || isRuledOut(rule.links[0], evaluation)) continue;
    const hits = evaluateRule(rule, evaluation);
    if (hits === undefined) continue;
    if (rule.score > 0) matches.push({ rule, hits });
    at += rule.skip;
  }
  return matches;
}

/** None of the texts has any of the literals that a match needs. */
function isRuledOut(link: CompiledLink, evaluation: Evaluation): boolean {
  return link.owner >= 0 && !link.multiMatch && !hasOwner(ownersOn(link, evaluation), link.owner);
}

function ownersOn(link: CompiledLink, evaluation: Evaluation): OwnerSet {
  const { view, compiled } = evaluation;
  const known = view.owners[link.plan];
  if (known !== undefined) return known;
  let all = compiled.scanner.none;
  for (const target of link.targets.included) {
    const owners = target.isWhole
      ? ownersOfCollection(target.collection, link.chain, evaluation)
      : ownersOfAll(membersOf(target, link.targets, evaluation), link.chain, compiled.scanner);
    all = union(all, owners, compiled.scanner);
  }
  // What rules themselves have set changes between them.
  if (link.isOfRequest) view.owners[link.plan] = all;
  return all;
}

function ownersOfCollection(name: string, chain: TransformChain, evaluation: Evaluation): OwnerSet {
  const { ownersByCollection } = evaluation.view;
  const { scanner } = evaluation.compiled;
  if (isOfEvaluation(name)) return ownersOfAll(collectionOf(name, evaluation), chain, scanner);
  let byChain = ownersByCollection.get(name);
  if (byChain === undefined) ownersByCollection.set(name, (byChain = []));
  return (byChain[chain.number] ??= ownersOfAll(collectionOf(name, evaluation), chain, scanner));
}

function ownersOfAll(values: readonly RequestValue[], chain: TransformChain, scanner: LiteralScanner): OwnerSet {
  let all = scanner.none;
  for (const value of values) all = union(all, ownersOf(value, chain, scanner), scanner);
  return all;
}

function union(one: OwnerSet, other: OwnerSet, { none }: LiteralScanner): OwnerSet {
  if (other === none || other === one) return one;
  return one === none ? other : one.map((word, index) => word | other[index]!);
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
  const argument = link.argument((name) => lookUp(name, evaluation));
  const matchedBefore = evaluation.matched;
  const matched: Evaluation['matched'] = [];
  for (const target of link.targets.included) {
    const { collection } = target;
    if (target.isWhole && isCollectionRuledOut(link, collection, evaluation)) continue;
    for (const value of membersOf(target, link.targets, evaluation)) {
      const match = testValue(link, value, argument, evaluation);
      if (match === undefined) continue;
      // What matched is the transformed text; macros of settings name what matches now.
      const now = { collection, value: requestValue(value.name, formOf(value, link.chain).text, value.place) };
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

function isCollectionRuledOut(link: CompiledLink, collection: string, evaluation: Evaluation): boolean {
  return link.owner >= 0 && !link.multiMatch && !hasOwner(ownersOfCollection(collection, link.chain, evaluation), link.owner);
}

const NEGATED = { at: 0, groups: [''] };

function testValue(
  link: CompiledLink,
  value: RequestValue,
  argument: string,
  { compiled: { scanner } }: Evaluation,
): typeof NEGATED | undefined {
  if (link.multiMatch && isChangedBy(value, link.chain, true)) return testEachStep(link, value, argument);
  if (link.owner >= 0 && !hasOwner(ownersOf(value, link.chain, scanner), link.owner)) return undefined;
  return testText(link, formOf(value, link.chain).text, argument);
}

function testEachStep(link: CompiledLink, value: RequestValue, argument: string): typeof NEGATED | undefined {
  let { text } = value;
  let match = testText(link, text, argument);
  for (const step of link.chain.steps) {
    if (match !== undefined) return match;
    const before = text;
    text = step(text);
    if (text !== before) match = testText(link, text, argument);
  }
  return match;
}

function testText(link: CompiledLink, text: string, argument: string): typeof NEGATED | undefined {
  const match = link.operate(text, argument);
  if (!link.isNegated) return match as typeof NEGATED | undefined;
  return match === undefined ? { at: 0, groups: [text] } : undefined;
}

/** The members that a target names; for `&`, their number. */
function membersOf(target: Target, { excluded }: Targets, evaluation: Evaluation): readonly RequestValue[] {
  const { collection } = target;
  const all = collectionOf(collection, evaluation);
  if (target.isWhole) return all;
  const kept = all.filter(
    ({ name }) => selects(target, name) && !excluded.some((other) => other.collection === collection && selects(other, name)),
  );
  return target.counts ? [requestValue('', `${kept.length}`, undefined)] : kept;
}

function selects(target: Target, name: string): boolean {
  return target.selects === undefined || target.selects(name);
}

function isOfEvaluation(name: string): boolean {
  return name === 'TX' || name.startsWith('MATCHED_');
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
