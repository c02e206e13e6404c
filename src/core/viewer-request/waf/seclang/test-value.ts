/** Whether one text of a request meets what a link of a rule asks. */
import type { RegexMatch } from '../../../../model/waf-engine.ts';
import { hasOwner, type LiteralScanner } from '../patterns/literal-scanner.ts';
import type { CompiledLink } from './compile-rules.ts';
import { ownersOf, textAfter, traitsWithin, type RequestValue } from './request-value.ts';

/** Of the stages at which the text looks different, the first that matches. `argument`: the operator's, with its macros expanded. */
export function testValue(
  link: CompiledLink,
  value: RequestValue,
  argument: string,
  scanner: LiteralScanner,
): RegexMatch | undefined {
  if (link.stages.length === 1 || traitsWithin(value, link.chain.traits) === 0) {
    if (!hasOwner(ownersOf(value, link.chain, scanner), link.owner)) return undefined;
    return link.operate(textAfter(value, link.chain), argument);
  }
  let before: string | undefined;
  for (const chain of link.stages) {
    if (!hasOwner(ownersOf(value, chain, scanner), link.owner)) continue;
    const text = textAfter(value, chain);
    if (text === before) continue;
    before = text;
    const match = link.operate(text, argument);
    if (match !== undefined) return match;
  }
  return undefined;
}
