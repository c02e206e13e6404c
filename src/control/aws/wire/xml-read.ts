/**
 * A strict reader of the XML that AWS clients send: one tree of elements, text kept as written.
 * XML 1.0 (fifth edition) and Namespaces in XML 1.0, without what no AWS client uses and attackers do: DOCTYPE is refused, so that
 * there are no entities but the five predefined. Depth and size are bounded. What elements mean is decided in xml-codec.ts.
 */
import { WireFault } from './faults.ts';
import { localName } from './model.ts';

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  /** Keyed by name without prefix; namespace declarations are left out. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All character data directly inside, in order. */
  readonly text: string;
}

interface OpenElement {
  readonly qualifiedName: string;
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: OpenElement[];
  text: string;
}

/** Deeper than any shape of the services we serve. */
const MAX_DEPTH = 64;
// Ours: a few names of one letter each could otherwise turn 1 MiB into hundreds of thousands of objects.
const MAX_ELEMENTS = 100_000;

const NAME = /[\p{L}_][\p{L}\p{N}\p{M}_.·-]*(?::[\p{L}_][\p{L}\p{N}\p{M}_.·-]*)?/uy;
const SPACE = /[ \t\r\n]*/y;
// XML 1.0 2.2: these are not characters.
// oxlint-disable-next-line no-control-regex -- the characters are what is looked for
const NOT_A_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** The document's root element. Throws WireFault. `source` is bounded by whoever read the body. */
export function readXml(source: string): XmlElement {
  return new Reader(source).document();
}

class Reader {
  #at = 0;
  #elements = 0;

  constructor(readonly source: string) {
    if (source.charCodeAt(0) === 0xfeff) this.#at = 1;
  }

