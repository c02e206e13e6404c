/**
 * Turns the runtime schemas of the pinned `@aws-sdk/client-*` devDependencies into src/control/aws/models/<service>.json, so that the
 * server speaks each AWS API from the model and no AWS package is needed at run time. A further service is one more row in SERVICES.
 * Enum links, lengths, ranges and patterns, which the SDK lacks, come from tools/constraints/ (extract-constraints.py).
 * The files' form is decided in src/control/aws/wire/model.ts.
 *
 *   bun tools/gen-model.ts            writes the models
 *   bun tools/gen-model.ts --check    fails when a committed model is not what would be written
 */
import { join } from 'node:path';
import * as acm from '@aws-sdk/client-acm';
import * as cloudfront from '@aws-sdk/client-cloudfront';
import * as cloudfrontKeyValueStore from '@aws-sdk/client-cloudfront-keyvaluestore';
import * as lambda from '@aws-sdk/client-lambda';
import * as s3 from '@aws-sdk/client-s3';
import * as sts from '@aws-sdk/client-sts';
import * as wafv2 from '@aws-sdk/client-wafv2';
import type {
  ListFile,
  MapFile,
  MemberFile,
  ModelFile,
  OperationFile,
  Protocol,
  StructureFile,
  TypeWord,
} from '../src/control/aws/wire/model.ts';
import acmConstraints from './constraints/acm.json' with { type: 'json' };
import cloudfrontConstraints from './constraints/cloudfront.json' with { type: 'json' };
import keyValueConstraints from './constraints/cloudfront-keyvaluestore.json' with { type: 'json' };
import lambdaConstraints from './constraints/lambda.json' with { type: 'json' };
import s3Constraints from './constraints/s3.json' with { type: 'json' };
import stsConstraints from './constraints/sts.json' with { type: 'json' };
import wafv2Constraints from './constraints/wafv2.json' with { type: 'json' };

interface ServiceRow {
  readonly signingName: string;
  readonly sdk: Readonly<Record<string, unknown>>;
  readonly client: new (config: object) => { readonly config: object };
  readonly constraints: Constraints;
  /** Outputs whose root element holds the only member's text, which the SDK's schemas do not say. */
  readonly unwrapped?: readonly string[];
}

const SERVICES: readonly ServiceRow[] = [
  { signingName: 'acm', sdk: acm, client: acm.ACMClient, constraints: acmConstraints },
  { signingName: 'cloudfront', sdk: cloudfront, client: cloudfront.CloudFrontClient, constraints: cloudfrontConstraints },
  {
    signingName: 'cloudfront-keyvaluestore',
    sdk: cloudfrontKeyValueStore,
    client: cloudfrontKeyValueStore.CloudFrontKeyValueStoreClient,
    constraints: keyValueConstraints,
  },
  { signingName: 'lambda', sdk: lambda, client: lambda.LambdaClient, constraints: lambdaConstraints },
  { signingName: 's3', sdk: s3, client: s3.S3Client, constraints: s3Constraints, unwrapped: ['GetBucketLocationOutput'] },
  { signingName: 'sts', sdk: sts, client: sts.STSClient, constraints: stsConstraints },
  { signingName: 'wafv2', sdk: wafv2, client: wafv2.WAFV2Client, constraints: wafv2Constraints },
];

interface Limit {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly whole?: string;
}

interface Constraints {
  readonly enums: Readonly<Record<string, readonly string[] | undefined>>;
  readonly limits: Readonly<Record<string, Limit | undefined>>;
  readonly members: Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>;
  readonly items: Readonly<Record<string, string | undefined>>;
}

const MODELS = join(import.meta.dir, '../src/control/aws/models');

/** The models that belong on disk: file path to text. */
export function generateModels(): ReadonlyMap<string, string> {
  return new Map(SERVICES.map((row) => [join(MODELS, `${row.signingName}.json`), printModel(new ModelBuilder(row).build())]));
}

