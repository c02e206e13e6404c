/**
 * awsQuery: parameters of a form to an input by the model, and the XML envelope of the output. Smithy 2.0: AWS query protocol.
 * Members are `Tags.member.1.Key=...`; a flattened list has no `member`. What elements hold is written by xml-codec.ts.
 */
import { WireFault } from './faults.ts';
import type { ListShape, MapShape, Operation, ServiceModel, Shape, StructureShape } from './model.ts';
import { readScalar } from './scalar.ts';
import { escapeText, setOwn, writeMembers, type Unknowns, type Values } from './xml-codec.ts';

/** Parameters as a tree, so that each is visited once. */
interface Node {
  value?: string;
  readonly children: Map<string, Node>;
}

const MAX_DEPTH = 32;

/** The input that a form's parameters spell. */
export function readQueryInput(shape: StructureShape, form: URLSearchParams, unknowns: Unknowns): Values {
  const root: Node = { children: new Map() };
  for (const [key, value] of form) {
    if (key !== 'Action' && key !== 'Version') insert(root, key, value);
  }
  return readStructure(shape, root, '', unknowns);
}

function insert(root: Node, key: string, value: string): void {
  const parts = key.split('.');
  if (parts.length > MAX_DEPTH) throw new WireFault('too-large', `a parameter is nested more than ${MAX_DEPTH} deep`);
  let node = root;
  for (const part of parts) {
    let child = node.children.get(part);
    if (child === undefined) node.children.set(part, (child = { children: new Map() }));
    node = child;
  }
  if (node.value !== undefined) throw new WireFault('structure', `${key}: occurs twice`);
  node.value = value;
}

function read(shape: Shape, node: Node, path: string, unknowns: Unknowns, flattened: boolean): unknown {
  switch (shape.kind) {
    case 'scalar':
      if (node.value === undefined) throw new WireFault('structure', `${path}: a structure where a value belongs`);
      return readScalar(shape, node.value, path);
    case 'list':
      return readList(shape, node, path, unknowns, flattened);
    case 'map':
      return readMap(shape, node, path, unknowns, flattened);
    case 'structure':
      return readStructure(shape, node, path, unknowns);
  }
}

function readStructure(shape: StructureShape, node: Node, path: string, unknowns: Unknowns): Values {
  const values: Values = {};
  for (const [name, child] of node.children) {
    const member = shape.byXmlName.get(name);
    const at = path === '' ? (member?.pathName ?? name) : `${path}.${member?.pathName ?? name}`;
    if (member === undefined) unknowns.push(at);
    else values[member.name] = read(member.shape, child, at, unknowns, member.flattened);
  }
  return values;
}

function readList(shape: ListShape, node: Node, path: string, unknowns: Unknowns, flattened: boolean): unknown[] {
  // Smithy: an empty list is the parameter alone, without a value.
  if (node.children.size === 0 && node.value === '') return [];
  const items = flattened ? node : node.children.get(shape.element.xmlName);
  return numbered(items, path).map(([i, item]) => read(shape.element.shape, item, `${path}.${i}.member`, unknowns, false));
}

function readMap(shape: MapShape, node: Node, path: string, unknowns: Unknowns, flattened: boolean): Values {
  const values: Values = {};
  for (const [i, entry] of numbered(flattened ? node : node.children.get('entry'), path)) {
    const key = entry.children.get('key')?.value;
    const value = entry.children.get('value');
    if (key === undefined || value === undefined) throw new WireFault('structure', `${path}.${i}: an entry without key or value`);
    setOwn(values, key, read(shape.value.shape, value, `${path}.${key}`, unknowns, false));
  }
  return values;
}

function numbered(node: Node | undefined, path: string): [number, Node][] {
  if (node === undefined || node.children.size === 0) throw new WireFault('structure', `${path}: not a list`);
  const items: [number, Node][] = [];
  for (const [key, child] of node.children) {
    if (!/^[1-9]\d{0,5}$/.test(key)) throw new WireFault('structure', `${path}: '${key.slice(0, 20)}' is not an index`);
    items.push([Number(key), child]);
  }
  return items.toSorted((a, b) => a[0] - b[0]);
}

/** `<GetCallerIdentityResponse><GetCallerIdentityResult>...` */
export function writeQueryOutput(model: ServiceModel, operation: Operation, output: Values, requestId: string): string {
  const { name } = operation;
  const result = operation.output === undefined ? '' : `<${name}Result>${writeMembers(operation.output, output)}</${name}Result>`;
  const metadata = `<ResponseMetadata><RequestId>${escapeText(requestId)}</RequestId></ResponseMetadata>`;
  return `<${name}Response xmlns="${model.namespace ?? ''}">${result}${metadata}</${name}Response>`;
}
