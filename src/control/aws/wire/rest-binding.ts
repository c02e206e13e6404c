/**
 * Where an operation's members stand in an HTTP message: labels, query, headers, payload, body; and for awsQuery and awsJson1.1, which
 * have none of that, the whole body. Smithy 2.0: HTTP bindings, AWS protocols. Root elements: an output with a payload member is that
 * element itself, every other output is wrapped in its own name.
 */
import { WireFault } from './faults.ts';
import { parseJson, readJson, writeJson } from './json-codec.ts';
import type { Member, Operation, ScalarShape, ServiceModel, StructureShape } from './model.ts';
import { readQueryInput, writeQueryOutput } from './query-codec.ts';
import { readScalar, writeScalar } from './scalar.ts';
import { escapeText, readElement, setOwn, writeElement, writeMembers, type Unknowns, type Values } from './xml-codec.ts';
import { readXml, type XmlElement } from './xml-read.ts';

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A request taken apart, as much of it as an operation's input can hold. */
export interface RequestParts {
  readonly labels: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** The whole body; undefined where the operation's payload is streamed and the caller sets that member itself. */
  readonly bodyText: string | undefined;
  /** The same, undecoded, for payloads that are blobs. Absent: the bytes of bodyText. */
  readonly bodyBytes?: Uint8Array;
}

export interface InputRead {
  readonly input: Values;
  /** Paths of elements, members and parameters the model does not know. */
  readonly unknowns: Unknowns;
}

/** The operation's input. Throws WireFault. Constraints are not judged here: see validate.ts. */
export function readInput(model: ServiceModel, operation: Operation, parts: RequestParts): InputRead {
  const shape = operation.input;
  const unknowns: Unknowns = [];
  if (shape === undefined) return { input: {}, unknowns };
  const text = parts.bodyText ?? '';
  switch (model.protocol) {
    case 'awsQuery': {
      const form = text === '' ? parts.query : new URLSearchParams(text);
      return { input: readQueryInput(shape, form, unknowns), unknowns };
    }
    case 'awsJson1.1':
      return { input: readJson(shape, text === '' ? {} : parseJson(text), '', unknowns) as Values, unknowns };
    case 'restXml':
    case 'restJson1': {
      const input: Values = {};
      for (const member of shape.members) readBound(member, parts, shape, input);
      if (text !== '' || parts.bodyBytes?.length) readBody(model, shape, text, parts.bodyBytes, input, unknowns);
      return { input, unknowns };
    }
  }
}

function readBound(member: Member, parts: RequestParts, shape: StructureShape, input: Values): void {
  const { binding } = member;
  switch (binding.at) {
    case 'label': {
      const text = parts.labels.get(member.name);
      if (text !== undefined) input[member.name] = readScalar(scalarOf(member), text, member.pathName);
      return;
    }
    case 'query':
      readQueryMember(member, binding.name, parts.query, input);
      return;
    case 'query-params':
      input[member.name] = readOtherParameters(member, shape, parts.query);
      return;
    case 'header': {
      const text = parts.headers.get(binding.name);
      if (text !== null) input[member.name] = readHeader(member, text);
      return;
    }
    case 'prefix-headers': {
      const found: Values = {};
      for (const [name, value] of parts.headers) {
        if (name.startsWith(binding.name)) setOwn(found, name.slice(binding.name.length), value);
      }
      input[member.name] = found;
      break;
    }
    case 'body':
    case 'payload':
    case 'status':
  }
}

function readQueryMember(member: Member, name: string, query: URLSearchParams, input: Values): void {
  if (!query.has(name)) return;
  const { shape } = member;
  if (shape.kind === 'list') {
    input[member.name] = query.getAll(name).map((text) => readScalar(scalarOf(shape.element), text, member.pathName));
  } else {
    input[member.name] = readScalar(scalarOf(member), query.get(name) ?? '', member.pathName);
  }
}

function readOtherParameters(member: Member, shape: StructureShape, query: URLSearchParams): Values {
  const named = new Set(shape.members.flatMap(({ binding }) => (binding.at === 'query' ? [binding.name] : [])));
  const lists = member.shape.kind === 'map' && member.shape.value.shape.kind === 'list';
  const found: Values = {};
  for (const name of new Set(query.keys())) {
    if (!named.has(name)) setOwn(found, name, lists ? query.getAll(name) : (query.get(name) ?? ''));
  }
  return found;
}

function readHeader(member: Member, text: string): unknown {
  const { shape } = member;
  if (shape.kind !== 'list') return readScalar(scalarOf(member), text, member.pathName);
  return text.split(',').map((item) => readScalar(scalarOf(shape.element), item.trim(), member.pathName));
}

