/**
 * JSON read strictly, for documents that grant access: RFC 8259, and no object says a name twice, nothing is nested deeper than asked for,
 * numbers stay text. Every value knows where it stands. What a document must hold is judged by whoever reads it: policy-statement.ts.
 * CloudFront: its guide writes `\?` in resources, which JSON does not know; it stands for itself.
 */

export type JsonValue =
  | { readonly kind: 'object'; readonly at: number; readonly members: ReadonlyMap<string, JsonValue> }
  | { readonly kind: 'array'; readonly at: number; readonly items: readonly JsonValue[] }
  | { readonly kind: 'string'; readonly at: number; readonly text: string }
  | { readonly kind: 'number'; readonly at: number; readonly text: string }
  | { readonly kind: 'literal'; readonly at: number; readonly text: string };

export interface JsonFault {
  readonly kind: 'fault';
  readonly reason: 'not-json' | 'too-deep' | 'repeated-name';
  /** The character at which it shows. */
  readonly at: number;
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const PLAIN = /[\x20\x21\x23-\x5b\x5d-\uffff]*/y;
const ESCAPE = /\\(?:(["\\/bfnrt?])|u([0-9A-Fa-f]{4}))/y;

const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '?': String.raw`\?` };

/** `depth`: how many objects and arrays may stand inside each other. */
export function readStrictJson(text: string, depth: number): JsonValue | JsonFault {
  let at = 0;

  function take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  }

  /** The character, after spaces; true when it stands there and was read. */
  function takes(character: string): boolean {
    take(SPACE);
    if (text[at] !== character) return false;
    at += 1;
    return true;
  }

  const fault = (reason: JsonFault['reason'], where = at): JsonFault => ({ kind: 'fault', reason, at: where });

  function value(left: number): JsonValue | JsonFault {
    take(SPACE);
    const start = at;
    const first = text[at];
    if ((first === '{' || first === '[') && left === 0) return fault('too-deep');
    if (first === '{') return object(left - 1);
    if (first === '[') return array(left - 1);
    if (first === '"') return string();
    const number = take(NUMBER);
    if (number !== null) return { kind: 'number', at: start, text: number[0] };
    const literal = take(LITERAL);
    return literal === null ? fault('not-json') : { kind: 'literal', at: start, text: literal[0] };
  }

  function object(left: number): JsonValue | JsonFault {
    const start = at++;
    const members = new Map<string, JsonValue>();
    if (takes('}')) return { kind: 'object', at: start, members };
    do {
      take(SPACE);
      const name = string();
      if (name.kind === 'fault') return name;
      if (members.has(name.text)) return fault('repeated-name', name.at);
      if (!takes(':')) return fault('not-json');
      const member = value(left);
      if (member.kind === 'fault') return member;
      members.set(name.text, member);
    } while (takes(','));
    return takes('}') ? { kind: 'object', at: start, members } : fault('not-json');
  }

  function array(left: number): JsonValue | JsonFault {
    const start = at++;
    const items: JsonValue[] = [];
    if (takes(']')) return { kind: 'array', at: start, items };
    do {
      const item = value(left);
      if (item.kind === 'fault') return item;
      items.push(item);
    } while (takes(','));
    return takes(']') ? { kind: 'array', at: start, items } : fault('not-json');
  }

  function string(): Extract<JsonValue, { kind: 'string' }> | JsonFault {
    const start = at;
    if (text[at] !== '"') return fault('not-json');
    at += 1;
    let read = '';
    for (;;) {
      read += take(PLAIN)?.[0] ?? '';
      if (text[at] === '"') {
        at += 1;
        return { kind: 'string', at: start, text: read };
      }
      const escape = take(ESCAPE);
      if (escape === null) return fault('not-json');
      const [, letter, code] = escape;
      read += letter === undefined ? String.fromCharCode(Number.parseInt(code ?? '', 16)) : (ESCAPED[letter] ?? letter);
    }
  }

  const read = value(depth);
  if (read.kind === 'fault') return read;
  take(SPACE);
  return at === text.length ? read : fault('not-json');
}
