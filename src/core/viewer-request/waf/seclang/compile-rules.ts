/**
 * Rules of SecLang made ready: chains of transformations numbered, operators made when first needed, and one scanner that tells, for every
 * text read once, which rules' required literals it has (patterns/required-literals.ts). How they are evaluated: evaluate-rules.ts.
 */
import type { DetectSqli, DetectXss, Finding, LinearRegex, RegexMatch } from '../../../../model/waf-engine.ts';
import { SQLI_LITERALS } from '../detection/detect-sqli.ts';
import { XSS_LITERALS } from '../detection/detect-xss.ts';
import { compileParsed, compileTest, withoutGroups } from '../patterns/compile-pattern.ts';
import { literalScanner, type LiteralScanner } from '../patterns/literal-scanner.ts';
import { parsePattern } from '../patterns/parse-pattern.ts';
import type { Pattern } from '../patterns/pattern.ts';
import { LONGEST_LITERAL, requiredLiterals, type Literals } from '../patterns/required-literals.ts';
import { comparison, phraseMatch, type Operator } from './operators.ts';
import {
  hasMacro,
  parseMacro,
  parseSetting,
  parseTargets,
  parseTest,
  parseTransform,
  type Macro,
  type Setting,
  type Targets,
} from './parse-rule.ts';
import type { AttackClass, RuleLinkRow, RuleSetRows } from './rule-row.ts';
import { UNCHANGED, type TransformChain, type Transformation } from './request-value.ts';
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
  /** What it looks at does not change while rules are evaluated. */
  readonly isOfRequest: boolean;
  readonly targets: Targets;
  readonly operate: Operator;
  readonly argument: string;
  /** Where the argument has macros: what it is for a request. */
  readonly macro: Macro | undefined;
  readonly chain: TransformChain;
  /** After which transformations it looks at a text, in this order: multiMatch looks after each of the chain's. */
  readonly stages: readonly TransformChain[];
  readonly captures: boolean;
  readonly settings: readonly Setting[];
  readonly removes: readonly number[];
  /** Its number at the scanner: a text without its literals cannot match. Those of rules' first links are the places of the rules. */
  readonly owner: number;
}

/** Detection finds nothing in a text without one of its literals (detection/). */
export interface RuleTools {
  readonly linear: LinearRegex;
  readonly detectSqli: DetectSqli;
  readonly detectXss: DetectXss;
}

/** All rules of several sets in one, so that a text is read once for all of them. Later sets' variables win. */
export function compileRules(sets: readonly RuleSetRows[], tools: RuleTools): CompiledRules {
  const chainOf = chainCompiler();
  const rows = sets.flatMap((set) => set.rules);
  const needs: (readonly Literals[])[] = rows.map(({ links: [first] }) => literalsOf(first!));
  const compileLink = (row: RuleLinkRow, owner: number): CompiledLink => {
    const chain = chainOf(row.after);
    const { argument } = parseTest(row.test);
    return {
      isOfRequest: !/\bTX:|\bMATCHED_/.test(row.on),
      targets: parseTargets(row.on),
      operate: operatorOf(row, tools),
      argument,
      macro: hasMacro(argument) ? parseMacro(argument) : undefined,
      chain,
      stages: row.multiMatch === true ? beginningsOf(row.after).map(chainOf) : [chain],
      captures: row.capture === true,
      settings: (row.set ?? []).map(parseSetting),
      removes: row.remove ?? [],
      owner,
    };
  };
  const rules = rows.map(({ id, attack, score, links: [first, ...others], skip }, index): CompiledRule => {
    const chained = others.map((row) => compileLink(row, needs.push(literalsOf(row)) - 1));
    return { id, attack, score, links: [compileLink(first!, index), ...chained], skip: skip ?? 0 };
  });
  const variables = new Map(sets.flatMap((set) => Object.entries(set.variables)));
  return { rules, scanner: literalScanner(needs), variables };
}

/** No transformation, the first, the first two, and so on. */
function beginningsOf(names = ''): readonly string[] {
  const all = names.split(',');
  return ['', ...all.map((_, last) => all.slice(0, last + 1).join(','))];
}

/** Each chain, and each transformation, is one for all rules: by its number, texts remember what it makes of them. */
function chainCompiler(): (names: string | undefined) => TransformChain {
  const chains = new Map<string, TransformChain>([['', UNCHANGED]]);
  const transformations = new Map<string, Transformation>();
  const transformationOf = (name: string): Transformation => {
    let one = transformations.get(name);
    if (one === undefined) {
      one = { number: transformations.size, transform: parseTransform(name), traits: traitsChangedBy(name) };
      transformations.set(name, one);
    }
    return one;
  };
  return (names = '') => {
    let chain = chains.get(names);
    if (chain === undefined) {
      const steps = names.split(',').map(transformationOf);
      chain = { number: chains.size, steps, traits: steps.reduce((traits, step) => traits | step.traits, 0) };
      chains.set(names, chain);
    }
    return chain;
  };
}

/** What a text must have for the link to match it. */
function literalsOf({ test, words }: RuleLinkRow): readonly Literals[] {
  const { isNegated, operator, argument } = parseTest(test);
  if (isNegated) return [];
  if (operator === '@detectSQLi') return [SQLI_LITERALS];
  if (operator === '@detectXSS') return [XSS_LITERALS];
  if (operator === '@pm') return [(words ?? argument.split(' ')).map((word) => word.toLowerCase().slice(0, LONGEST_LITERAL))];
  if (operator !== '@rx' || hasMacro(argument)) return [];
  return requiredLiterals(parsePattern(argument, { caseInsensitive: true }));
}

function operatorOf(row: RuleLinkRow, tools: RuleTools): Operator {
  const { isNegated, operator, argument } = parseTest(row.test);
  const operate =
    operator === '@rx'
      ? regex(argument, isNegated ? 'whether' : row.capture === true ? 'groups' : 'match', tools.linear)
      : plainOperator(operator, argument, row, tools);
  if (!isNegated) return operate;
  return (text, expanded) => (operate(text, expanded) === undefined ? { at: 0, groups: [text] } : undefined);
}

function plainOperator(name: string, argument: string, { words }: RuleLinkRow, tools: RuleTools): Operator {
  switch (name) {
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

/** Compiled when first tried: most patterns never are. `asked`: what has to be known of a match. */
function regex(argument: string, asked: 'whether' | 'match' | 'groups', linear: LinearRegex): Operator {
  let compiled: ((text: string) => RegexMatch | undefined) | undefined;
  let source: string | undefined;
  return (text, expanded) => {
    if (compiled === undefined || expanded !== source) {
      source = expanded;
      // ModSecurity: patterns are compiled with PCRE_DOTALL and PCRE_DOLLAR_ENDONLY.
      const pattern = parsePattern(expanded === '' ? argument : expanded, { dotAll: true });
      if (asked === 'whether') compiled = somewhere(pattern, linear);
      else compiled = compileParsed(asked === 'groups' ? pattern : withoutGroups(pattern), linear);
    }
    return compiled(text);
  };
}

function somewhere(pattern: Pattern, linear: LinearRegex): (text: string) => RegexMatch | undefined {
  const occurs = compileTest(pattern, linear);
  return (text) => (occurs(text) ? SOMEWHERE : undefined);
}

const SOMEWHERE: RegexMatch = { at: 0, groups: [] };

function matchOf(text: string, finding: Finding | undefined): RegexMatch | undefined {
  return finding === undefined ? undefined : { at: finding.at, groups: [finding.matched?.join(' ') ?? text] };
}
