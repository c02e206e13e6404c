/**
 * Which rules have to be tried on a request at all: those of whose targets some text has, after the link's transformations, the literals that a
 * match needs. Prepared for the rules that are asked together (managed rule groups): by collection, and within it by which rules' selectors a
 * name meets, so that each text costs one look for each chain of transformations that changes it, not one for each rule. What clients send
 * again and again is looked at once, and remembered.
 */
import { addOwner, ownersInBoth, removeOwner, type LiteralScanner, type OwnerSet } from '../patterns/literal-scanner.ts';
import type { CompiledLink, CompiledRule, CompiledRules } from './compile-rules.ts';
import { isMember, type Selector, type Target } from './parse-rule.ts';
import type { RequestParts } from './request-parts.ts';
import { ownersOf, traitsWithin, UNCHANGED, type RequestValue, type TransformChain } from './request-value.ts';
import { testValue } from './test-value.ts';

/** The rules by their places, as bits. */
export function rulesWhere({ rules }: CompiledRules, isWanted: (rule: CompiledRule) => boolean): OwnerSet {
  const wanted = new Uint32Array((rules.length + 31) >>> 5);
  for (const [index, rule] of rules.entries()) if (isWanted(rule)) addOwner(wanted, index);
  return wanted;
}

/** Some of the rules, ready to be asked. */
export interface RuleSelection {
  /** Tried on every request: what they look at is not in it, or is a number of things. */
  readonly always: OwnerSet;
  readonly collections: readonly CollectionRules[];
}

interface CollectionRules {
  readonly name: string;
  /** Its texts are much the same in every request. */
  readonly recurs: boolean;
  /** The looks at a member of this name. */
  readonly looksAt: (name: string) => Looks;
}

interface Looks {
  /** Candidates whatever the text. */
  readonly least: OwnerSet;
  readonly byChain: readonly Look[];
  /** What changes a text for one of them. */
  readonly traits: number;
  /** By those of them that a text has. */
  readonly plans: Map<number, Plan>;
  /** By text: the candidates, where texts recur. */
  readonly seen: Map<string, OwnerSet>;
}

/** How a text of some traits is looked at. */
interface Plan {
  /** By whom as it is. */
  readonly asItIs: OwnerSet;
  readonly changed: readonly Look[];
}

/** Ours: texts of more kinds than this are planned for each time anew. */
const MOST_PLANS = 256;

/** What clients send again and again as it is. */
const RECURRING = new Set([
  'REQUEST_HEADERS',
  'REQUEST_HEADERS_NAMES',
  'REQUEST_COOKIES_NAMES',
  'ARGS_NAMES',
  'REQUEST_METHOD',
  'REQUEST_PROTOCOL',
]);
/** Ours: so many of them, and none that is longer, are remembered of what is looked at alike. */
const SEEN = { texts: 128, octets: 256 } as const;

/** Rules that look at the text after the same transformations. */
interface Look {
  readonly chain: TransformChain;
  readonly rules: OwnerSet;
}

/** Gets the rules ready that `isWanted`. */
export function selectRules({ rules, scanner }: CompiledRules, isWanted: (rule: CompiledRule) => boolean): RuleSelection {
  const words = (rules.length + 31) >>> 5;
  const always = new Uint32Array(words);
  const byCollection = new Map<string, Wish[]>();
  for (const [index, rule] of rules.entries()) {
    if (!isWanted(rule)) continue;
    const [link] = rule.links;
    for (const target of link.targets.included) {
      if (!link.isOfRequest || target.counts) addOwner(always, index);
      else {
        const wishes = byCollection.get(target.collection);
        if (wishes === undefined) byCollection.set(target.collection, [{ index, link, target }]);
        else wishes.push({ index, link, target });
      }
    }
  }
  return {
    always,
    collections: [...byCollection].map(([name, wishes]) => ({
      name,
      recurs: RECURRING.has(name),
      looksAt: lookingAt(wishes, scanner.least),
    })),
  };
}

interface Wish {
  readonly index: number;
  readonly link: CompiledLink;
  readonly target: Target;
}