  document(): XmlElement {
    const bad = NOT_A_CHARACTER.exec(this.source) ?? (this.source.isWellFormed() ? null : { index: 0 });
    if (bad !== null) throw this.#fault('a character that XML does not allow', bad.index);
    if (/^<\?xml[ \t\r\n]/.test(this.source.slice(this.#at, this.#at + 6))) this.#skipTo('?>');
    this.#misc();
    const root = this.#tree();
    this.#misc();
    if (this.#at < this.source.length) throw this.#fault('something after the root element');
    return root;
  }

  /** White space, comments and processing instructions. */
  #misc(): void {
    for (;;) {
      this.#space();
      if (this.#looksAt('<!--')) this.#comment();
      else if (this.#looksAt('<?')) this.#processingInstruction();
      else if (this.#looksAt('<!DOCTYPE')) throw this.#fault('DOCTYPE is not allowed');
      else return;
    }
  }

  #tree(): XmlElement {
    if (!this.#looksAt('<')) throw this.#fault('no root element');
    const root = this.#startTag();
    const open = root.closed ? [] : [root.element];
    while (open.length > 0) {
      const inside = open.at(-1)!;
      inside.text += this.#characters();
      if (this.#looksAt('</')) {
        this.#endTag(inside.qualifiedName);
        open.pop();
      } else if (this.#looksAt('<!--')) this.#comment();
      else if (this.#looksAt('<![CDATA[')) inside.text += this.#skipTo(']]>').slice('<![CDATA['.length);
      else if (this.#looksAt('<?')) this.#processingInstruction();
      else if (this.#looksAt('<')) {
        const child = this.#startTag();
        inside.children.push(child.element);
        if (child.closed) continue;
        open.push(child.element);
        if (open.length > MAX_DEPTH) throw new WireFault('too-large', `XML is nested more than ${MAX_DEPTH} deep`);
      } else throw this.#fault(`<${inside.qualifiedName}> is not closed`);
    }
    return root.element;
  }

  #startTag(): { readonly element: OpenElement; readonly closed: boolean } {
    if (++this.#elements > MAX_ELEMENTS) throw new WireFault('too-large', `XML has more than ${MAX_ELEMENTS} elements`);
    this.#at += 1;
    const qualifiedName = this.#name();
    const attributes = new Map<string, string>();
    const written = new Set<string>();
    for (;;) {
      const spaced = this.#space();
      const closed = this.#looksAt('/>');
      if (closed || this.#looksAt('>')) {
        this.#at += closed ? 2 : 1;
        return { element: { qualifiedName, name: localName(qualifiedName), attributes, children: [], text: '' }, closed };
      }
      if (!spaced) throw this.#fault(`malformed start of <${qualifiedName}>`);
      const name = this.#name();
      if (written.has(name)) throw this.#fault(`attribute ${name} twice`);
      written.add(name);
      const value = this.#attributeValue();
      if (name !== 'xmlns' && !name.startsWith('xmlns:')) attributes.set(localName(name), value);
    }
  }

  #attributeValue(): string {
    this.#space();
    this.#expect('=');
    this.#space();
    const quote = this.source[this.#at];
    if (quote !== '"' && quote !== "'") throw this.#fault('an attribute without quotes');
    const start = this.#at;
    this.#at += 1;
    const value = this.#skipTo(quote);
    if (value.includes('<')) throw this.#fault("'<' in an attribute", start);
    return this.#references(value, start + 1);
  }

  #endTag(qualifiedName: string): void {
    const start = this.#at;
    this.#at += 2;
    const name = this.#name();
    if (name !== qualifiedName) throw this.#fault(`</${name}> where </${qualifiedName}> belongs`, start);
    this.#space();
    this.#expect('>');
  }

  #characters(): string {
    const start = this.#at;
    const end = this.source.indexOf('<', start);
    this.#at = end < 0 ? this.source.length : end;
    const text = this.source.slice(start, this.#at);
    if (text.includes(']]>')) throw this.#fault("']]>' in text", start);
    return this.#references(text, start);
  }

  /** The text with its character references resolved. XML 1.0 4.1, 4.6. */
  #references(text: string, offset: number): string {
    if (!text.includes('&')) return text;
    return text.replaceAll(/&([^;&]*;?)/g, (_, body: string, at: number) => {
      const name = body.endsWith(';') ? body.slice(0, -1) : '';
      const resolved = PREDEFINED.get(name) ?? numericCharacter(name);
      if (resolved === undefined) throw this.#fault(`unknown entity &${body.slice(0, 20)}`, offset + at);
      return resolved;
    });
  }

  #comment(): void {
    const start = this.#at;
    this.#at += 4;
    this.#skipTo('--');
    if (!this.#looksAt('>')) throw this.#fault('malformed comment', start);
    this.#at += 1;
  }

  #processingInstruction(): void {
    const start = this.#at;
    if (/^<\?xml[ \t\r\n?]/i.test(this.#skipTo('?>')))
      throw this.#fault('an XML declaration that is not at the beginning', start);
  }

  #name(): string {
    NAME.lastIndex = this.#at;
    const match = NAME.exec(this.source);
    if (match === null) throw this.#fault('a name was expected');
    this.#at = NAME.lastIndex;
    return match[0];
  }

  /** Whether there was any. */
  #space(): boolean {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.source);
    const found = SPACE.lastIndex > this.#at;
    this.#at = SPACE.lastIndex;
    return found;
  }

  #looksAt(text: string): boolean {
    return this.source.startsWith(text, this.#at);
  }

  #expect(text: string): void {
    if (!this.#looksAt(text)) throw this.#fault(`'${text}' was expected`);
    this.#at += text.length;
  }

  /** Moves behind `end`; what stood before it. */
  #skipTo(end: string): string {
    const found = this.source.indexOf(end, this.#at);
    if (found < 0) throw this.#fault(`'${end}' is missing`);
    const passed = this.source.slice(this.#at, found);
    this.#at = found + end.length;
    return passed;
  }

  #fault(what: string, at = this.#at): WireFault {
    const before = this.source.slice(0, at);
    const line = before.split('\n').length;
    return new WireFault('syntax', `XML: ${what} (line ${line}, column ${at - before.lastIndexOf('\n')})`);
  }
}

function numericCharacter(name: string): string | undefined {
  const digits = /^#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}))$/.exec(name);
  if (digits === null) return undefined;
  const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  if (code > 0x10ffff || isSurrogate) return undefined;
  const character = String.fromCodePoint(code);
  return NOT_A_CHARACTER.test(character) ? undefined : character;
}
