/**
 * Is this text cross-site scripting? In the spirit of libinjection: the text is read as HTML in the contexts in which pages put values (between
 * tags, within an attribute of either quote or none), and is an attack where it would bring in a tag, an attribute or a URL that runs
 * scripts. Written anew. Time is linear in the text.
 */
import type { DetectXss, Finding } from '../../../../model/waf-engine.ts';
import { htmlEntityDecode } from '../transformations/html-entity-decode.ts';
import type { Literals } from '../patterns/required-literals.ts';
import { htmlTokens, type HtmlContext, type HtmlToken } from './html-tokens.ts';

export const detectXss: DetectXss = (text) => {
  if (!/[<>=:]/.test(text)) return undefined;
  for (const context of contextsOf(text)) {
    for (const token of htmlTokens(text, context)) {
      if (isDangerous(token)) return findingOf(token);
    }
  }
  return undefined;
};

/** In every text that is one there is one of these. */
export const XSS_LITERALS: Literals = ['<', '='];

function contextsOf(text: string): readonly HtmlContext[] {
  const contexts: HtmlContext[] = [];
  if (text.includes('<')) contexts.push('text');
  if (!text.includes('=')) return contexts;
  contexts.push(' ');
  for (const quote of ["'", '"', '`'] as const) if (text.includes(quote)) contexts.push(quote);
  return contexts;
}

const TAGS = new Set(
  (
    'applet base embed frame frameset handler iframe import isindex link listener meta noscript object script style vmlframe xml xss math ' +
    'template portal fencedframe'
  ).split(' '),
);

/** Attributes whose value is loaded or run. */
const URLS = new Set(
  'action background by code codebase data dynsrc folder formaction from handler href lowsrc poster src srcdoc to values xlink:href'.split(
    ' ',
  ),
);

function isDangerous({ kind, name, value }: HtmlToken): boolean {
  switch (kind) {
    case 'tag':
      return TAGS.has(name) || name.startsWith('svg') || name.startsWith('xsl');
    case 'comment':
      return /^<!--\s*(?:\[if|import|xml)|`/.test(name);
    case 'declaration':
      return /^<!(?:doctype\s+\S+\s*\[|entity|\[cdata)|^<\?(?:xml-stylesheet|import|xml:)|^<!doctype/.test(name);
    case 'attribute':
      if (value === undefined) return false;
      if (/^on[a-z]{3,30}$/.test(name) || name === 'xmlns' || name === 'xlink' || name === 'srcdoc' || name === 'fscommand')
        return true;
      if (name === 'style') return /expression|url\s*\(|-moz-binding|behaviou?r|javascript|@import/i.test(plain(value));
      return URLS.has(name) && isScriptUrl(value);
  }
}

/** As browsers read it: without control characters and white space before and within the scheme. */
function isScriptUrl(value: string): boolean {
  return /^(?:javascript|vbscript|livescript|mocha|view-source|data:(?!image\/(?:png|gif|jpe?g|webp)))/i.test(plain(value));
}

function plain(value: string): string {
  return htmlEntityDecode(value).replaceAll(/[\0-\x20\x7f-\xff]+/g, '');
}

function findingOf({ name, value, at }: HtmlToken): Finding {
  const matched = value === undefined ? [name] : [name, value];
  return { at, length: matched.join('=').length, matched: matched.map((text) => text.slice(0, 64)) };
}
