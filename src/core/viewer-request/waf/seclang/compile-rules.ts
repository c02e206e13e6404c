/**
 * Rules of SecLang made ready: chains of transformations numbered, operators made when first needed, and one scanner that tells, for every
 * text read once, which rules' required literals it has (patterns/required-literals.ts). How they are evaluated: evaluate-rules.ts.
 */
import type { DetectSqli, DetectXss, Finding, LinearRegex, RegexMatch } from '../../../../model/waf-engine.ts';
import { compileParsed } from '../patterns/compile-pattern.ts';
import { literalScanner, type LiteralScanner } from '../patterns/literal-scanner.ts';
import { parsePattern } from '../patterns/parse-pattern.ts';
import { LONGEST_LITERAL, requiredLiterals } from '../patterns/required-literals.ts';
import { comparison, phraseMatch, type Operator } from './operators.ts';
import {
  parseMacro,
  parseSetting,
  parseTargets,
  parseTest,
  parseTransforms,
  targetsKey,
  type Macro,
  type Setting,
  type Targets,
} from './parse-rule.ts';
import type { AttackClass, RuleLinkRow, RuleSetRows } from './rule-row.ts';
import type { TransformChain } from './request-value.ts';
import { traitsChangedBy } from './text-traits.ts';

export interface CompiledRules {
  readonly rules: readonly CompiledRule[];
  readonly scanner: LiteralScanner;
  /** TX before the first rule; never changed. */
  readonly variables: Map<string, string>;
}

export interface CompiledRule {
  readonly id: number;
  readonly attack: AttackClass;
  readonly score: number;
  readonly links: readonly [CompiledLink, ...CompiledLink[]];
  readonly skip: number;
}

export interface CompiledLink {
  /** Links of the same number look at the same values after the same transformations. */
  readonly plan: number;
  /** What it looks at does not change while rules are evaluated. */
  readonly isOfRequest: boolean;
  readonly targets: Targets;
  readonly isNegated: boolean;
  readonly operate: Operator;
  readonly argument: Macro;
  readonly chain: TransformChain;
  readonly multiMatch: boolean;
  readonly captures: boolean;
  readonly settings: readonly Setting[];
  readonly removes: readonly number[];
  /** Its number at the scanner: a text without its literals cannot match. -1: every text is tried. */
  readonly owner: number;
}

export interface RuleTools {
  readonly linear: LinearRegex;
  readonly detectSqli: DetectSqli;
  readonly detectXss: DetectXss;
}

/** All rules of several sets in one, so that a text is read once for all of them. Later sets' variables win. */
export function compileRules(sets: readonly RuleSetRows[], tools: RuleTools): CompiledRules {
  const chains = new Map<string, TransformChain>([['', { number: 0, steps: [], traits: 0 }]]);
  const literals: (readonly string[])[] = [];
  const chainOf = (names = ''): TransformChain => {
    let chain = chains.get(names);
    if (chain === undefined) chains.set(names, (chain = compileChain(names, chains.size)));
    return chain;
  };
  const plans = new Map<string, number>();
  const compileLink = (row: RuleLinkRow): CompiledLink => {
    const { isNegated, operator, argument } = parseTest(row.test);
    const required = isNegated ? undefined : literalsOf(operator, argument, row);
    return {
      plan: numberOf(plans, `${targetsKey(row.on)} ${row.after ?? ''}`),
      isOfRequest: !/\bTX:|\bMATCHED_/.test(row.on),
      targets: parseTargets(row.on),
      isNegated,
      operate: operatorOf(operator, argument, row, tools),
      argument: parseMacro(argument),
      chain: chainOf(row.after),
      multiMatch: row.multiMatch === true,
      captures: row.capture === true,
      settings: (row.set ?? []).map(parseSetting),
      removes: row.remove ?? [],
      owner: required === undefined ? -1 : literals.push(required) - 1,
    };
  };
  const rules = sets.flatMap(({ rules: rows }) =>
    rows.map(({ id, attack, score, links, skip }): CompiledRule => {
      const [first, ...chained] = links.map(compileLink);
      return { id, attack, score, links: [first!, ...chained], skip: skip ?? 0 };
    }),
  );
  const variables = new Map(sets.flatMap((set) => Object.entries(set.variables)));
  return { rules, scanner: literalScanner(literals), variables };
}

function compileChain(names: string, number: number): TransformChain {
  let traits = 0;
  for (const name of names.split(',')) traits |= traitsChangedBy(name);
  return { number, steps: parseTransforms(names), traits };
}

function numberOf(numbers: Map<string, number>, key: string): number {
  const known = numbers.get(key);
  if (known === undefined) numbers.set(key, numbers.size);
  return known ?? numbers.size - 1;
}

function literalsOf(operator: string, argument: string, { words }: RuleLinkRow): readonly string[] | undefined {
  if (operator === '@pm') return (words ?? argument.split(' ')).map((word) => word.toLowerCase().slice(0, LONGEST_LITERAL));
  if (operator !== '@rx' || argument.includes('%{')) return undefined;
  return requiredLiterals(parsePattern(argument, { caseInsensitive: true }));
}

function operatorOf(name: string, argument: string, { words }: RuleLinkRow, tools: RuleTools): Operator {
  switch (name) {
    case '@rx':
      return regex(argument, tools.linear);
    case '@pm':
      return phraseMatch(words ?? argument.split(' '));
    case '@detectSQLi':
      return (text) => matchOf(text, tools.detectSqli(text, 'LOW'));
    case '@detectXSS':
      return (text) => matchOf(text, tools.detectXss(text));
    default: {
      const operator = comparison(name, argument);
      if (operator === undefined) throw new SyntaxError(`there is no operator ${name}`);
      return operator;
    }
  }
}

/** Compiled when first tried: most patterns never are. */
function regex(argument: string, linear: LinearRegex): Operator {
  let compiled: ((text: string) => RegexMatch | undefined) | undefined;
  let source: string | undefined;
  return (text, expanded) => {
    if (compiled === undefined || expanded !== source) {
      source = expanded;
      // ModSecurity: patterns are compiled with PCRE_DOTALL and PCRE_DOLLAR_ENDONLY.
      compiled = compileParsed(parsePattern(expanded === '' ? argument : expanded, { dotAll: true }), linear);
    }
    return compiled(text);
  };
}

function matchOf(text: string, finding: Finding | undefined): RegexMatch | undefined {
  return finding === undefined ? undefined : { at: finding.at, groups: [finding.matched?.join(' ') ?? text] };
}
