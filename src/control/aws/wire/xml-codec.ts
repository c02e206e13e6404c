/**
 * Elements to values and back, by the model. Smithy 2.0: XML bindings; facts of AWS's clients: an empty list may be absent, an empty
 * string is kept, item names differ per list. Well-formedness is decided in xml-read.ts; root elements and headers in rest-binding.ts.
 */
import { WireFault } from './faults.ts';
import type { ListShape, MapShape, Member, Shape, StructureShape } from './model.ts';
import { readScalar, shown, writeScalar } from './scalar.ts';
import type { XmlElement } from './xml-read.ts';

/** Where a reader puts the paths of what the model does not know: a newer client's members. */
export type Unknowns = string[];

export type Values = Record<string, unknown>;

/** The value of an element. `path` is '' for a document whose members stand at the top. */
export function readElement(shape: Shape, element: XmlElement, path: string, unknowns: Unknowns): unknown {
  switch (shape.kind) {
    case 'scalar':
      if (element.children.length > 0) throw new WireFault('structure', `${path}: an element where text belongs`);
      return readScalar(shape, element.text, path);
    case 'list':
      refuseText(element, path);
      return readItems(shape, itemsOf(shape, element, path, unknowns), path, unknowns);
    case 'map':
      refuseText(element, path);
      return readEntries(
        shape,
        element.children.filter((child) => child.name === 'entry'),
        path,
        unknowns,
      );
    case 'structure':
      return readStructure(shape, element, path, unknowns);
  }
}

function readStructure(shape: StructureShape, element: XmlElement, path: string, unknowns: Unknowns): Values {
  refuseText(element, path);
  const found = new Map<Member, XmlElement[]>();
  for (const child of element.children) {
    const member = shape.byXmlName.get(child.name);
    if (member === undefined) unknowns.push(join(path, child.name));
    else found.set(member, [...(found.get(member) ?? []), child]);
  }
  const values: Values = {};
  for (const [member, elements] of found) {
    const at = join(path, member.pathName);
    if (member.flattened && member.shape.kind === 'list') values[member.name] = readItems(member.shape, elements, at, unknowns);
    else if (member.flattened && member.shape.kind === 'map')
      values[member.name] = readEntries(member.shape, elements, at, unknowns);
    else if (elements.length > 1) throw new WireFault('structure', `${at}: occurs ${elements.length} times`);
    else values[member.name] = readElement(member.shape, elements[0]!, at, unknowns);
  }
  for (const [name, text] of element.attributes) {
    const member = shape.byAttribute.get(name);
    if (member?.shape.kind === 'scalar') values[member.name] = readScalar(member.shape, text, join(path, member.pathName));
  }
  return values;
}

function itemsOf(shape: ListShape, element: XmlElement, path: string, unknowns: Unknowns): readonly XmlElement[] {
  const items = element.children.filter((child) => child.name === shape.element.xmlName);
  for (const child of element.children) if (child.name !== shape.element.xmlName) unknowns.push(join(path, child.name));
  return items;
}

function readItems(shape: ListShape, items: readonly XmlElement[], path: string, unknowns: Unknowns): unknown[] {
  return items.map((item, i) => readElement(shape.element.shape, item, `${path}.${i + 1}.member`, unknowns));
}

function readEntries(shape: MapShape, entries: readonly XmlElement[], path: string, unknowns: Unknowns): Values {
  const values: Values = {};
  for (const entry of entries) {
    const key = entry.children.find((child) => child.name === 'key')?.text;
    const value = entry.children.find((child) => child.name === 'value');
    if (key === undefined || value === undefined) throw new WireFault('structure', `${path}: an entry without key or value`);
    setOwn(values, key, readElement(shape.value.shape, value, `${path}.${key}`, unknowns));
  }
  return values;
}

function refuseText(element: XmlElement, path: string): void {
  const text = element.text.trim();
  if (text !== '') throw new WireFault('structure', `${path || element.name}: text '${shown(text)}' where elements belong`);
}

/** `attributes` goes into the start tag: a namespace, with a space before it. */
export function writeElement(shape: Shape, name: string, value: unknown, attributes = ''): string {
  switch (shape.kind) {
    case 'scalar':
      return `<${name}${attributes}>${escapeText(writeScalar(shape, value, 'date-time'))}</${name}>`;
    case 'list':
      return `<${name}${attributes}>${writeItems(shape, shape.element.xmlName, value)}</${name}>`;
    case 'map':
      return `<${name}${attributes}>${writeEntries(shape, 'entry', value)}</${name}>`;
    case 'structure':
      return `<${name}${attributes}${writeAttributes(shape, value as Values)}>${writeMembers(shape, value as Values)}</${name}>`;
  }
}

/** The elements of a structure's members, those bound elsewhere left out. Absent members are not written. */
export function writeMembers(shape: StructureShape, values: Values): string {
  let written = '';
  for (const member of shape.members) {
    const value = values[member.name];
    if (value === undefined || value === null || member.attribute || member.binding.at !== 'body') continue;
    if (member.flattened && member.shape.kind === 'list') written += writeItems(member.shape, member.xmlName, value);
    else if (member.flattened && member.shape.kind === 'map') written += writeEntries(member.shape, member.xmlName, value);
    else written += writeElement(member.shape, member.xmlName, value, member.xmlnsAttribute);
  }
  return written;
}

function writeItems(shape: ListShape, name: string, value: unknown): string {
  return (value as unknown[]).map((item) => writeElement(shape.element.shape, name, item, shape.element.xmlnsAttribute)).join('');
}

function writeEntries(shape: MapShape, name: string, value: unknown): string {
  return Object.entries(value as Values)
    .map(([key, entry]) => `<${name}><key>${escapeText(key)}</key>${writeElement(shape.value.shape, 'value', entry)}</${name}>`)
    .join('');
}

function writeAttributes(shape: StructureShape, values: Values): string {
  let written = '';
  for (const member of shape.byAttribute.values()) {
    const value = values[member.name];
    if (value === undefined || value === null || member.shape.kind !== 'scalar') continue;
    written += ` ${member.xmlName}="${escapeText(writeScalar(member.shape, value, 'date-time'))}"`;
  }
  return written;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

// oxlint-disable-next-line no-control-regex -- control characters are what is escaped
const ESCAPED = /[&<>"\u0000-\u0008\u000B-\u001F\u0085\u2028]/g;

/** For text and attributes. Control characters become references: a parser would normalise a raw CR away. XML 1.0 2.11. */
export function escapeText(text: string): string {
  return text.replaceAll(ESCAPED, (c) => ESCAPES[c] ?? `&#x${c.charCodeAt(0).toString(16).toUpperCase()};`);
}

/** Sets an own property whatever its name, `__proto__` included. */
export function setOwn(values: Values, key: string, value: unknown): void {
  Object.defineProperty(values, key, { value, writable: true, enumerable: true, configurable: true });
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
