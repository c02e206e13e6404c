/**
 * Takes a regular expression apart: the syntax that PCRE and RE2 share (github.com/google/re2/wiki/Syntax), over octets. What cannot be
 * matched in linear time (references back, looking around, recursion) is refused with the place where it stands; possessive repeats and
 * atomic groups are read as plain ones, which match a little more. AWS WAF: documents the same exceptions from PCRE.
 */
import type { PatternOptions } from '../../../../model/waf-engine.ts';
import type { Pattern } from './pattern.ts';
import { addAll, addOtherCase, addRange, complement, emptySet, namedSet, type OctetSet } from './octet-set.ts';

interface Flags {
  readonly caseInsensitive: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
}

interface Reader {
  readonly source: string;
  at: number;
  depth: number;
}

/** RE2's bound of a counted repeat; also keeps what is compiled small. */
const MOST_REPEATS = 1000;
const DEEPEST_NESTING = 200;

export function parsePattern(source: string, options: PatternOptions = {}): Pattern {
  const reader: Reader = { source, at: 0, depth: 0 };
  const pattern = readChoice(reader, {
    caseInsensitive: options.caseInsensitive === true,
    dotAll: options.dotAll === true,
    multiline: options.multiline === true,
  });
  if (reader.at < source.length) throw fault(reader, 'a ")" closes nothing');
  return pattern;
}

function fault(reader: Reader, what: string, at = reader.at): SyntaxError {
  return new SyntaxError(`${what}, at character ${at + 1} of the pattern ${shown(reader.source)}`);
}

function shown(source: string): string {
  return source.length > 100 ? `${source.slice(0, 100)}...` : source;
}

function readChoice(reader: Reader, outer: Flags): Pattern {
  if (++reader.depth > DEEPEST_NESTING) throw fault(reader, `groups are nested more than ${DEEPEST_NESTING} deep`);
  let flags = outer;
  const choices: Pattern[] = [];
  let sequence: Pattern[] = [];
  const endSequence = () => {
    choices.push(sequence.length === 1 ? sequence[0]! : { kind: 'sequence', parts: sequence });
    sequence = [];
  };
  while (reader.at < reader.source.length && reader.source[reader.at] !== ')') {
    if (reader.source[reader.at] === '|') {
      reader.at++;
      endSequence();
      continue;
    }
    const changed = readFlagsAlone(reader, flags);
    if (changed === undefined) sequence.push(readRepeats(reader, readAtom(reader, flags)));
    else flags = changed;
  }
  endSequence();
  reader.depth--;
  return choices.length === 1 ? choices[0]! : { kind: 'choice', parts: choices };
}

/** `(?i)`, which holds for the rest of the group; undefined where there is none. */
function readFlagsAlone(reader: Reader, flags: Flags): Flags | undefined {
  const found = /\(\?([imsU]*)(?:-([imsU]+))?\)/y;
  found.lastIndex = reader.at;
  const match = found.exec(reader.source);
  if (match === null) return undefined;
  reader.at += match[0].length;
  return changeFlags(flags, match[1]!, match[2] ?? '');
}

function changeFlags(flags: Flags, set: string, cleared: string): Flags {
  const value = (letter: string, before: boolean) => (set.includes(letter) ? true : cleared.includes(letter) ? false : before);
  return {
    caseInsensitive: value('i', flags.caseInsensitive),
    dotAll: value('s', flags.dotAll),
    multiline: value('m', flags.multiline),
  };
}

