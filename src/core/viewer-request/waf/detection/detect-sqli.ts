/**
 * Is this text an injection of SQL? In the spirit of libinjection: the text is read as tokens in the contexts in which applications put values
 * (as it is, within either quote), expressions are folded to what they are, and the shape that is left is judged. Written anew: the
 * shapes are the rows below. Time is linear in the text.
 * AWS WAF: sensitivity HIGH detects more, and takes more ordinary text for attacks.
 */
import type { DetectSqli } from '../../../../model/waf-engine.ts';
import type { Sensitivity } from '../../../../model/web-acl-statement.ts';
import { automaton } from '../patterns/automaton.ts';
import { parsePattern } from '../patterns/parse-pattern.ts';
import type { Literals } from '../patterns/required-literals.ts';
import { isStrongFunction, SQL_FUNCTIONS, wordsOfKinds } from './sql-words.ts';
import { sqlTokens, type SqlContext, type SqlToken } from './sql-tokens.ts';

export const detectSqli: DetectSqli = (text, sensitivity) => {
  if (isHarmless(text)) return undefined;
  for (const context of contextsOf(text)) {
    const tokens = sqlTokens(text, context).filter(isMeaningful);
    if (judge(tokens, context, sensitivity)) {
      return { at: 0, length: text.length, matched: tokens.slice(0, 5).map((token) => token.text.slice(0, 32)) };
    }
  }
  return undefined;
};

/** In every text that is one there is one of these: a token of a decisive kind, or a quote. */
export const SQLI_LITERALS: Literals = [...wordsOfKinds('&UETB'), 'by', '||', '&&', '--', '#', '/*', '(', "'", '"'];

