/**
 * Where a response repeats what the key does not hold, and what that means: in a field that leads browsers somewhere, as markup, in an address,
 * as a function's name. A word that merely occurs is told as likely; many pages show what they were asked, and CloudFront shares them.
 */
import { fieldValue, type Fields } from '../../http/fields.ts';
import { listMembers } from '../../http/token.ts';
import { mediaType } from '../../http/media-type.ts';
import type { Finding } from './finding.ts';
import { SHORTEST_NEEDLE, type Needle } from './needles.ts';

/** Response fields that browsers act upon. */
const ACTIVE_FIELDS: ReadonlySet<string> = new Set([
  'access-control-allow-origin',
  'alt-svc',
  'content-location',
  'content-security-policy',
  'content-security-policy-report-only',
  'content-type',
  'link',
  'location',
  'nel',
  'refresh',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'set-cookie',
  'sourcemap',
]);

/** Ours: a shorter word in a page or in a field that nobody acts upon is left alone. */
const SHORTEST_LIKELY = 8;

const SCRIPT_TYPE = /javascript|ecmascript/;
/** Ours: what is looked through; pictures, films and archives are not. A body without a type may be anything. */
const TEXT_TYPE = /^text\/|[/+]json$|[/+]xml$|javascript|ecmascript|^application\/x-www-form-urlencoded$|^application\/graphql/;
/** They never end, and are no pages. */
const STREAM_TYPES: ReadonlySet<string> = new Set(['text/event-stream', 'application/x-ndjson', 'application/json-seq']);

/** Could a body of these fields show anything? */
export function isText(fields: Fields): boolean {
  const type = typeOf(fields);
  return type === undefined || (TEXT_TYPE.test(type) && !STREAM_TYPES.has(type));
}

export function typeOf(fields: Fields): string | undefined {
  return mediaType(fieldValue(fields, 'content-type') ?? '');
}

/** `fields`: those that would be kept. */
export function findInFields(needles: readonly Needle[], fields: Fields): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [name, value] of fields) {
    const text = value.toLowerCase();
    for (const needle of needles) {
      const offset = text.indexOf(needle.text);
      if (offset < 0 || isListed(needle, name, fields)) continue;
      const isActive = ACTIVE_FIELDS.has(name);
      const isCertain = isActive || needle.nature === 'secret';
      if (!isCertain && needle.text.length < SHORTEST_LIKELY) continue;
      findings.push(found(needle, isCertain, name, offset, isActive ? `browsers act upon ${name}` : `${name} repeats it`));
    }
  }
  return findings;
}

/** An origin that varies by Origin answers those on its list, and CloudFront's own policies forward Origin unkeyed. */
function isListed({ input }: Needle, field: string, fields: Fields): boolean {
  if (field !== 'access-control-allow-origin' || input.name !== 'origin') return false;
  return listMembers(fieldValue(fields, 'vary') ?? '').some((member) => member.toLowerCase() === 'origin');
}

/** `text`: the body's first octets in lower case, one a character. */
export function findInBody(needles: readonly Needle[], text: string, type: string | undefined): readonly Finding[] {
  const isScript = type !== undefined && SCRIPT_TYPE.test(type);
  const there = occurring(needles, text);
  if (there === undefined) return [TOO_ALIKE];
  const findings: Finding[] = [];
  for (const needle of there) {
    const finding = findOne(needle, text, isScript);
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
}

function findOne(needle: Needle, text: string, isScript: boolean): Finding | undefined {
  const first = text.indexOf(needle.text);
  if (first < 0) return undefined;
  switch (needle.nature) {
    case 'markup':
      return found(needle, true, 'body', first, 'it stands there unescaped, quotes or markup and all');
    case 'secret':
      return found(needle, true, 'body', first, 'whoever reads it has it');
    case 'address': {
      const at = positionsOf(needle.text, text).find((offset) => isAddressAt(text, offset));
      if (at !== undefined) return found(needle, true, 'body', at, 'browsers would follow it there');
      return found(needle, false, 'body', first, 'it occurs there');
    }
    case 'exact': {
      const at = positionsOf(needle.text, text).find((offset) => isWholeAt(text, offset, needle.text.length));
      return at === undefined ? undefined : found(needle, true, 'body', at, 'it stands there whole, as an address');
    }
    case 'plain': {
      if (isScript && isCallAt(text, first, needle.text.length)) return found(needle, true, 'body', first, 'the script calls it');
      if (isScript && /[(){};=]/.test(needle.text)) return found(needle, true, 'body', first, 'it is a part of the script');
      const inTag = positionsOf(needle.text, text).find((offset) => isInLoadingTag(text, offset));
      if (inTag !== undefined) return found(needle, true, 'body', inTag, 'it stands in a tag that makes browsers load something');
      return needle.text.length < SHORTEST_LIKELY ? undefined : found(needle, false, 'body', first, 'it occurs there');
    }
  }
}

/** Ours: so many places of one value are looked at. */
const MOST_PLACES = 16;

function positionsOf(needle: string, text: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(needle); at >= 0 && places.length < MOST_PLACES; at = text.indexOf(needle, at + 1)) places.push(at);
  return places;
}

