/**
 * The smallest MaxMind DB file (format 2.0): one record, for the addresses 0.0.0.0 to 127.255.255.255.
 */
type Value = string | number | readonly Value[] | { readonly [name: string]: Value };

const STRING = 2;
const DOUBLE = 3;
const UINT32 = 6;
const MAP = 7;
const ARRAY = 11;

/** A tree of one node: its left half leads to the record, its right half to nothing. */
export function mmdbFile(record: Value, metadata: { readonly [name: string]: Value } = {}): Buffer {
  const nodeCount = 1;
  const separator = Buffer.alloc(16);
  const node = Buffer.alloc(6);
  node.writeUIntBE(nodeCount + separator.length, 0, 3);
  node.writeUIntBE(nodeCount, 3, 3);
  const described = {
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    database_type: 'Test',
    description: {},
    ip_version: 4,
    languages: [],
    node_count: nodeCount,
    record_size: 24,
    ...metadata,
  };
  return Buffer.concat([node, separator, encode(record), Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), encode(described)]);
}

function encode(value: Value): Buffer {
  if (typeof value === 'string') return typed(STRING, Buffer.byteLength(value), Buffer.from(value));
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? uint32(value) : double(value);
  if (isList(value)) return typed(ARRAY, value.length, ...value.map(encode));
  const members = Object.entries(value);
  return typed(MAP, members.length, ...members.flatMap(([name, member]) => [encode(name), encode(member)]));
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return typed(UINT32, bytes.length, bytes);
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return typed(DOUBLE, bytes.length, bytes);
}

/** The control octet: type and size, up to 28. Types from 8 on stand in an octet of their own. */
function typed(type: number, size: number, ...contents: readonly Buffer[]): Buffer {
  if (size > 28) throw new Error(`too large for this fixture: ${size}`);
  return Buffer.concat([Buffer.from(type < 8 ? [(type << 5) | size] : [size, type - 7]), ...contents]);
}
