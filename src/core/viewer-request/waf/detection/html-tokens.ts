/**
 * Reads text as the HTML that it would be where a value stands: between tags, or within the value of an attribute whose quote it may close.
 * One pass, as lenient as browsers (HTML Living Standard 13.2.5): tags and attributes may lack their end.
 */

export interface HtmlToken {
  readonly kind: 'tag' | 'attribute' | 'comment' | 'declaration';
  /** Name of a tag or attribute in lower case, or what a comment or declaration says. */
  readonly name: string;
  /** Of an attribute; undefined where it has none. */
  readonly value?: string | undefined;
  readonly at: number;
}

/** Where the text begins: between tags, or in a value with this quote; ' ' is a value without. */
export type HtmlContext = 'text' | ' ' | "'" | '"' | '`';

/** How much of a comment or declaration is looked at: what browsers act on stands at its beginning. */
const MOST_SAID = 80;

/** Octets that browsers read over in names of tags: also what attacks put there. */
const WHITE = /[\t\n\v\f\r \0/]+/y;
const TAG = /<\/?([a-zA-Z!?%][^\t\n\v\f\r >/]*)/g;
const NAME = /[^\t\n\v\f\r >/=\0][^\t\n\v\f\r >/=]*/y;

export function* htmlTokens(text: string, context: HtmlContext): Iterable<HtmlToken> {
  let at = 0;
  if (context !== 'text') {
    const end = context === ' ' ? /[\s>]/.exec(text)?.index : text.indexOf(context);
    if (end === undefined || end < 0) return;
    at = yield* attributes(text, context === ' ' ? end : end + 1);
  }
  while (at < text.length) {
    TAG.lastIndex = at;
    const tag = TAG.exec(text);
    if (tag === null) return;
    const name = tag[1]!.replaceAll('\0', '').toLowerCase();
    if (/^[!?%]/.test(name)) {
      const said = text.slice(tag.index, tag.index + MOST_SAID).toLowerCase();
      yield { kind: name.startsWith('!--') ? 'comment' : 'declaration', name: said, at: tag.index };
      // What browsers of old executed within comments is looked at, too.
      at = TAG.lastIndex;
      continue;
    }
    yield { kind: 'tag', name, at: tag.index };
    at = yield* attributes(text, TAG.lastIndex);
  }
}

/** The attributes up to the end of the tag; returns where that is. */
function* attributes(text: string, from: number): Generator<HtmlToken, number> {
  let at = from;
  while (at < text.length) {
    at += lengthAt(WHITE, text, at);
    if (text[at] === '>') return at + 1;
    const start = at;
    at += Math.max(1, lengthAt(NAME, text, at));
    const name = text
      .slice(start, at)
      .replaceAll(/[\0"'`]/g, '')
      .toLowerCase();
    const equals = /[\t\n\v\f\r \0]*=[\t\n\v\f\r \0]*/y;
    const gap = lengthAt(equals, text, at);
    if (gap === 0) {
      yield { kind: 'attribute', name, value: undefined, at: start };
      continue;
    }
    at += gap;
    const quote = text[at];
    let value: string;
    if (quote === '"' || quote === "'" || quote === '`') {
      const end = text.indexOf(quote, at + 1);
      value = text.slice(at + 1, end < 0 ? undefined : end);
      at = end < 0 ? text.length : end + 1;
    } else {
      const length = lengthAt(/[^\t\n\v\f\r >]*/y, text, at);
      value = text.slice(at, at + length);
      at += length;
    }
    yield { kind: 'attribute', name, value, at: start };
  }
  return at;
}

function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}
