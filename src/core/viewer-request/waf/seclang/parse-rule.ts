/**
 * The strings of a rule (rule-row.ts), taken apart: targets, operators, transaction variables. Our own tool wrote them, so that what is wrong
 * here is our mistake; an unknown name is an error all the same, never a rule that does nothing.
 */
import { SECLANG_TRANSFORMATIONS } from '../transformations/text-transformations.ts';
import { isCollection } from './request-parts.ts';
import type { Transform } from '../../../../model/waf-engine.ts';

export interface Target {
  readonly collection: string;
  /** Undefined: all members. */
  readonly selector: Selector | undefined;
  /** `&`: how many there are, instead of what they are. */
  readonly counts: boolean;
  /** All of the collection, and nothing but it. */
  readonly isWhole: boolean;
}

export interface Selector {
  /** The same for selectors that say the same. */
  readonly key: string;
  /** In lower case; undefined where it is a pattern. */
  readonly name: string | undefined;
  readonly selects: (name: string) => boolean;
}

export interface Targets {
  readonly included: readonly Target[];
  readonly excluded: readonly Target[];
}

const EVALUATION = new Set(['TX', 'MATCHED_VAR', 'MATCHED_VARS', 'MATCHED_VAR_NAME', 'MATCHED_VARS_NAMES']);

/** `|` separates, but within a pattern it is its own. */
function splitTargets(text: string): readonly string[] {
  return text.split(/\|(?![^/]*\/(?:\||$))/);
}

export function parseTargets(text: string): Targets {
  const included: Target[] = [];
  const excluded: Target[] = [];
  for (const part of splitTargets(text)) {
    const [, sign, name, selector] = /^([!&]?)(\w+)(?::(.*))?$/s.exec(part) ?? [];
    if (name === undefined) throw new SyntaxError(`a target cannot be read: ${part}`);
    const target = { ...parseTarget(name.toUpperCase(), selector), counts: sign === '&', isWhole: false };
    (sign === '!' ? excluded : included).push(target);
  }
  const isWhole = ({ collection, selector, counts }: Target) =>
    selector === undefined && !counts && !excluded.some((other) => other.collection === collection);
  return { included: included.map((target) => ({ ...target, isWhole: isWhole(target) })), excluded };
}

/** Whether a target names the member of its collection that is called so. */
export function isMember(name: string, { collection, selector }: Target, { excluded }: Targets): boolean {
  if (selector !== undefined && !selector.selects(name)) return false;
  for (const other of excluded) {
    if (other.collection === collection && (other.selector === undefined || other.selector.selects(name))) return false;
  }
  return true;
}

function parseTarget(name: string, selector: string | undefined): Omit<Target, 'counts' | 'isWhole'> {
  // `XML:/*` is all text, `XML://@*` all attributes: the only paths that rules use.
  if (name === 'XML') return { collection: selector === '//@*' ? 'XML_ATTRIBUTES' : 'XML', selector: undefined };
  if (!EVALUATION.has(name) && !isCollection(name)) throw new SyntaxError(`there is no collection ${name}`);
  return { collection: name, selector: selector === undefined ? undefined : parseSelector(selector) };
}

/** Names are compared without regard to case, as ModSecurity does; `/pattern/` is searched for. */
function parseSelector(selector: string): Selector {
  const pattern = /^\/(.*)\/$/s.exec(selector);
  if (pattern === null) {
    const wanted = selector.toLowerCase();
    return { key: wanted, name: wanted, selects: (name) => name.length === wanted.length && name.toLowerCase() === wanted };
  }
  // The rules' own few selectors: none can stall.
  const expression = new RegExp(pattern[1]!, 'i');
  return { key: selector, name: undefined, selects: (name) => expression.test(name) };
}

export interface Test {
  readonly isNegated: boolean;
  readonly operator: string;
  readonly argument: string;
}

export function parseTest(text: string): Test {
  const [, not, operator, argument] = /^(!?)(@\w+)\s?(.*)$/s.exec(text) ?? [];
  if (operator === undefined) throw new SyntaxError(`an operator cannot be read: ${text}`);
  return { isNegated: not === '!', operator, argument: argument! };
}

export function parseTransform(name: string): Transform {
  const transform = SECLANG_TRANSFORMATIONS[name];
  if (transform === undefined) throw new SyntaxError(`there is no transformation ${name}`);
  return transform;
}

/** Text with macros: `prefix_%{tx.0}`. */
export type Macro = (lookUp: (name: string) => string) => string;

export function hasMacro(text: string): boolean {
  return text.includes('%{');
}

export function parseMacro(text: string): Macro {
  if (!hasMacro(text)) return () => text;
  return (lookUp) => text.replaceAll(/%\{([^}]+)\}/g, (_, name: string) => lookUp(name.toLowerCase()));
}

export interface Setting {
  readonly name: Macro;
  readonly value: Macro;
  /** `+1` and `-1` count. */
  readonly counts: boolean;
}

/** `name=value`, `name=+value`, `name` alone (1). */
export function parseSetting(text: string): Setting {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const value = equals < 0 ? '1' : text.slice(equals + 1);
  return { name: parseMacro(name.toLowerCase()), value: parseMacro(value), counts: /^[+-]/.test(value) };
}
