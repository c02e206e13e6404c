/**
 * Dictionaries of structured fields: RFC 9651 3.2 and 4.2.2, read as strictly as it asks. Anything malformed makes the whole field
 * unreadable. Parameters are checked and dropped; dates and display strings of RFC 9651 are not read (no field of ours takes them).
 * What the members of a field mean has that field's own file.
 */

export type BareItem =
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'integer' | 'decimal'; readonly value: number }
  | { readonly kind: 'string' | 'token' | 'bytes'; readonly value: string };

export type DictionaryMember = BareItem | { readonly kind: 'list'; readonly items: readonly BareItem[] };

const KEY = /[a-z*][a-z0-9_\-.*]*/y;
const NUMBER = /-?(?:[0-9]{1,12}\.[0-9]{1,3}|[0-9]{1,15})(?![0-9.])/y;
const STRING = /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y;
const TOKEN = /[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*/y;
const BYTES = /:([A-Za-z0-9+/=]*):/y;
const BOOLEAN = /\?([01])/y;
const SPACES = / */y;
const WHITESPACE = /[ \t]*/y;

interface Cursor {
  readonly text: string;
  at: number;
}

/** The members by key, the last of each name; undefined when the text is no dictionary. An empty text is an empty dictionary. */
export function parseDictionary(text: string): ReadonlyMap<string, DictionaryMember> | undefined {
  const members = new Map<string, DictionaryMember>();
  const cursor: Cursor = { text, at: 0 };
  take(cursor, SPACES);
  while (cursor.at < text.length) {
    const key = take(cursor, KEY)?.[0];
    if (key === undefined) return undefined;
    const member = skip(cursor, '=') ? itemOrList(cursor) : TRUE;
    if (member === undefined || !parameters(cursor)) return undefined;
    members.delete(key);
    members.set(key, member);
    take(cursor, WHITESPACE);
    if (cursor.at === text.length) return members;
    if (!skip(cursor, ',')) return undefined;
    take(cursor, WHITESPACE);
    // RFC 9651 4.2.2: a trailing comma is a failure.
    if (cursor.at === text.length) return undefined;
  }
  return members;
}

const TRUE: BareItem = { kind: 'boolean', value: true };

function itemOrList(cursor: Cursor): DictionaryMember | undefined {
  if (!skip(cursor, '(')) return bareItem(cursor);
  const items: BareItem[] = [];
  for (;;) {
    take(cursor, SPACES);
    if (skip(cursor, ')')) return { kind: 'list', items };
    const item = bareItem(cursor);
    if (item === undefined || !parameters(cursor)) return undefined;
    items.push(item);
    const next = cursor.text[cursor.at];
    if (next !== ' ' && next !== ')') return undefined;
  }
}

function bareItem(cursor: Cursor): BareItem | undefined {
  const number = take(cursor, NUMBER)?.[0];
  if (number !== undefined) return { kind: number.includes('.') ? 'decimal' : 'integer', value: Number(number) };
  const string = take(cursor, STRING)?.[1];
  if (string !== undefined) return { kind: 'string', value: string.replaceAll(/\\(.)/g, '$1') };
  const token = take(cursor, TOKEN)?.[0];
  if (token !== undefined) return { kind: 'token', value: token };
  const bytes = take(cursor, BYTES)?.[1];
  if (bytes !== undefined) return { kind: 'bytes', value: bytes };
  const boolean = take(cursor, BOOLEAN)?.[1];
  return boolean === undefined ? undefined : { kind: 'boolean', value: boolean === '1' };
}

/** False when something begins like a parameter and is none. */
function parameters(cursor: Cursor): boolean {
  while (skip(cursor, ';')) {
    take(cursor, SPACES);
    if (take(cursor, KEY) === undefined) return false;
    if (skip(cursor, '=') && bareItem(cursor) === undefined) return false;
  }
  return true;
}

function skip(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text);
  if (match === null) return undefined;
  cursor.at = pattern.lastIndex;
  return match;
}