function lookingAt(wishes: readonly Wish[], least: OwnerSet): CollectionRules['looksAt'] {
  const selectors = new Map(
    wishes.flatMap(({ link: { targets }, target: { collection } }) =>
      [...targets.included, ...targets.excluded].flatMap((other) =>
        other.collection === collection && other.selector !== undefined ? [[other.selector.key, other.selector] as const] : [],
      ),
    ),
  );
  const names = new Map<string, number>();
  const patterns: Selector[] = [];
  for (const selector of selectors.values()) {
    if (selector.name === undefined) patterns.push(selector);
    else names.set(selector.name, names.size + 1);
  }
  // Names that meet the same selectors are looked at alike.
  const known = new Map<number, Looks>();
  return (name) => {
    let met = names.size === 0 ? 0 : (names.get(name.toLowerCase()) ?? 0);
    for (const pattern of patterns) met = met * 2 + Number(pattern.selects(name));
    let looks = known.get(met);
    if (looks === undefined) known.set(met, (looks = looksFor(name, wishes, least)));
    return looks;
  };
}

function looksFor(name: string, wishes: readonly Wish[], leastOfAll: OwnerSet): Looks {
  const words = leastOfAll.length;
  const least = new Uint32Array(words);
  const byChain = new Map<number, Look>();
  for (const { index, link, target } of wishes) {
    if (!isMember(name, target, link.targets)) continue;
    for (const chain of link.stages) {
      let look = byChain.get(chain.number);
      if (look === undefined) byChain.set(chain.number, (look = { chain, rules: new Uint32Array(words) }));
      addOwner(look.rules, index);
    }
  }
  const looks = [...byChain.values()];
  for (const { rules } of looks) addBoth(least, leastOfAll, rules);
  const traits = looks.reduce((all, { chain }) => all | chain.traits, 0);
  return { least, byChain: looks, traits, plans: new Map(), seen: new Map() };
}

function planFor({ byChain }: Looks, traits: number, words: number): Plan {
  const asItIs = new Uint32Array(words);
  const changed: Look[] = [];
  for (const look of byChain) {
    if ((look.chain.traits & traits) !== 0) changed.push(look);
    else addAll(asItIs, look.rules);
  }
  return { asItIs, changed };
}

/** As bits, by the numbers of the rules. */
export function candidatesOf({ always, collections }: RuleSelection, parts: RequestParts, compiled: CompiledRules): OwnerSet {
  const candidates = always.slice();
  for (const { name: collection, recurs, looksAt } of collections) {
    for (const value of parts.collection(collection)) {
      const looks = looksAt(value.name);
      if (recurs && value.text.length <= SEEN.octets) addAll(candidates, recurringCandidates(value, looks, compiled));
      else addCandidates(candidates, value, looks, compiled.scanner);
    }
  }
  return candidates;
}

/** Of a text that comes again and again, it pays to find out once which rules do match it. */
function recurringCandidates(value: RequestValue, looks: Looks, { rules, scanner }: CompiledRules): OwnerSet {
  const { seen } = looks;
  const known = seen.get(value.text);
  if (known !== undefined) return known;
  const candidates = new Uint32Array(looks.least.length);
  addCandidates(candidates, value, looks, scanner);
  for (const owner of ownersInBoth(candidates, candidates)) {
    const [link] = rules[owner]!.links;
    if (link.macro === undefined && testValue(link, value, link.argument, scanner) === undefined) removeOwner(candidates, owner);
  }
  if (seen.size >= SEEN.texts) seen.delete(seen.keys().next().value!);
  seen.set(value.text, candidates);
  return candidates;
}

function addCandidates(candidates: OwnerSet, value: RequestValue, looks: Looks, scanner: LiteralScanner): void {
  const traits = traitsWithin(value, looks.traits);
  let plan = looks.plans.get(traits);
  if (plan === undefined) {
    plan = planFor(looks, traits, candidates.length);
    if (looks.plans.size < MOST_PLANS) looks.plans.set(traits, plan);
  }
  addAll(candidates, looks.least);
  const owners = ownersOf(value, UNCHANGED, scanner);
  if (owners !== scanner.least) addBoth(candidates, owners, plan.asItIs);
  for (const { chain, rules } of plan.changed) {
    const ownersAfter = ownersOf(value, chain, scanner);
    if (ownersAfter !== scanner.least) addBoth(candidates, ownersAfter, rules);
  }
}

function addAll(candidates: OwnerSet, more: OwnerSet): void {
  for (let word = 0; word < candidates.length; word++) candidates[word]! |= more[word]!;
}

/** What is in both sets. */
function addBoth(candidates: OwnerSet, one: OwnerSet, other: OwnerSet): void {
  for (let word = 0; word < candidates.length; word++) candidates[word]! |= one[word]! & other[word]!;
}
