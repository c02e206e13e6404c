/**
 * What rules see of an XML body (XML:/* and XML://@*): its texts and the values of its attributes, entities resolved. Not a judge of XML: what
 * is ill-formed is read as far as it goes. Reads the text once; entities that a document defines are never expanded.
 */
import { htmlEntityDecode } from '../transformations/html-entity-decode.ts';

export interface XmlReading {
  readonly texts: readonly string[];
  readonly attributes: readonly string[];
}

const ATTRIBUTE = /=\s*(?:"([^"]*)"|'([^']*)')/g;

export function parseXml(body: string): XmlReading {
  const texts: string[] = [];
  const attributes: string[] = [];
  const addText = (text: string) => {
    if (text.trim() !== '') texts.push(text);
  };
  let at = 0;
  while (at < body.length) {
    const start = body.indexOf('<', at);
    addText(htmlEntityDecode(body.slice(at, start < 0 ? undefined : start)));
    if (start < 0) break;
    const [opening, closing] = MARKS.find(([mark]) => body.startsWith(mark, start)) ?? ['<', '>'];
    const from = start + opening.length;
    const end = closing === '>' ? endOfTag(body, from) : body.indexOf(closing, from);
    const inside = body.slice(from, end < 0 ? undefined : end);
    if (opening === CDATA) addText(inside);
    else if (opening === '<')
      for (const [, double, single] of inside.matchAll(ATTRIBUTE)) attributes.push(htmlEntityDecode(double ?? single!));
    // What has no end reaches to that of the body.
    at = end < 0 ? body.length : end + closing.length;
  }
  return { texts, attributes };
}

const CDATA = '<![CDATA[';

const MARKS: readonly (readonly [opening: string, closing: string])[] = [
  ['<!--', '-->'],
  [CDATA, ']]>'],
  ['<?', '?>'],
];

/** Where the `>` stands that is not within quotes; -1 for none. */
function endOfTag(body: string, from: number): number {
  const special = /["'>]/g;
  special.lastIndex = from;
  for (let match = special.exec(body); match !== null; match = special.exec(body)) {
    if (match[0] === '>') return match.index;
    const quote = body.indexOf(match[0], special.lastIndex);
    if (quote < 0) return -1;
    special.lastIndex = quote + 1;
  }
  return -1;
}