/** `//host`, `\/\/host`, `user@host`, also percent-encoded. */
function isAddressAt(text: string, offset: number): boolean {
  return /(?:\/\/|\\\/\\\/|%2f%2f|@|\/\/[^/\s"'<>]*@?)$/.test(text.slice(Math.max(0, offset - 64), offset));
}

function isWholeAt(text: string, offset: number, length: number): boolean {
  return !/[a-z0-9%_\-./?=&#]/.test(text[offset + length] ?? '');
}

/** Tags by which a page says where it or its parts come from, and where forms go. */
const LOADING_TAG = /<(?:base|embed|form|frame|iframe|link|meta|object|script)\b[^<>]*$/;
const LONGEST_TAG = 512;

function isInLoadingTag(text: string, offset: number): boolean {
  return LOADING_TAG.test(text.slice(Math.max(0, offset - LONGEST_TAG), offset));
}

/** JSONP: the first thing that the script does is to call it. */
function isCallAt(text: string, offset: number, length: number): boolean {
  const before = text.slice(Math.max(0, offset - LONGEST_TAG), offset).replaceAll(/\/\*[^]*?\*\//g, '');
  return text[offset + length] === '(' && /^[\s;&=(!]*$/.test(before);
}

/** Ours: from so many on, one look at every place of the text is cheaper than a search for each. */
const MANY_NEEDLES = 16;

/** Ours: comparisons of one look, a long needle counting for several: some milliseconds, and more than one value alone ever needs. */
const MOST_COMPARISONS = 300_000;
const COMPARED_AT_ONCE = 64;

const TOO_ALIKE: Finding = {
  rule: 'too-many-inputs',
  certainty: 'certain',
  seenIn: 'body',
  because: 'so many of them begin alike, as so many places of the body do, that they were not all looked for',
};

/** Those that occur; undefined where that costs too much: needles of one beginning, which stands in the text again and again. */
function occurring(needles: readonly Needle[], text: string): readonly Needle[] | undefined {
  if (needles.length <= MANY_NEEDLES) return needles.filter((needle) => text.includes(needle.text));
  const byStart = Map.groupBy(needles, (needle) => startAt(needle.text, 0));
  const occurs = new Set<Needle>();
  let comparisons = 0;
  for (let at = 0; at + SHORTEST_NEEDLE <= text.length && byStart.size > 0; at += 1) {
    const start = startAt(text, at);
    const candidates = byStart.get(start);
    if (candidates === undefined) continue;
    let isFound = false;
    for (const needle of candidates) {
      comparisons += 1 + Math.floor(needle.text.length / COMPARED_AT_ONCE);
      if (!text.startsWith(needle.text, at)) continue;
      occurs.add(needle);
      isFound = true;
    }
    if (comparisons > MOST_COMPARISONS) return undefined;
    if (!isFound) continue;
    const left = candidates.filter((needle) => !occurs.has(needle));
    if (left.length > 0) byStart.set(start, left);
    else byStart.delete(start);
  }
  return needles.filter((needle) => occurs.has(needle));
}

/** Four octets as one number. */
function startAt(text: string, at: number): number {
  return (
    text.charCodeAt(at) * 0x1000000 +
    text.charCodeAt(at + 1) * 0x10000 +
    text.charCodeAt(at + 2) * 0x100 +
    text.charCodeAt(at + 3)
  );
}

function found({ input, nature }: Needle, isCertain: boolean, seenIn: string, offset: number, because: string): Finding {
  const rule = nature === 'secret' ? 'personal-response' : 'reflected-input';
  return { rule, certainty: isCertain ? 'certain' : 'likely', input, seenIn, offset, because };
}
