import { describe, expect, test } from 'bun:test';
import { parseJson, readJson, writeJson } from './json-codec.ts';
import { loadModel, type ModelFile, type StructureShape } from './model.ts';
import { readInput, writeOutput } from './rest-binding.ts';

const file: ModelFile = {
  signingName: 'example',
  protocol: 'awsJson1.1',
  version: '2026-01-01',
  target: 'Example_20260101',
  operations: { Act: { http: ['POST', '/', 200], input: '#Statement', output: '#Statement' } },
  shapes: {
    Statement: {
      members: {
        Name: { type: 'string', jsonName: 'name' },
        Count: 'integer',
        On: 'boolean',
        Bytes: 'blob',
        At: 'timestamp',
        Tags: '{string',
        Names: '[string',
        Not: '#Statement',
      },
    },
  },
  errors: {},
  enums: {},
};
const model = loadModel(file);
const operation = model.operations.get('Act')!;
const shape: StructureShape = operation.input!;
const parts = { labels: new Map(), query: new URLSearchParams(), headers: new Headers() };

test('there and back', () => {
  const json =
    '{"name":"a","Count":-3,"On":false,"Bytes":"AP8=","At":1700000000.5,"Tags":{"__proto__":"x"},"Names":["",""],"Not":{"Not":{"On":true}}}';
  const { input, unknowns } = readInput(model, operation, { ...parts, bodyText: json });
  expect(unknowns).toEqual([]);
  expect(input).toMatchObject({
    Name: 'a',
    Bytes: new Uint8Array([0, 255]),
    At: new Date(1_700_000_000_500),
    Not: { Not: { On: true } },
  });
  expect(writeOutput(model, operation, input).body).toBe(json);
});

test('null is absent, unknown members are collected', () => {
  const { input, unknowns } = readInput(model, operation, { ...parts, bodyText: '{"Count":null,"Not":{"New":1},"Newer":{}}' });
  expect(input).toEqual({ Not: {} });
  expect(unknowns).toEqual(['not.New', 'Newer']);
});

test('an empty body is an empty input', () => {
  expect(readInput(model, operation, { ...parts, bodyText: '' }).input).toEqual({});
});

describe('refused, with the path', () => {
  const rows: [text: string, message: string][] = [
    ['{"Count":"3"}', 'count: a string where a number belongs'],
    ['{"Count":1.5}', "count: '1.5' is not a whole number"],
    ['{"On":1}', 'on: a number where true or false belongs'],
    ['{"name":{}}', 'name: an object where a string belongs'],
    ['{"Bytes":"*"}', 'bytes: not base64'],
    ['{"Names":{}}', 'names: an object where a list belongs'],
    ['{"Tags":[]}', 'tags: a list where an object belongs'],
    ['{"Not":{"Not":[]}}', 'not.not: a list where an object belongs'],
    ['[]', 'the document: a list where an object belongs'],
    [`${'{"Not":'.repeat(70)}{}${'}'.repeat(70)}`, 'nested more than 64 deep'],
    ['{', 'JSON: '],
    ['['.repeat(100_000), 'JSON: '],
  ];
  test.each(rows)('%s', (text, message) => {
    expect(() => readJson(shape, parseJson(text), '', [])).toThrow(message);
  });
});

test('what is absent is not written', () => {
  expect(writeJson(shape, { Name: undefined, Count: 0, Other: 1 })).toEqual({ Count: 0 });
});
