/**
 * Statements of AWS WAF as functions of a request, made once for a snapshot. What cannot be compiled (a set that is not there, a pattern that
 * is none) throws: a web ACL with such a rule lets nothing through (compile-web-acl.ts). Rules that refer to rule groups: evaluate.ts.
 */
import { compileAddressSet, type AddressSet } from '../../../../model/address-set.ts';
import type { Finding, MatchDetail, Matcher, Transform, WafEngine } from '../../../../model/waf-engine.ts';
import type { RegexPatternSet } from '../../../../model/web-acl.ts';
import type {
  Inspecting,
  RateBasedStatement,
  SizeConstraintStatement,
  Statement,
  TextTransformation,
} from '../../../../model/web-acl-statement.ts';
import { contentsReader, transformed, type Contents, type Piece } from './contents.ts';
import { addressesOf } from './forwarded-addresses.ts';
import { MATCHED, type Inspection, type Match, type Matches } from '../inspection.ts';
import { matchBytes } from './match-bytes.ts';
import { compileLabelMatch } from './match-label.ts';
import type { RateRule } from '../rates/rate-counters.ts';
import { compileAggregation, limitKeyOf } from '../rates/rate-key.ts';

/** What compiling gathers for all the rules of a web ACL. */
export interface StatementCompiler {
  readonly engine: WafEngine;
  /** Throws where there is none. */
  readonly ipSet: (arn: string) => readonly string[];
  readonly regexPatternSet: (arn: string) => RegexPatternSet;
  /** Of who holds the rule. */
  readonly labelNamespace: string;
  /** Begins the identity of its rate-based rules. */
  readonly ruleId: string;
  /** What the parts of requests are numbered by. */
  readonly contents: Map<string, number>;
  readonly rateRules: RateRule[];
  /** Told of what the statements read. */
  readonly reads: (what: 'body') => void;
}

export type PlainStatement = Exclude<Statement, { kind: 'ruleGroup' | 'managedRuleGroup' }>;

export function compileStatement(statement: Statement, compiler: StatementCompiler): Matches {
  const { engine } = compiler;
  switch (statement.kind) {
    case 'byteMatch':
      return inspecting(statement, compiler, 'BYTE_MATCH', (text) => matchBytes(text, statement.search, statement.position));
    case 'regexMatch':
      return inspecting(statement, compiler, 'REGEX', engine.compilePattern(statement.pattern));
    case 'regexPatternSet':
      return inspecting(
        statement,
        compiler,
        'REGEX',
        anyOf(compiler.regexPatternSet(statement.arn).patterns.map((pattern) => engine.compilePattern(pattern))),
      );
    case 'sqliMatch':
      return inspecting(
        statement,
        compiler,
        'SQL_INJECTION',
        (text) => engine.detectSqli(text, statement.sensitivity),
        statement.sensitivity,
      );
    case 'xssMatch':
      return inspecting(statement, compiler, 'XSS', engine.detectXss);
    case 'sizeConstraint':
      return inspecting(statement, compiler, 'SIZE_CONSTRAINT', ({ length }) =>
        compares(length, statement) ? { at: 0, length: 0 } : undefined,
      );
    case 'geoMatch': {
      const countries = new Set(statement.countries);
      const prefix = statement.forwarded === undefined ? 'awswaf:clientip:geo' : 'awswaf:forwardedip:geo';
      return ofAddress(statement.forwarded, (address, { locate, labels }) => {
        // AWS WAF: labels are added whether or not the country matches; XX stands for what is not known.
        const { country = 'XX', region = 'XX' } = locate(address);
        labels.add(`${prefix}:country:${country}`);
        labels.add(`${prefix}:region:${country}-${region}`);
        return countries.has(country);
      });
    }
    case 'asnMatch': {
      const asns = new Set(statement.asns);
      // AWS WAF: 0 stands for what is not known.
      return ofAddress(statement.forwarded, (address, { locate }) => asns.has(locate(address).asn ?? 0));
    }
    case 'ipSet': {
      const holds: AddressSet = compileAddressSet(compiler.ipSet(statement.arn));
      return ofAddress(statement.forwarded, holds);
    }
    case 'labelMatch': {
      const test = compileLabelMatch(statement, compiler.labelNamespace);
      return ({ labels }) => {
        for (const label of labels) if (test(label)) return MATCHED;
        return undefined;
      };
    }
    case 'and':
    case 'or': {
      const parts = statement.statements.map((part) => compileStatement(part, compiler));
      return statement.kind === 'and' ? allOf(parts) : someOf(parts);
    }
    case 'not': {
      const matches = compileStatement(statement.statement, compiler);
      return (inspection) => (matches(inspection) === undefined ? MATCHED : undefined);
    }
    case 'rateBased':
      return compileRateBased(statement, compiler);
    case 'ruleGroup':
    case 'managedRuleGroup':
      throw new Error(`a rule group is not allowed inside another statement (${compiler.ruleId})`);
  }
}