function readAtom(reader: Reader, flags: Flags): Pattern {
  const character = reader.source[reader.at]!;
  switch (character) {
    case '(':
      return readGroup(reader, flags);
    case '[':
      return { kind: 'octet', set: readClass(reader, flags) };
    case '.': {
      reader.at++;
      const set = emptySet();
      if (!flags.dotAll) addRange(set, 0x0a, 0x0a);
      return { kind: 'octet', set: complement(set) };
    }
    case '^':
      reader.at++;
      return { kind: 'assertion', asserts: flags.multiline ? 'line-start' : 'text-start' };
    case '$':
      reader.at++;
      return { kind: 'assertion', asserts: flags.multiline ? 'line-end' : 'text-end' };
    case '*':
    case '+':
    case '?':
      throw fault(reader, `"${character}" repeats nothing`);
    case '\\':
      return readEscape(reader, flags);
    default:
      reader.at++;
      return { kind: 'octet', set: single(reader, character.charCodeAt(0), flags) };
  }
}

function single(reader: Reader, octet: number, flags: Flags): OctetSet {
  if (octet > 0xff) throw fault(reader, 'a character beyond the octets (write its UTF-8 as \\xHH)');
  const set = emptySet();
  addRange(set, octet, octet);
  if (flags.caseInsensitive) addOtherCase(set);
  return set;
}

