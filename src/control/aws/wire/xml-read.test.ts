import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { escapeText } from './xml-codec.ts';
import { readXml, type XmlElement } from './xml-read.ts';

/** `name(text attribute=value)[children]`, so that a row is a line. */
function sketch(element: XmlElement): string {
  const attributes = [...element.attributes].map(([name, value]) => ` ${name}=${value}`).join('');
  const children = element.children.length === 0 ? '' : `[${element.children.map(sketch).join(' ')}]`;
  return `${element.name}(${element.text}${attributes})${children}`;
}

const readable: [name: string, source: string, want: string][] = [
  ['an empty element', '<a/>', 'a()'],
  [
    'with a declaration, a byte order mark and comments',
    '\ufeff<?xml version="1.0"?>\n<!-- c --><?pi x?><a>t</a>\n<!-- d -->',
    'a(t)',
  ],
  ['text as it stands', '<a> x\r\n y\t</a>', 'a( x\r\n y\t)'],
  ['predefined entities', '<a>&lt;&gt;&amp;&quot;&apos;</a>', 'a(<>&"\')'],
  ['numeric entities beyond U+FFFF', '<a>&#128512;&#x1F600;&#xD;&#65;</a>', 'a(😀😀\rA)'],
  ['CDATA among text', '<a>x<![CDATA[<&amp;]]]]><![CDATA[>]]>y</a>', 'a(x<&amp;]]>y)'],
  ['a comment inside text', '<a>x<!-- - -->y</a>', 'a(xy)'],
  ['prefixes are dropped', '<c:a xmlns:c="urn:x" c:k="1"><c:b>t</c:b></c:a>', 'a( k=1)[b(t)]'],
  ['xsi:type', `<g xmlns:xsi='urn:x' xsi:type="Canonical&#10;User"/>`, 'g( type=Canonical\nUser)'],
  ['spaces inside tags', '<a\n k = "v" ><b /></a >', 'a( k=v)[b()]'],
  ['nesting and order', '<a><b>1</b><b>2</b><c><b>3</b></c></a>', 'a()[b(1) b(2) c()[b(3)]]'],
];

describe('readable', () => {
  test.each(readable)('%s', (_name, source, want) => {
    expect(sketch(readXml(source))).toBe(want);
  });
});

const deep = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);

const refused: [name: string, source: string, message: string][] = [
  ['nothing', '', 'no root element'],
  ['text alone', 'hello', 'no root element'],
  ['DOCTYPE', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'DOCTYPE is not allowed'],
  ['DOCTYPE inside', '<a><!DOCTYPE a></a>', 'a name was expected'],
  ['an unknown entity', '<a>&nbsp;</a>', 'unknown entity &nbsp;'],
  ['a bare ampersand', '<a>b & c</a>', 'unknown entity'],
  ['an entity that is no character', '<a>&#0;</a>', 'unknown entity &#0;'],
  ['half a surrogate pair', '<a>&#xD83D;</a>', 'unknown entity &#xD83D;'],
  ['an entity past Unicode', '<a>&#x110000;</a>', 'unknown entity'],
  ['a control character', '<a>\u0001</a>', 'a character that XML does not allow'],
  ['a lone surrogate', '<a>\ud83d</a>', 'a character that XML does not allow'],
  ['not closed', '<a><b></b>', '<a> is not closed'],
  ['closed wrongly', '<a><b></a></b>', '</a> where </b> belongs'],
  ['a different prefix at the end', '<x:a></y:a>', '</y:a> where </x:a> belongs'],
  ['two roots', '<a/><b/>', 'something after the root element'],
  ['text after the root', '<a/>b', 'something after the root element'],
  ['an attribute twice', '<a k="1" k="2"/>', 'attribute k twice'],
  ['an attribute without quotes', '<a k=1/>', 'without quotes'],
  ['an attribute without a value', '<a k/>', "'=' was expected"],
  ['attributes that touch', '<a k="1"l="2"/>', 'malformed start of <a>'],
  ["'<' in an attribute", '<a k="<"/>', "'<' in an attribute"],
  ['an unfinished comment', '<a><!-- </a>', "'--' is missing"],
  ["'--' in a comment", '<a><!-- a -- b --></a>', 'malformed comment'],
  ['unfinished CDATA', '<a><![CDATA[x</a>', "']]>' is missing"],
  ["']]>' in text", '<a>]]></a>', "']]>' in text"],
  ['a late declaration', '<a><?xml version="1.0"?></a>', 'not at the beginning'],
  ['too deep', deep(65), 'more than 64 deep'],
  ['very deep', deep(20_000), 'more than 64 deep'],
  ['too many elements', `<a>${'<b/>'.repeat(100_000)}</a>`, 'more than 100000 elements'],
];

describe('refused', () => {
  test.each(refused)('%s', (_name, source, message) => {
    expect(() => readXml(source)).toThrow(message);
  });
});

test('64 levels are read', () => {
  expect(readXml(deep(64)).name).toBe('a');
});

test('the fault names line and column', () => {
  expect(() => readXml('<a>\n  <b></c></a>')).toThrow('(line 2, column 6)');
});

// What XML has no way to say.
// oxlint-disable-next-line no-control-regex -- the characters are what is looked for
const UNSAYABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

test('escaped text comes back as it was', () => {
  const sayable = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && !UNSAYABLE.test(text));
  fc.assert(
    fc.property(sayable, (text) => {
      const element = readXml(`<a k="${escapeText(text)}">${escapeText(text)}</a>`);
      expect([element.text, element.attributes.get('k')]).toEqual([text, text]);
    }),
  );
});

test('any input is read or refused, never worse', () => {
  const soup = fc.string({
    unit: fc.constantFrom('<', '>', '/', 'a', ':', '=', '"', '&', ';', '#', '!', '-', '[', ']', '?', ' ', 'CDATA'),
  });
  fc.assert(
    fc.property(soup, (text) => {
      try {
        readXml(text);
      } catch (error) {
        expect((error as Error).name).toBe('WireFault');
      }
    }),
  );
});