function compileRateBased(statement: RateBasedStatement, compiler: StatementCompiler): Matches {
  const { limit, window, scopeDown } = statement;
  const isInScope = scopeDown && compileStatement(scopeDown, compiler);
  const aggregate = compileAggregation(statement, (names) => composed(names, compiler.engine));
  // AWS WAF: whoever changes the settings begins to count anew.
  const rule: RateRule = { id: `${compiler.ruleId} ${JSON.stringify(statement)}`, window, limit };
  compiler.rateRules.push(rule);
  const limitKey = limitKeyOf(statement);
  return (inspection) => {
    if (isInScope !== undefined && isInScope(inspection) === undefined) return undefined;
    const aggregation = aggregate(inspection);
    if (aggregation.kind === 'none') return undefined;
    if (aggregation.kind === 'decided') return aggregation.matches ? MATCHED : undefined;
    const count = inspection.rates.hit(rule, aggregation.key, inspection.now);
    if (count <= limit) return undefined;
    inspection.limited.push({ limit, window, limitKey, values: aggregation.values, count });
    return MATCHED;
  };
}

/** What looks into a part of the request: reads it, transforms it, tests each piece. */
function inspecting(
  { field, transformations, preParse }: Inspecting,
  { engine, contents, reads }: StatementCompiler,
  condition: MatchDetail['condition'],
  test: Matcher,
  sensitivity?: MatchDetail['sensitivity'],
): Matches {
  if (field.kind === 'body' || field.kind === 'jsonBody') reads('body');
  const read = contentsReader(field, chained(preParse.map((name) => engine.preParse(name))));
  const transform = composed(transformations, engine);
  const name = JSON.stringify([field, transformations, preParse]);
  const slot = contents.get(name) ?? contents.size;
  contents.set(name, slot);

  return (inspection) => {
    const found = (inspection.contents[slot] ??= transformed(read(inspection.request), transform));
    if (found.oversize !== undefined) inspection.oversize.add(found.oversize);
    return fromContents(found);
  };

  function fromContents(found: Contents): Match {
    if (found.kind === 'decided') return found.matches ? MATCHED : undefined;
    for (const piece of found.pieces) {
      const finding = test(piece.text);
      if (finding !== undefined) return [detail(piece, finding)];
    }
    return undefined;
  }

  function detail({ text, location, name: pieceName }: Piece, { at, length, matched }: Finding): MatchDetail {
    return {
      condition,
      location,
      matched: matched ?? (length === 0 ? [] : [text.slice(at, at + length)]),
      at,
      ...(sensitivity !== undefined && { sensitivity }),
      ...(pieceName !== undefined && { name: pieceName }),
    };
  }
}

/** AWS WAF: without the header nothing matches; where it holds no address, the fallback decides. */
function ofAddress(
  forwarded: (Parameters<typeof addressesOf>[1] & { readonly position?: 'FIRST' | 'LAST' | 'ANY' }) | undefined,
  test: (address: string, inspection: Inspection) => boolean,
): Matches {
  return (inspection) => {
    const found = addressesOf(inspection.request, forwarded, forwarded?.position);
    if (found.kind === 'no header') return undefined;
    const matches =
      found.kind === 'invalid' ? forwarded?.fallback === 'MATCH' : found.addresses.some((address) => test(address, inspection));
    return matches ? MATCHED : undefined;
  };
}

function allOf(parts: readonly Matches[]): Matches {
  return (inspection) => {
    const details: MatchDetail[] = [];
    for (const matches of parts) {
      const match = matches(inspection);
      if (match === undefined) return undefined;
      details.push(...match);
    }
    return details;
  };
}

function someOf(parts: readonly Matches[]): Matches {
  return (inspection) => {
    for (const matches of parts) {
      const match = matches(inspection);
      if (match !== undefined) return match;
    }
    return undefined;
  };
}

function anyOf(matchers: readonly Matcher[]): Matcher {
  return (text) => {
    for (const matcher of matchers) {
      const finding = matcher(text);
      if (finding !== undefined) return finding;
    }
    return undefined;
  };
}

function compares(length: number, { comparison, size }: Pick<SizeConstraintStatement, 'comparison' | 'size'>): boolean {
  switch (comparison) {
    case 'EQ':
      return length === size;
    case 'NE':
      return length !== size;
    case 'LE':
      return length <= size;
    case 'LT':
      return length < size;
    case 'GE':
      return length >= size;
    case 'GT':
      return length > size;
  }
}

function composed(names: readonly TextTransformation[], engine: WafEngine): Transform {
  return chained(names.map((name) => engine.transformation(name)));
}

const SAME: Transform = (text) => text;

function chained(transforms: readonly Transform[]): Transform {
  const [first, ...others] = transforms;
  if (first === undefined) return SAME;
  if (others.length === 0) return first;
  return (text) => transforms.reduce((changed, transform) => transform(changed), text);
}
