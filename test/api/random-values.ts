/**
 * Random values that a shape of a service model allows, from a seed: the raw material of the round-trip test.
 * Awkward text on purpose: markup, line ends, astral characters, empty strings and lists. Constraints are kept.
 */
import type { Constraint, Member, ScalarShape, Shape, StructureShape } from '../../src/control/aws/wire/model.ts';

export type Random = () => number;

/** Mulberry32: small, and the same on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TEXTS = [
  'plain',
  '',
  'a & <b> "c" \'d\'',
  ' spaces around ',
  'line\nbreak\r\nand\ttab',
  'Grüße 😀 ]]>',
  '-----BEGIN-----\nAb+/=\n-----END-----\n',
];
/** Header fields and paths carry less. */
const PLAIN_TEXTS = ['plain', 'E2QWRUHAPOMQZL', 'a-b_c.1'];
const PATTERNED = [
  '01234567-89ab-cdef-0123-456789abcdef',
  'awswaf:managed:',
  '123456',
  'abcdefghijklmnopqrstuvwxyz',
  'abc-123',
  'us-east-1',
  'arn:aws:cloudfront::000000000000:function/f-1',
  'arn:aws:cloudfront::000000000000:key-value-store/01234567-89ab-cdef-0123-456789abcdef',
  'arn:aws:cloudfront::000000000000:distribution/E2QWRUHAPOMQZL',
  'arn:aws:acm:us-east-1:000000000000:certificate/01234567-89ab-cdef-0123-456789abcdef',
  'arn:aws:acm-pca:us-east-1:000000000000:certificate-authority/01234567-89ab-cdef-0123-456789abcdef',
  '*.example.com',
  '0a:1b:2c',
  '-----BEGIN CERTIFICATE-----\nAb+/=\n-----END CERTIFICATE-----\n',
  '-----BEGIN PRIVATE KEY-----\nAb+/=\n-----END PRIVATE KEY-----\n',
];

const MAX_DEPTH = 9;

export function randomStructure(shape: StructureShape, random: Random, depth = 0): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const member of shape.members) {
    // A payload's media type has a default, so that leaving it out is not giving nothing.
    const isMediaType = member.binding.at === 'header' && member.binding.name === 'content-type';
    const isNeeded = member.required || member.binding.at === 'payload' || isMediaType;
    if (!isNeeded && (depth > MAX_DEPTH || random() < 0.4)) continue;
    values[member.name] = randomMember(member, random, depth);
  }
  // Query parameters have no way to say an empty structure.
  const [first] = shape.members;
  if (depth > 0 && first !== undefined && Object.keys(values).length === 0)
    values[first.name] = randomMember(first, random, depth);
  return values;
}

function randomMember(member: Member, random: Random, depth: number): unknown {
  return randomValue(
    member.shape,
    member.constraint,
    random,
    depth,
    member.binding.at === 'body' || member.binding.at === 'payload',
  );
}

function randomValue(shape: Shape, constraint: Constraint | undefined, random: Random, depth: number, inBody: boolean): unknown {
  switch (shape.kind) {
    case 'scalar':
      return randomScalar(shape, constraint, random, inBody);
    case 'list': {
      const { min = 0, max = 3 } = shape.constraint ?? constraint ?? {};
      const length = Math.min(max, Math.max(min, depth > MAX_DEPTH ? 0 : Math.floor(random() * 3)));
      return Array.from({ length }, () => randomMember(shape.element, random, depth + 1));
    }
    case 'map':
      return Object.fromEntries([1, 2].map((i) => [`key ${i}`, randomMember(shape.value, random, depth + 1)]));
    case 'structure':
      return randomStructure(shape, random, depth + 1);
  }
}

function randomScalar(shape: ScalarShape, constraint: Constraint | undefined, random: Random, inBody: boolean): unknown {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const { min = 0, max = 1000 } = constraint ?? {};
  switch (shape.type) {
    case 'boolean':
      return random() < 0.5;
    case 'integer':
    case 'long':
    case 'number':
      return Math.floor(min + random() * (max - min));
    case 'timestamp':
      return new Date(1_600_000_000_000 + Math.floor(random() * 1e9) * 1000);
    case 'blob':
      return Uint8Array.from({ length: 1 + Math.floor(random() * 50) }, () => Math.floor(random() * 256));
    case 'document':
      return { a: [1, 'two'] };
    case 'string': {
      if (constraint?.values !== undefined) return pick([...constraint.values]);
      const texts = constraint?.pattern === undefined ? (inBody ? TEXTS : PLAIN_TEXTS) : PATTERNED;
      return pick([...texts, 'x'.repeat(Math.max(1, min))].filter((text) => isAllowed(text, constraint)));
    }
  }
}

function isAllowed(text: string, constraint: Constraint | undefined): boolean {
  const { min = 0, max = Infinity, pattern } = constraint ?? {};
  const { length } = Array.from(text);
  return length >= min && length <= max && (pattern === undefined || pattern.matches.test(text));
}
