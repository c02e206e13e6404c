/**
 * An AWS service as data: operations, shapes, bindings, constraints. The committed files in ../models/ (ModelFile, made by
 * tools/gen-model.ts from the AWS SDK) are linked here, once at start, into the form that the codecs walk.
 * Smithy 2.0: simple and aggregate shapes, HTTP bindings, XML bindings. Nothing here reads or writes a message.
 */

export type Protocol = 'restXml' | 'awsQuery' | 'awsJson1.1' | 'restJson1';

/** A shape in a file: a scalar's word, `#Name`, `[` and an element (list of), `{` and an element (map from string to). */
export type TypeWord = string;

export interface MemberFile {
  readonly type: TypeWord;
  readonly label?: true;
  readonly query?: string;
  /** The member takes every query parameter nobody else names. */
  readonly queryParams?: true;
  /** Lower case. */
  readonly header?: string;
  readonly prefixHeaders?: string;
  readonly payload?: true;
  readonly statusCode?: true;
  readonly xmlName?: string;
  readonly flattened?: true;
  readonly attribute?: true;
  readonly xmlns?: readonly [prefix: string, uri: string];
  readonly jsonName?: string;
  readonly enum?: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

export interface StructureFile {
  readonly members: Readonly<Record<string, TypeWord | MemberFile>>;
  /** How many of the members, which come first, are required. */
  readonly required?: number;
  readonly xmlName?: string;
  readonly union?: true;
  /** The root element holds the only member's text. S3: GetBucketLocation. */
  readonly unwrapped?: true;
}

export interface ListFile {
  readonly list: TypeWord | MemberFile;
  readonly min?: number;
  readonly max?: number;
}

export interface MapFile {
  readonly map: TypeWord | MemberFile;
}

export interface OperationFile {
  readonly http: readonly [method: string, uri: string, status: number];
  readonly input?: TypeWord;
  readonly output?: TypeWord;
}

export interface ModelFile {
  /** The SigV4 scope's service name. */
  readonly signingName: string;
  readonly protocol: Protocol;
  readonly version: string;
  readonly namespace?: string;
  readonly target: string;
  readonly operations: Readonly<Record<string, OperationFile>>;
  readonly shapes: Readonly<Record<string, StructureFile | ListFile | MapFile>>;
  /** Code to HTTP status. */
  readonly errors: Readonly<Record<string, number>>;
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

export type ScalarType = 'string' | 'number' | 'integer' | 'long' | 'boolean' | 'blob' | 'timestamp' | 'document';
export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

export interface ScalarShape {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  /** Undefined: whatever is usual where the value stands. */
  readonly timestamp: TimestampFormat | undefined;
  /** A blob that the handler streams. */
  readonly streaming: boolean;
}

export interface ListShape {
  readonly kind: 'list';
  readonly element: Member;
  readonly constraint: Constraint | undefined;
}

export interface MapShape {
  readonly kind: 'map';
  readonly value: Member;
}

export interface StructureShape {
  readonly kind: 'structure';
  readonly name: string;
  readonly xmlName: string;
  readonly members: readonly Member[];
  readonly byXmlName: ReadonlyMap<string, Member>;
  readonly byAttribute: ReadonlyMap<string, Member>;
  readonly unwrapped: boolean;
}

export type Shape = ScalarShape | ListShape | MapShape | StructureShape;

export type Binding =
  | { readonly at: 'body' }
  | { readonly at: 'label' }
  | { readonly at: 'payload' }
  | { readonly at: 'query' | 'header' | 'prefix-headers'; readonly name: string }
  | { readonly at: 'query-params' }
  | { readonly at: 'status' };

export interface Constraint {
  readonly values?: ReadonlySet<string>;
  readonly min?: number;
  readonly max?: number;
  /** Anchored at both ends. */
  readonly pattern?: { readonly source: string; readonly matches: RegExp };
}

export interface Member {
  readonly name: string;
  /** As AWS's validation messages spell it: the first letter lower. */
  readonly pathName: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly binding: Binding;
  /** Element or attribute name; for a list's element, the item's name. */
  readonly xmlName: string;
  readonly jsonName: string;
  readonly flattened: boolean;
  readonly attribute: boolean;
  /** ` xmlns:xsi="..."`, ready to be written, or ''. */
  readonly xmlnsAttribute: string;
  readonly constraint: Constraint | undefined;
}

export interface Operation {
  readonly name: string;
  readonly method: string;
  /** `/2020-05-31/distribution/{Id}/config?literal=value` */
  readonly uri: string;
  readonly status: number;
  readonly input: StructureShape | undefined;
  readonly output: StructureShape | undefined;
}

export interface ServiceModel {
  readonly signingName: string;
  readonly protocol: Protocol;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly target: string;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly errors: ReadonlyMap<string, number>;
}

/** Links a model file. Throws when it is inconsistent, which is our own mistake. */
export function loadModel(file: ModelFile): ServiceModel {
  const shapeOf = linker(file);
  const structureOf = (word: TypeWord | undefined): StructureShape | undefined => {
    const shape = word === undefined ? undefined : shapeOf(word);
    if (shape !== undefined && shape.kind !== 'structure') throw new Error(`${file.signingName}: ${word} is not a structure`);
    return shape;
  };
  const operations = new Map<string, Operation>();
  for (const [name, { http, input, output }] of Object.entries(file.operations)) {
    const [method, uri, status] = http;
    operations.set(name, { name, method, uri, status, input: structureOf(input), output: structureOf(output) });
  }
  const { signingName, protocol, version, namespace, target } = file;
  return { signingName, protocol, version, namespace, target, operations, errors: new Map(Object.entries(file.errors)) };
}

const SCALARS: ReadonlyMap<string, ScalarShape> = new Map([
  ...(['string', 'number', 'integer', 'long', 'boolean', 'blob', 'timestamp', 'document'] as const).map(
    (type) => [type, scalar(type)] as const,
  ),
  ['stream', scalar('blob', { streaming: true })],
  ...(['date-time', 'http-date', 'epoch-seconds'] as const).map(
    (timestamp) => [timestamp, scalar('timestamp', { timestamp })] as const,
  ),
]);

function scalar(type: ScalarType, more: { timestamp?: TimestampFormat; streaming?: boolean } = {}): ScalarShape {
  return { kind: 'scalar', type, timestamp: more.timestamp, streaming: more.streaming ?? false };
}

/** Shapes by their words. Shapes may hold themselves: members are filled in after the shape is known. */
function linker(file: ModelFile): (word: TypeWord) => Shape {
  const known = new Map<TypeWord, Shape>(SCALARS);
  const memberOf = (name: string, source: TypeWord | MemberFile, required: boolean): Member =>
    linkMember(name, typeof source === 'string' ? { type: source } : source, required, shapeOf, file);

  function shapeOf(word: TypeWord): Shape {
    const found = known.get(word);
    if (found !== undefined) return found;
    if (word.startsWith('[')) return link(word, { list: word.slice(1) });
    if (word.startsWith('{')) return link(word, { map: word.slice(1) });
    const named = file.shapes[word.slice(1)];
    if (!word.startsWith('#') || named === undefined) throw new Error(`${file.signingName}: no shape ${word}`);
    return link(word, named);
  }

  function link(word: TypeWord, source: StructureFile | ListFile | MapFile): Shape {
    if ('list' in source) {
      const constraint = linkConstraint(source, file);
      return remember(word, { kind: 'list', constraint }, (shape) => ({
        element: memberOf('member', source.list, false),
        ...shape,
      }));
    }
    if ('map' in source) return remember(word, { kind: 'map' }, () => ({ value: memberOf('value', source.map, false) }));
    const name = word.slice(1);
    const head = { kind: 'structure' as const, name, xmlName: source.xmlName ?? name, unwrapped: source.unwrapped ?? false };
    return remember(word, head, () => {
      const members = Object.entries(source.members).map(([key, member], i) => memberOf(key, member, i < (source.required ?? 0)));
      const elements = members.filter((member) => member.binding.at === 'body' && !member.attribute);
      const attributes = members.filter((member) => member.attribute);
      return {
        members,
        byXmlName: new Map(elements.map((member) => [member.xmlName, member])),
        byAttribute: new Map(attributes.map((member) => [localName(member.xmlName), member])),
      };
    });
  }

  function remember<H extends object>(word: TypeWord, head: H, rest: (head: H) => object): Shape {
    const shape = { ...head } as unknown as Shape;
    known.set(word, shape);
    return Object.assign(shape, rest(head));
  }
  return shapeOf;
}

function linkMember(
  name: string,
  source: MemberFile,
  required: boolean,
  shapeOf: (word: TypeWord) => Shape,
  file: ModelFile,
): Member {
  const shape = shapeOf(source.type);
  const flattened = source.flattened ?? false;
  return {
    name,
    pathName: name.charAt(0).toLowerCase() + name.slice(1),
    shape,
    required,
    binding: linkBinding(source),
    xmlName: source.xmlName ?? name,
    jsonName: source.jsonName ?? name,
    flattened,
    attribute: source.attribute ?? false,
    xmlnsAttribute: source.xmlns === undefined ? '' : ` xmlns:${source.xmlns[0]}="${source.xmlns[1]}"`,
    constraint: linkConstraint(source, file),
  };
}

function linkBinding(source: MemberFile): Binding {
  if (source.label) return { at: 'label' };
  if (source.query !== undefined) return { at: 'query', name: source.query };
  if (source.queryParams) return { at: 'query-params' };
  if (source.header !== undefined) return { at: 'header', name: source.header };
  if (source.prefixHeaders !== undefined) return { at: 'prefix-headers', name: source.prefixHeaders };
  if (source.payload) return { at: 'payload' };
  if (source.statusCode) return { at: 'status' };
  return { at: 'body' };
}

type ConstraintFile = Pick<MemberFile, 'enum' | 'min' | 'max' | 'pattern'>;

function linkConstraint(source: ConstraintFile, file: ModelFile): Constraint | undefined {
  const { enum: enumName, min, max, pattern } = source;
  if (enumName === undefined && min === undefined && max === undefined && pattern === undefined) return undefined;
  return {
    ...(enumName === undefined ? {} : { values: new Set(file.enums[enumName]) }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(pattern === undefined ? {} : { pattern: { source: pattern, matches: new RegExp(`^(?:${pattern})$`, 'su') } }),
  };
}

/** The name without its namespace prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