// The SDK's schema form: arrays tagged by a number. Aggregates may be behind a function, so that they can hold themselves.
const KIND = { operation: 9, structure: 3, union: 4, list: 1, map: 2, error: -3, simple: 0 } as const;
const LIST_OF = 64;
const MAP_OF = 128;
const SCALAR_WORDS: Readonly<Record<number, TypeWord>> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  5: 'date-time',
  6: 'http-date',
  7: 'epoch-seconds',
  15: 'document',
  21: 'blob',
  42: 'stream',
};
/** Member traits packed into a number. The others (idempotent, token, sensitive) do not concern a server. */
const BIT = { label: 1, payload: 16, statusCode: 32, queryParams: 64 } as const;

type Schema = readonly unknown[];
type Traits = Readonly<Record<string, unknown>>;

class ModelBuilder {
  readonly #shapes: Record<string, StructureFile | ListFile | MapFile> = {};
  readonly #enums: Record<string, readonly string[]> = {};

  constructor(readonly row: ServiceRow) {}

  build(): ModelFile {
    const operations: Record<string, OperationFile> = {};
    const errors: Record<string, number> = {};
    for (const [name, schema] of exportedSchemas(this.row.sdk)) {
      if (schema[0] === KIND.operation) operations[name] = this.#operation(schema);
      if (schema[0] === KIND.error) Object.assign(errors, errorStatus(schema));
    }
    return {
      ...protocolOf(this.row),
      operations: sorted(operations),
      shapes: sorted(this.#shapes),
      errors: sorted(errors),
      enums: sorted(this.#enums),
    };
  }

  #operation(schema: Schema): OperationFile {
    const traits = traitsOf(schema[3]);
    const [method, uri, status] = (traits.http as [string, string, number] | undefined) ?? ['POST', '/', 200];
    const input = resolve(schema[4]);
    const output = resolve(schema[5]);
    return {
      // S3: x-id names the operation for SDKs' own logs and is optional on the wire.
      http: [method, uri.replace(/[?&]x-id=\w+$/, ''), status],
      ...(input === 'unit' ? {} : { input: this.#word(input) }),
      ...(output === 'unit' ? {} : { output: this.#word(output) }),
    };
  }

  /** The word for a schema; named aggregates are described on first sight. */
  #word(source: unknown): TypeWord {
    const schema = resolve(source);
    if (schema === 'unit') return this.#describe('Unit', () => ({ members: {} }));
    if (typeof schema === 'number') {
      if (schema >= MAP_OF) return `{${this.#word(schema - MAP_OF)}`;
      if (schema >= LIST_OF) return `[${this.#word(schema - LIST_OF)}`;
      const word = SCALAR_WORDS[schema];
      if (word === undefined) throw new Error(`${this.row.signingName}: unknown scalar ${schema}`);
      return word;
    }
    const [kind, , name] = schema as readonly [number, string, string];
    switch (kind) {
      case KIND.simple:
        return this.#word(schema[4]);
      case KIND.list:
        return this.#describe(name, () => ({ list: this.#listElement(name, schema[4]), ...this.#limitOf(name) }));
      case KIND.map:
        return this.#describe(name, () => ({ map: this.#member(schema[5], undefined) }));
      case KIND.structure:
      case KIND.union:
        return this.#describe(name, () => this.#structure(name, schema));
      default:
        throw new Error(`${this.row.signingName}: unknown kind ${kind} of ${name}`);
    }
  }

  #describe(name: string, describe: () => StructureFile | ListFile | MapFile): TypeWord {
    if (!(name in this.#shapes)) {
      this.#shapes[name] = { members: {} };
      this.#shapes[name] = describe();
    }
    return `#${name}`;
  }

  #structure(name: string, schema: Schema): StructureFile {
    const names = schema[4] as readonly string[];
    const schemas = schema[5] as readonly unknown[];
    const required = schema[6] as number | undefined;
    const { xmlName } = traitsOf(schema[3]);
    const constrained = this.row.constraints.members[name];
    return {
      ...(required === undefined ? {} : { required }),
      ...(typeof xmlName === 'string' ? { xmlName } : {}),
      ...(schema[0] === KIND.union ? { union: true } : {}),
      ...(this.row.unwrapped?.includes(name) ? { unwrapped: true } : {}),
      members: Object.fromEntries(names.map((member, i) => [member, this.#member(schemas[i], constrained?.[member])])),
    };
  }

  #listElement(listName: string, source: unknown): TypeWord | MemberFile {
    return this.#member(source, this.row.constraints.items[listName]);
  }

  /** `constrainedBy` names the shape whose enum, limits or whole-number type hold for the member. */
  #member(source: unknown, constrainedBy: string | undefined): TypeWord | MemberFile {
    const [schema, packed] = isTraited(source) ? source : [source, 0];
    const member: MemberFile = {
      type: this.#type(schema, constrainedBy),
      ...memberTraits(packed, traitsOf(packed)),
      ...(constrainedBy === undefined ? {} : { ...this.#enumOf(constrainedBy), ...this.#memberLimits(schema, constrainedBy) }),
    };
    return Object.keys(member).length === 1 ? member.type : member;
  }

  #type(schema: unknown, constrainedBy: string | undefined): TypeWord {
    const word = this.#word(schema);
    const whole = constrainedBy === undefined ? undefined : this.row.constraints.limits[constrainedBy]?.whole;
    return word === 'number' && whole !== undefined ? whole : word;
  }

  /** A named list carries its own limits; everything else carries them at the member. */
  #memberLimits(schema: unknown, constrainedBy: string): Limit {
    const resolved = resolve(schema);
    return typeof resolved === 'object' && resolved[0] === KIND.list ? {} : this.#limitOf(constrainedBy);
  }

  #limitOf(name: string): Limit {
    const limit = this.row.constraints.limits[name];
    if (limit === undefined) return {};
    return {
      ...(limit.min === undefined ? {} : { min: limit.min }),
      ...(limit.max === undefined ? {} : { max: limit.max }),
      ...(limit.pattern === undefined ? {} : { pattern: unicodePattern(limit.pattern) }),
    };
  }

  /** The SDK's own list of values where it has one, since it is the newer. */
  #enumOf(name: string): { enum?: string } {
    const older = this.row.constraints.enums[name];
    if (older === undefined) return {};
    const newer = this.row.sdk[name];
    this.#enums[name] = typeof newer === 'object' && newer !== null ? Object.values(newer).map(String) : older;
    return { enum: name };
  }
}

function exportedSchemas(sdk: Readonly<Record<string, unknown>>): (readonly [name: string, schema: Schema])[] {
  const found: (readonly [string, Schema])[] = [];
  for (const [key, value] of Object.entries(sdk)) {
    if (key.endsWith('$') && Array.isArray(value)) found.push([String(value[2]), value]);
  }
  return found;
}

function resolve(source: unknown): Schema | number | 'unit' {
  let schema = source;
  while (typeof schema === 'function') schema = (schema as () => unknown)();
  if (typeof schema === 'number' || schema === 'unit') return schema;
  if (Array.isArray(schema)) return isTraited(schema) ? resolve(schema[0]) : schema;
  throw new Error(`not a schema: ${String(schema)}`);
}

/** `[schema, traits]`, as opposed to a schema, which begins with its kind and namespace. */
function isTraited(source: unknown): source is readonly [schema: unknown, traits: unknown] {
  return Array.isArray(source) && source.length === 2;
}

function traitsOf(packed: unknown): Traits {
  return typeof packed === 'object' && packed !== null ? (packed as Traits) : {};
}

function memberTraits(packed: unknown, traits: Traits): Omit<MemberFile, 'type'> {
  const has = (name: string, bit: number): boolean =>
    traits[name] !== undefined || (typeof packed === 'number' && (packed & bit) !== 0);
  const text = (name: string): string | undefined => (typeof traits[name] === 'string' ? traits[name] : undefined);
  const xmlns = traits.xmlNamespace as readonly [string, string] | undefined;
  const found: Record<string, unknown> = {
    label: has('httpLabel', BIT.label) || undefined,
    query: text('httpQuery'),
    queryParams: has('httpQueryParams', BIT.queryParams) || undefined,
    header: text('httpHeader')?.toLowerCase(),
    prefixHeaders: text('httpPrefixHeaders')?.toLowerCase(),
    payload: has('httpPayload', BIT.payload) || undefined,
    statusCode: has('httpResponseCode', BIT.statusCode) || undefined,
    xmlName: text('xmlName'),
    flattened: traits.xmlFlattened === undefined ? undefined : true,
    attribute: traits.xmlAttribute === undefined ? undefined : true,
    xmlns,
    jsonName: text('jsonName'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

function errorStatus(schema: Schema): Record<string, number> {
  const traits = traitsOf(schema[3]);
  const query = traits.awsQueryError as readonly [code: string, status: number] | undefined;
  const status = query?.[1] ?? (traits.httpError as number | undefined) ?? (traits.error === 'server' ? 500 : 400);
  return { [query?.[0] ?? String(schema[2])]: status };
}

/** Protocol, version and namespace are settings of the service's client. */
function protocolOf(row: ServiceRow): Pick<ModelFile, 'signingName' | 'protocol' | 'version' | 'target' | 'namespace'> {
  const { config } = new row.client({ region: 'us-east-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } }) as {
    config: {
      readonly protocol: { getShapeId(): string };
      readonly protocolSettings: { readonly version: string; readonly serviceTarget: string; readonly xmlNamespace?: string };
    };
  };
  const { version, serviceTarget, xmlNamespace } = config.protocolSettings;
  return {
    signingName: row.signingName,
    protocol: protocolName(config.protocol.getShapeId()),
    version,
    target: serviceTarget,
    ...(xmlNamespace === undefined ? {} : { namespace: xmlNamespace }),
  };
}

function protocolName(shapeId: string): Protocol {
  const names: Readonly<Record<string, Protocol>> = {
    'aws.protocols#restXml': 'restXml',
    'aws.protocols#awsQuery': 'awsQuery',
    'aws.protocols#awsJson1_1': 'awsJson1.1',
    'aws.protocols#restJson1': 'restJson1',
  };
  const name = names[shapeId];
  if (name === undefined) throw new Error(`no codec for ${shapeId}`);
  return name;
}

/** The pattern as a regular expression in Unicode mode, where `\:` is an error and `\u10000` is two characters. */
function unicodePattern(pattern: string): string {
  const unicode = pattern
    .replaceAll(/\\u([0-9A-Fa-f]{5,6})/g, '\\u{$1}')
    .replaceAll(/\\([:@_=% ,;'"<>&~`#!-])/g, (whole, c: string) => (c === '-' ? whole : c));
  void new RegExp(`^(?:${unicode})$`, 'su');
  return unicode;
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** One operation, shape, error or enum per line: small, and a change of the SDK reads well as a diff. */
function printModel(model: ModelFile): string {
  const parts = Object.entries(model).map(([key, value]) => {
    if (typeof value !== 'object') return ` ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    const lines = Object.entries(value as Readonly<Record<string, unknown>>).map(
      ([name, row]) => `  ${JSON.stringify(name)}: ${JSON.stringify(row)}`,
    );
    return ` ${JSON.stringify(key)}: {\n${lines.join(',\n')}\n }`;
  });
  return `{\n${parts.join(',\n')}\n}\n`;
}

if (import.meta.main) {
  const check = process.argv.includes('--check');
  for (const [path, text] of generateModels()) {
    const file = Bun.file(path);
    if (!check) await Bun.write(path, text);
    else if (!(await file.exists()) || (await file.text()) !== text) {
      console.error(`${path} is not what the pinned AWS SDK gives: run \`npm run generate\` and commit the result`);
      process.exitCode = 1;
    }
  }
}