function readBody(
  model: ServiceModel,
  shape: StructureShape,
  text: string,
  bytes: Uint8Array | undefined,
  input: Values,
  unknowns: Unknowns,
): void {
  const payload = shape.members.find((member) => member.binding.at === 'payload');
  if (payload?.shape.kind === 'scalar') {
    if (!payload.shape.streaming)
      input[payload.name] = payload.shape.type === 'blob' ? (bytes ?? new TextEncoder().encode(text)) : text;
    return;
  }
  const hasBody = payload !== undefined || shape.members.some((member) => member.binding.at === 'body');
  if (!hasBody) return;
  if (model.protocol === 'restJson1') {
    const value = parseJson(text);
    if (payload === undefined) Object.assign(input, readJson(shape, value, '', unknowns));
    else input[payload.name] = readJson(payload.shape, value, payload.pathName, unknowns);
    return;
  }
  const root = readXml(text);
  if (payload === undefined) Object.assign(input, readElement(shape, root, '', unknowns));
  else {
    refuseOtherRoot(payload, root);
    input[payload.name] = readElement(payload.shape, root, payload.pathName, unknowns);
  }
}

function refuseOtherRoot(payload: Member, root: XmlElement): void {
  const shapeName = payload.shape.kind === 'structure' ? payload.shape.xmlName : payload.xmlName;
  if (root.name !== payload.xmlName && root.name !== shapeName) {
    throw new WireFault('structure', `root element <${root.name}> where <${payload.xmlName}> belongs`);
  }
}

function scalarOf(member: Member): ScalarShape {
  if (member.shape.kind !== 'scalar') throw new Error(`${member.name} is bound outside the body but is a ${member.shape.kind}`);
  return member.shape;
}

export interface OutputWritten {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Record<string, string>;
  /** Null: no body at all. A streamed payload is handed through as the handler gave it. */
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null;
}

/** The message that answers with `output`. */
export function writeOutput(model: ServiceModel, operation: Operation, output: Values, requestId = ''): OutputWritten {
  switch (model.protocol) {
    case 'awsQuery': {
      const body = XML_DECLARATION + writeQueryOutput(model, operation, output, requestId);
      return { status: operation.status, headers: { 'content-type': 'text/xml' }, body };
    }
    case 'awsJson1.1': {
      const body = JSON.stringify(operation.output === undefined ? {} : writeJson(operation.output, output));
      return { status: operation.status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
    }
    case 'restXml':
    case 'restJson1':
      return writeRestOutput(model, operation, output);
  }
}

function writeRestOutput(model: ServiceModel, operation: Operation, output: Values): OutputWritten {
  const headers: Record<string, string> = {};
  const shape = operation.output;
  if (shape === undefined) return { status: operation.status, headers, body: null };
  let { status } = operation;
  for (const member of shape.members) {
    const value = output[member.name];
    if (value === undefined || value === null) continue;
    if (member.binding.at === 'header') headers[member.binding.name] = writeHeader(member, value);
    else if (member.binding.at === 'status') status = Number(value);
    else if (member.binding.at === 'prefix-headers') {
      for (const [name, text] of Object.entries(value as Values))
        headers[member.binding.name + name.toLowerCase()] = String(text);
    }
  }
  const written = writeBody(model, shape, output);
  if (written === null || status === 204) return { status, headers, body: null };
  return { status, headers: { 'content-type': written.contentType, ...headers }, body: written.body };
}

type Body = { readonly contentType: string; readonly body: string | Uint8Array | ReadableStream<Uint8Array> };

function writeBody(model: ServiceModel, shape: StructureShape, output: Values): Body | null {
  const payload = shape.members.find((member) => member.binding.at === 'payload');
  if (payload !== undefined) {
    const value = output[payload.name];
    if (value === undefined || value === null) return null;
    if (payload.shape.kind === 'scalar') {
      return { contentType: 'application/octet-stream', body: value as string | Uint8Array | ReadableStream<Uint8Array> };
    }
    if (model.protocol === 'restJson1') return json(writeJson(payload.shape, value));
    const name = payload.xmlName === payload.name && payload.shape.kind === 'structure' ? payload.shape.xmlName : payload.xmlName;
    return xml(writeElement(payload.shape, name, value, namespaceOf(model)));
  }
  if (!shape.members.some((member) => member.binding.at === 'body')) return null;
  if (model.protocol === 'restJson1') return json(writeJson(shape, output));
  const inside = shape.unwrapped ? writeUnwrapped(shape, output) : writeMembers(shape, output);
  return xml(`<${shape.xmlName}${namespaceOf(model)}>${inside}</${shape.xmlName}>`);
}

function writeUnwrapped(shape: StructureShape, output: Values): string {
  const [member] = shape.members;
  const value = member && output[member.name];
  return value === undefined || value === null ? '' : escapeText(writeScalar(scalarOf(member!), value, 'date-time'));
}

function writeHeader(member: Member, value: unknown): string {
  const { shape } = member;
  if (shape.kind === 'list')
    return (value as unknown[]).map((item) => writeScalar(scalarOf(shape.element), item, 'http-date')).join(',');
  return writeScalar(scalarOf(member), value, 'http-date');
}

function namespaceOf(model: ServiceModel): string {
  return model.namespace === undefined ? '' : ` xmlns="${model.namespace}"`;
}

function xml(element: string): Body {
  return { contentType: 'text/xml', body: XML_DECLARATION + element };
}

function json(value: unknown): Body {
  return { contentType: 'application/json', body: JSON.stringify(value) };
}