function readGroup(reader: Reader, flags: Flags): Pattern {
  const start = reader.at;
  const opening = /\(\?(?:([imsU]*)(?:-([imsU]+))?:|P?<([A-Za-z_]\w*)>|(>))/y;
  opening.lastIndex = start;
  const match = opening.exec(reader.source);
  let inner = flags;
  let captures = true;
  if (match !== null) {
    reader.at += match[0].length;
    captures = match[3] !== undefined;
    inner = changeFlags(flags, match[1] ?? '', match[2] ?? '');
  } else if (reader.source[start + 1] === '?') {
    const what = /^\?<?[=!]/.test(reader.source.slice(start + 1)) ? 'looking ahead or behind' : 'this kind of group';
    throw fault(reader, `${what} is not supported`, start);
  } else reader.at++;
  const part = readChoice(reader, inner);
  if (reader.source[reader.at] !== ')') throw fault(reader, 'a "(" is not closed', start);
  reader.at++;
  return captures ? { kind: 'group', part } : part;
}

function readRepeats(reader: Reader, atom: Pattern): Pattern {
  let pattern = atom;
  for (;;) {
    const bounds = readBounds(reader);
    if (bounds === undefined) return pattern;
    const [least, most] = bounds;
    const isLazy = reader.source[reader.at] === '?';
    // Possessive: read as greedy.
    if (isLazy || reader.source[reader.at] === '+') reader.at++;
    pattern = { kind: 'repeat', part: pattern, least, most, isLazy };
  }
}

function readBounds(reader: Reader): [least: number, most: number] | undefined {
  switch (reader.source[reader.at]) {
    case '*':
      reader.at++;
      return [0, Infinity];
    case '+':
      reader.at++;
      return [1, Infinity];
    case '?':
      reader.at++;
      return [0, 1];
    default:
  }
  const counted = /\{(\d+)(?:(,)(\d*))?\}/y;
  counted.lastIndex = reader.at;
  const match = counted.exec(reader.source);
  // `{` is itself where no bounds follow.
  if (match === null) return undefined;
  const least = Number(match[1]);
  const most = match[2] === undefined ? least : match[3] === '' ? Infinity : Number(match[3]);
  if (least > MOST_REPEATS || (most !== Infinity && most > MOST_REPEATS))
    throw fault(reader, `a repeat counts to more than ${MOST_REPEATS}`);
  if (most < least) throw fault(reader, 'the bounds of a repeat are the wrong way round');
  reader.at += match[0].length;
  return [least, most];
}

const ASSERTIONS = {
  b: 'word-boundary',
  B: 'no-word-boundary',
  A: 'text-start',
  z: 'text-end',
  Z: 'text-end',
} as const;

function readEscape(reader: Reader, flags: Flags): Pattern {
  const start = reader.at;
  const letter = reader.source[start + 1];
  if (letter !== undefined && letter in ASSERTIONS) {
    reader.at += 2;
    return { kind: 'assertion', asserts: ASSERTIONS[letter as keyof typeof ASSERTIONS] };
  }
  const escaped = readEscapedSet(reader);
  if (typeof escaped === 'number') return { kind: 'octet', set: single(reader, escaped, flags) };
  return { kind: 'octet', set: escaped };
}

const CONTROLS: Readonly<Record<string, number>> = { a: 7, e: 0x1b, f: 12, n: 10, r: 13, t: 9 };
const SETS: Readonly<Record<string, string>> = { d: 'digit', w: 'word', s: 'space', h: 'blank' };

/** Behind a backslash, also within a class: one octet, or a set of them. */
function readEscapedSet(reader: Reader): number | OctetSet {
  const start = reader.at;
  const letter = reader.source[start + 1];
  if (letter === undefined) throw fault(reader, 'the pattern ends with a backslash');
  reader.at += 2;
  if (letter in CONTROLS) return CONTROLS[letter]!;
  const name = SETS[letter.toLowerCase()];
  if (name !== undefined) return letter in SETS ? namedSet(name)! : complement(namedSet(name)!);
  // PCRE: any vertical white space.
  if (letter === 'v') {
    const set = emptySet();
    addRange(set, 0x0a, 0x0d);
    return set;
  }
  const code = /x(?:([0-9a-fA-F]{1,2})|\{([0-9a-fA-F]+)\})|0([0-7]{0,2})/y;
  code.lastIndex = start + 1;
  const match = code.exec(reader.source);
  if (match !== null) {
    reader.at = code.lastIndex;
    const octet = match[3] === undefined ? parseInt((match[1] ?? match[2])!, 16) : parseInt(`0${match[3]}`, 8);
    if (octet > 0xff) throw fault(reader, 'a character beyond the octets (write its UTF-8 as \\xHH)', start);
    return octet;
  }
  if (/[1-9gk]/.test(letter)) throw fault(reader, 'a reference back is not supported', start);
  if (/[a-zA-Z0-9]/.test(letter)) throw fault(reader, `\\${letter} is not supported`, start);
  return letter.charCodeAt(0);
}

function readClass(reader: Reader, flags: Flags): OctetSet {
  const start = reader.at;
  const { source } = reader;
  reader.at++;
  const isNegated = source[reader.at] === '^';
  if (isNegated) reader.at++;
  const set = emptySet();
  let isFirst = true;
  for (;;) {
    if (reader.at >= source.length) throw fault(reader, 'a "[" is not closed', start);
    if (source[reader.at] === ']' && !isFirst) break;
    isFirst = false;
    const member = readMember(reader);
    if (typeof member !== 'number') {
      addAll(set, member);
      continue;
    }
    let last = member;
    if (source[reader.at] === '-' && reader.at + 1 < source.length && source[reader.at + 1] !== ']') {
      const dash = reader.at++;
      const end = readMember(reader);
      if (typeof end === 'number') {
        if (end < member) throw fault(reader, 'a range of a class is the wrong way round', dash);
        last = end;
      } else {
        addRange(set, 0x2d, 0x2d);
        addAll(set, end);
      }
    }
    addRange(set, member, last);
  }
  reader.at++;
  if (flags.caseInsensitive) addOtherCase(set);
  return isNegated ? complement(set) : set;
}

function readMember(reader: Reader): number | OctetSet {
  const { source } = reader;
  if (source[reader.at] === '\\') {
    if (source[reader.at + 1] === 'b') {
      reader.at += 2;
      return 8;
    }
    return readEscapedSet(reader);
  }
  const posix = /\[:(\^?)([a-z]+):\]/y;
  posix.lastIndex = reader.at;
  const match = posix.exec(source);
  if (match !== null) {
    const set = namedSet(match[2]!);
    if (set === undefined) throw fault(reader, `there is no class [:${match[2]}:]`);
    reader.at = posix.lastIndex;
    return match[1] === '^' ? complement(set) : set;
  }
  const octet = source.charCodeAt(reader.at);
  if (octet > 0xff) throw fault(reader, 'a character beyond the octets (write its UTF-8 as \\xHH)');
  reader.at++;
  return octet;
}
