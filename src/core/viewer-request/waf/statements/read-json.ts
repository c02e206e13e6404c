/**
 * A JSON body (RFC 8259) taken apart into the keys and values that rules look at, as far as it can be read: whoever sends half a document
 * must not escape inspection. Nesting costs memory, never the stack.
 * AWS WAF: its parsing does not fail for a comma or a colon that is missing, or a colon too many; some applications take such texts, too.
 */
import { octetsOfText } from '../../../../http/octet-text.ts';

export interface JsonMember {
  readonly isKey: boolean;
  /** Octets, unescaped. Numbers and literals as they stand. */
  readonly text: string;
  /** RFC 6901. Of a key, its value's. */
  readonly pointer: string;
}

export interface JsonReading {
  readonly members: readonly JsonMember[];
  /** One value, nothing behind it, and nothing missing but a comma or a colon. */
  readonly isComplete: boolean;
}

interface Container {
  readonly isObject: boolean;
  readonly pointer: string;
  /** The next index, or the key whose value comes. */
  index: number;
  key: string | undefined;
}

/** Ours: what lies deeper, or has a longer pointer, is read, too, but has the pointer of what it lies in: each member carries its own. */
const POINTED = 64;
const LONGEST_POINTER = 512;

const TOKEN = /[ \t\r\n]*(?:([{}[\],:])|"([^"\\]*(?:\\[^][^"\\]*)*)("?)|([^{}[\],:" \t\r\n]+))/y;
const SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** Where in its grammar the reader stands. */
type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

export function readJson(body: string): JsonReading {
  const members: JsonMember[] = [];
  const open: Container[] = [];
  let expected = 'value' as Expected;
  let at = 0;

  const pointer = (): string => {
    const inner = open.at(-1);
    if (inner === undefined) return '';
    if (open.length > POINTED) return inner.pointer;
    const own = inner.isObject ? escaped(inner.key ?? '') : String(inner.index);
    return inner.pointer.length + own.length < LONGEST_POINTER ? `${inner.pointer}/${own}` : inner.pointer;
  };
  const afterValue = (): Expected => (open.length === 0 ? 'nothing' : 'comma or end');

  /** What begins a key or a value stands where a comma or a colon should: as if that had been there. */
  function supply(): void {
    const inner = open.at(-1);
    if (expected === 'colon') expected = 'value';
    else if (inner !== undefined && expected === 'comma or end') afterComma(inner);
  }

  function afterComma(inner: Container): void {
    inner.index += 1;
    expected = inner.isObject ? 'key' : 'value';
  }

  /** False: the text is no JSON from here on. */
  function take(punctuation: string): boolean {
    const inner = open.at(-1);
    switch (punctuation) {
      case '{':
      case '[': {
        supply();
        if (expected !== 'value' && expected !== 'value or end') return false;
        const isObject = punctuation === '{';
        open.push({ isObject, pointer: pointer(), index: 0, key: undefined });
        expected = isObject ? 'key or end' : 'value or end';
        return true;
      }
      case '}':
      case ']': {
        const mayEnd = expected === 'comma or end' || expected === (punctuation === '}' ? 'key or end' : 'value or end');
        if (inner === undefined || inner.isObject !== (punctuation === '}') || !mayEnd) return false;
        open.pop();
        expected = afterValue();
        return true;
      }
      case ',':
        if (inner === undefined || expected !== 'comma or end') return false;
        afterComma(inner);
        return true;
      default:
        if (expected !== 'colon' && !(expected === 'value' && inner?.isObject === true)) return false;
        expected = 'value';
        return true;
    }
  }

  function takeText(text: string, isString: boolean): boolean {
    supply();
    const inner = open.at(-1);
    if (isString && inner !== undefined && (expected === 'key' || expected === 'key or end')) {
      inner.key = text;
      members.push({ isKey: true, text, pointer: pointer() });
      expected = 'colon';
      return true;
    }
    if (expected !== 'value' && expected !== 'value or end') return false;
    members.push({ isKey: false, text, pointer: pointer() });
    expected = afterValue();
    return isString || SCALAR.test(text);
  }

  for (;;) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(body);
    if (token === null) break;
    at = TOKEN.lastIndex;
    const [, punctuation, string, quote, scalar] = token;
    if (punctuation !== undefined) {
      if (!take(punctuation)) return { members, isComplete: false };
    } else if (string !== undefined) {
      // What was cut off is looked at as far as it goes.
      if (!takeText(unescaped(string), true) || quote === '') return { members, isComplete: false };
    } else if (!takeText(scalar ?? '', false)) return { members, isComplete: false };
  }
  return { members, isComplete: expected === 'nothing' && /^[ \t\r\n]*$/.test(body.slice(at)) };
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/(?:\\u[0-9a-fA-F]{4})+|\\([^])/g, (escape, character: string | undefined) => {
    if (character !== undefined) return ESCAPES[character] ?? character;
    const units = escape.split('\\u').slice(1);
    const decoded = String.fromCharCode(...units.map((unit) => parseInt(unit, 16)));
    return octetsOfText(decoded) ?? decoded.replaceAll(/[\x80-\uffff]/g, '?');
  });
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
