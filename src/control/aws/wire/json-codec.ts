/**
 * JSON to values and back, by the model, for awsJson1.1 and restJson1. Smithy 2.0: AWS JSON protocols: blobs in base64, timestamps as
 * epoch seconds. The same strictness as in XML: a wrong type is a fault with a path, an unknown member is collected and ignored.
 */
import { WireFault } from './faults.ts';
import type { Member, ScalarShape, Shape, StructureShape } from './model.ts';
import { readBase64, readScalar, writeBase64, writeTimestamp } from './scalar.ts';
import { setOwn, type Unknowns, type Values } from './xml-codec.ts';

// Ours: recursive shapes (a WAF statement) are the only way to go deep.
const MAX_DEPTH = 64;

/** The parsed text. Throws WireFault. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WireFault('syntax', `JSON: ${error instanceof Error ? error.message : 'not readable'}`);
  }
}

export function readJson(shape: Shape, value: unknown, path: string, unknowns: Unknowns, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new WireFault('too-large', `JSON is nested more than ${MAX_DEPTH} deep`);
  switch (shape.kind) {
    case 'scalar':
      return readJsonScalar(shape, value, path);
    case 'list':
      if (!Array.isArray(value)) throw wrongType(path, 'a list', value);
      return value.map((item, i) => readJson(shape.element.shape, item, `${path}.${i + 1}.member`, unknowns, depth + 1));
    case 'map': {
      const values: Values = {};
      for (const [key, item] of entriesOf(value, path)) {
        setOwn(values, key, readJson(shape.value.shape, item, `${path}.${key}`, unknowns, depth + 1));
      }
      return values;
    }
    case 'structure':
      return readJsonStructure(shape, value, path, unknowns, depth);
  }
}

function readJsonStructure(shape: StructureShape, value: unknown, path: string, unknowns: Unknowns, depth: number): Values {
  const members = new Map<string, Member>(shape.members.map((member) => [member.jsonName, member]));
  const values: Values = {};
  for (const [key, item] of entriesOf(value, path)) {
    const member = members.get(key);
    const at = path === '' ? (member?.pathName ?? key) : `${path}.${member?.pathName ?? key}`;
    if (member === undefined) unknowns.push(at);
    else if (item !== null && member.binding.at === 'body')
      values[member.name] = readJson(member.shape, item, at, unknowns, depth + 1);
  }
  return values;
}

function readJsonScalar(shape: ScalarShape, value: unknown, path: string): unknown {
  switch (shape.type) {
    case 'document':
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(path, 'true or false', value);
      return value;
    case 'number':
    case 'integer':
    case 'long':
      if (typeof value === 'number' || (shape.type === 'number' && typeof value === 'string'))
        return readScalar(shape, String(value), path);
      throw wrongType(path, 'a number', value);
    case 'timestamp':
      if (typeof value !== 'number' && typeof value !== 'string') throw wrongType(path, 'a timestamp', value);
      return readScalar(shape, String(value), path);
    case 'string':
    case 'blob':
      if (typeof value !== 'string') throw wrongType(path, 'a string', value);
      return shape.type === 'blob' ? readBase64(value, path) : value;
  }
}

/** What JSON.stringify is to print. Members bound to headers and the like are left out. */
export function writeJson(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'scalar':
      return writeJsonScalar(shape, value);
    case 'list':
      return (value as unknown[]).map((item) =>
        item === null || item === undefined ? null : writeJson(shape.element.shape, item),
      );
    case 'map': {
      const written: Values = {};
      for (const [key, item] of Object.entries(value as Values)) setOwn(written, key, writeJson(shape.value.shape, item));
      return written;
    }
    case 'structure': {
      const written: Values = {};
      for (const member of shape.members) {
        const item = (value as Values)[member.name];
        if (item === undefined || item === null || member.binding.at !== 'body') continue;
        written[member.jsonName] = writeJson(member.shape, item);
      }
      return written;
    }
  }
}

function writeJsonScalar(shape: ScalarShape, value: unknown): unknown {
  if (shape.type === 'blob') return writeBase64(value);
  if (shape.type !== 'timestamp') return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  const text = writeTimestamp(value, shape.timestamp ?? 'epoch-seconds');
  return shape.timestamp === undefined || shape.timestamp === 'epoch-seconds' ? Number(text) : text;
}

function entriesOf(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(path, 'an object', value);
  return Object.entries(value);
}

function wrongType(path: string, wanted: string, value: unknown): WireFault {
  const got =
    value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  return new WireFault('structure', `${path || 'the document'}: ${got} where ${wanted} belongs`);
}