/** Neither quotes nor comments, and nothing that could separate two tokens of a statement. */
function isHarmless(text: string): boolean {
  return !/[\s'"`;#()=<>|&+\0\xa0]|--|\/\*/.test(text);
}

function contextsOf(text: string): readonly SqlContext[] {
  const contexts: SqlContext[] = mayBeDecided(text) ? [''] : [];
  if (text.includes("'")) contexts.push("'");
  if (text.includes('"')) contexts.push('"');
  return contexts;
}

/** A comment between two tokens is white space; at the end it cuts off what the application adds. */
function isMeaningful(token: SqlToken, index: number, tokens: readonly SqlToken[]): boolean {
  return token.kind !== 'c' || index === tokens.length - 1;
}

interface Shape {
  readonly shape: RegExp;
  /** Where it counts: a value as it stands, within quotes, anywhere. */
  readonly within: 'plain' | 'quotes' | 'anywhere';
  readonly least: Sensitivity;
}

/**
 * Kinds after folding; besides the tokens' own: `C` two operands compared, `F` a call of a function that is only called to harm.
 * Linear: none has a repeat within a repeat.
 */
const SHAPES: readonly Shape[] = [
  // 1 UNION SELECT 2; ') UNION ALL (SELECT ...
  { shape: /(?:^|[1snvCfF)])U\(*E[1snvofF(CkT,{?]/, within: 'anywhere', least: 'LOW' },
  { shape: /U\(*E/, within: 'quotes', least: 'LOW' },
  // 1 OR 1=1; x') AND 'a'='a; 1 OR sleep(5)
  { shape: /[1svCfF)]&+\(*[CF]/, within: 'anywhere', least: 'LOW' },
  { shape: /^\)*&+\(*[CF]/, within: 'plain', least: 'LOW' },
  { shape: /^s\)*&+\(*[1svfn(]/, within: 'quotes', least: 'LOW' },
  { shape: /^1\)*&+\(*[1sf](?:$|[c;)&])/, within: 'plain', least: 'LOW' },
  { shape: /[1sv)]&+\(*(?:E|kE)/, within: 'anywhere', least: 'LOW' },
  // ' = ', ' LIKE '%
  { shape: /^(?:C|sos|CoC|Cos)\)*(?:$|c)/, within: 'quotes', least: 'LOW' },
  // admin' --; 1) #
  { shape: /^s\)*;?c$/, within: 'quotes', least: 'LOW' },
  { shape: /^[1v]\)*;?c$/, within: 'plain', least: 'HIGH' },
  // 1; DROP TABLE x; '; EXEC xp_cmdshell ...
  { shape: /[1svC)];+\(*(?:E|T)[nkfFv1s(o]/, within: 'anywhere', least: 'LOW' },
  { shape: /;Tk/, within: 'anywhere', least: 'LOW' },
  { shape: /^TknC?/, within: 'plain', least: 'HIGH' },
  // 1 ORDER BY 3; ' GROUP BY x HAVING 1=1
  { shape: /[1sC)]B+\(*[1nsCf]/, within: 'anywhere', least: 'LOW' },
  { shape: /^s\)*k+[1n(]/, within: 'quotes', least: 'LOW' },
  // (SELECT ...); 1 AND (SELECT ... FROM ...); 1, (SELECT ...
  { shape: /(?:[o&(]|,\()\(*E[1vsofFC*(k]/, within: 'anywhere', least: 'LOW' },
  { shape: /\(En*k/, within: 'anywhere', least: 'LOW' },
  // SELECT * FROM x; SELECT 1; SELECT concat(...)
  { shape: /^\(*E[1vsfFCo(][^;]*kn/, within: 'plain', least: 'LOW' },
  { shape: /^\(*Ek*[1vfF]/, within: 'plain', least: 'HIGH' },
  { shape: /^\(*En[^;]*kn/, within: 'plain', least: 'HIGH' },
  // sleep(5); 1-sleep(5); '||sleep(5)
  { shape: /^[1snvC)]*[o&,(]*F/, within: 'anywhere', least: 'LOW' },
  { shape: /[o&,(]F/, within: 'anywhere', least: 'LOW' },
  // '+concat(...)+', 1*char(2)
  { shape: /^s[o&,]+\(*f/, within: 'quotes', least: 'LOW' },
  { shape: /^s[o&]s?$/, within: 'quotes', least: 'HIGH' },
  { shape: /^1[o,]\(*f/, within: 'plain', least: 'HIGH' },
  // /*!50000 union */
  { shape: /X/, within: 'anywhere', least: 'LOW' },
];

const DECISIVE = '&UETBXfc';

/** As it stands, no text is judged an injection without such a token. */
export function isDecisive({ kind, text }: SqlToken): boolean {
  return DECISIVE.includes(kind) || (kind === 'n' && /^by$/i.test(text));
}

/** Some token may be decisive: read without taking the text apart, since ordinary text has none. */
export function mayBeDecided(text: string): boolean {
  return occursDecisive(text) >= 0;
}

const occursDecisive = automaton(
  parsePattern(
    `\\b(?:${wordsOfKinds(DECISIVE).join('|')}|by)\\b|\\|\\||&&|--|#|/\\*|\\b(?:${SQL_FUNCTIONS.join('|')})\\b[\\w.$\\x80-\\xff]*[\\s\\xa0]{0,8}\\(`,
    { caseInsensitive: true },
  ),
)!;

function judge(tokens: readonly SqlToken[], context: SqlContext, sensitivity: Sensitivity): boolean {
  if (tokens.length < 2) return false;
  // A quote that is never closed leaves the application's own string: nothing is injected.
  if (context !== '' && tokens[0]!.closes !== true) return false;
  if (context === '' && !tokens.some(isDecisive)) return false;
  const folded = fold(tokens);
  return SHAPES.some(
    ({ shape, within, least }) =>
      (within === 'anywhere' || (within === 'quotes') === (context !== '')) &&
      (least === 'LOW' || sensitivity === 'HIGH') &&
      shape.test(folded),
  );
}

const OPERAND = '1snvCfF';
const COMPARES = new Set(['=', '==', '<', '>', '<=', '>=', '<>', '!=', '<=>', '!~', '~']);
const COMPARING_WORDS = /^(?:like|rlike|regexp|ilike|between|in|is|sounds|similar|glob|match)$/i;

/** Expressions become the operand that they are; what gives a statement its shape stays. */
function fold(tokens: readonly SqlToken[]): string {
  let shape = '';
  let comparing = false;
  let comparingWord = false;
  let isUnary = true;
  for (const [index, token] of tokens.entries()) {
    const { kind, text } = token;
    if (kind === 'o') {
      if (isUnary) continue;
      comparing = COMPARES.has(text) || COMPARING_WORDS.test(text);
      comparingWord = comparing && !COMPARES.has(text);
      isUnary = true;
      shape += 'o';
      continue;
    }
    const next = tokens[index + 1];
    const letter = kind === 'f' && isStrongFunction(text) ? 'F' : letterOf(token, next);
    if (letter === '') continue;
    // `I like it` compares nothing.
    shape = append(shape, letter, comparing && !(comparingWord && letter === 'n' && shape.endsWith('no')));
    if (!'(&U'.includes(letter)) comparing = false;
    isUnary = '(&,;UEkTBo'.includes(letter);
  }
  return shape;
}

function letterOf({ kind, text }: SqlToken, next: SqlToken | undefined): string {
  // `order by`, `group by`: two words, of which the first is an ordinary name elsewhere.
  if (kind === 'n' && /^(?:order|group|partition)$/i.test(text) && /^by$/i.test(next?.text ?? '')) return 'B';
  if (kind === 'n' && /^by$/i.test(text)) return '';
  // `union all select`, `select distinct x`
  if (kind === 'k' && /^(?:all|distinct)$/i.test(text)) return '';
  return kind;
}

function append(shape: string, letter: string, comparing: boolean): string {
  const last = shape.at(-1) ?? '';
  if (OPERAND.includes(letter)) {
    const before = shape.at(-2) ?? '';
    if (last === 'o' && before !== '' && OPERAND.includes(before)) {
      if (letter === 'F') return `${shape}F`;
      return shape.slice(0, -2) + (comparing || before === 'C' || letter === 'C' ? 'C' : strongest(before, letter));
    }
    // `a, b` is a list; `a b` (an alias) is one.
    if (last === ',' && before !== '' && OPERAND.includes(before) && letter !== 'F') return shape.slice(0, -1);
    if (last === 'n' && letter === 'n') return shape;
  }
  // `(1)` is `1`.
  if (letter === ')' && last !== '' && OPERAND.includes(last) && shape.at(-2) === '(') {
    const rest = shape.slice(0, -2);
    const caller = rest.at(-1);
    // A call is an operand.
    if (caller === 'f' || caller === 'F') return rest;
    return append(rest, last, comparing);
  }
  if (letter === ')' && last === '(' && 'fF'.includes(shape.at(-2) ?? '-')) return shape.slice(0, -1);
  return shape + letter;
}

function strongest(one: string, other: string): string {
  if (one === 'F' || other === 'F') return 'F';
  return one === 'n' ? other : one;
}
