/** What functions get of key value stores: expressions and what they give. Facts: aws-api B8. */
import { describe, expect, test } from 'bun:test';
import type { KeyValueReader } from '../../edge/ports.ts';
import { event, instanceOf } from './instance.fixture.ts';
import { packEvent } from './pack-event.ts';

const STORE = 'a1b2c3d4-5678-90ab-cdef-000000000001';
const values = new Map([
  ['greeting', 'hello'],
  ['empty', ''],
  ['json', '{"a":[1,"é"]}'],
  ['é€😀', 'é€😀'],
  ['nul', 'a\0b'],
]);
const store: KeyValueReader = {
  storeId: STORE,
  created: Date.UTC(2026, 10, 28, 12),
  modified: Date.UTC(2026, 10, 28, 13),
  count: values.size,
  get: (key) => values.get(key),
};

const coded = (expression: string): string =>
  `import cf from 'cloudfront';
const kvs = cf.kvs();
async function handler(event) { const value = ${expression}; return { statusCode: 200, body: String(value) }; }`;

async function valueOf(expression: string, keyValues?: () => KeyValueReader | undefined): Promise<string> {
  const instance = await instanceOf(coded(expression), 'cloudfront-js-2.0', { keyValues });
  const { ending } = instance.call(packEvent(event()));
  if (ending.kind === 'failed') return `${ending.reason}: ${ending.message}`;
  return (JSON.parse(ending.text.slice(1)) as { body: string }).body;
}

describe('an associated store', () => {
  const rows: [expression: string, want: string][] = [
    ["await kvs.get('greeting')", 'hello'],
    ["await kvs.get('greeting', { format: 'string' })", 'hello'],
    ["(await kvs.get('json', { format: 'json' })).a[1]", 'é'],
    ["(await kvs.get('greeting', { format: 'bytes' })).toString('hex')", '68656c6c6f'],
    ["Buffer.isBuffer(await kvs.get('empty', { format: 'bytes' }))", 'true'],
    ["(await kvs.get('empty')) === ''", 'true'],
    ["await kvs.get('é€😀')", 'é€😀'],
    ["(await kvs.get('nul')) === 'a\\0b'", 'true'],
    ["(await kvs.get('nul', { format: 'bytes' })).toString('hex')", '610062'],
    ["kvs.get('greeting') instanceof Promise", 'true'],
    ["[await kvs.exists('greeting'), await kvs.exists('nothing'), await kvs.exists('greeting\\0')]", 'true,false,false'],
    ['await kvs.count()', '5'],
    [
      'JSON.stringify(await kvs.meta())',
      '{"creationDateTime":"2026-11-28T12:00:00.000Z","lastUpdatedDateTime":"2026-11-28T13:00:00.000Z","keyCount":5}',
    ],
    [`await cf.kvs('${STORE}').get('greeting')`, 'hello'],
    ["await kvs.get('nothing').catch((error) => error)", 'Error: KeyNotFound: the key value store has no key "nothing"'],
    ["(await Promise.all([kvs.get('greeting'), kvs.get('empty')])).length", '2'],
    ["await (async () => { try { return await kvs.get('nothing') } catch (_) { return 'caught' } })()", 'caught'],
  ];
  test.each(rows)('%s', async (expression, want) => expect(await valueOf(expression, () => store)).toBe(want));
});

describe('failures are told', () => {
  const rows: [expression: string, want: string][] = [
    ["await kvs.get('nothing')", 'threw: Error: KeyNotFound: the key value store has no key "nothing"'],
    ["await kvs.get('greeting', { format: 'json' })", 'threw: SyntaxError: '],
    ["await kvs.get('greeting', { format: 'xml' })", 'threw: TypeError: get takes the format string, json or bytes, not xml'],
    ['await kvs.get(1)', 'threw: TypeError: get takes a key, which is a string'],
    ["cf.kvs('other')", 'threw: Error: The key value store other is not associated with the function'],
  ];
  test.each(rows)('%s', async (expression, want) => expect(await valueOf(expression, () => store)).toStartWith(want));
  test('no store is associated', async () => {
    expect(await valueOf('1')).toStartWith('threw: Error: No key value store is associated with the function (line 2,');
  });
});

test('a change is seen by the next call, and what a call does to its handle by no other', async () => {
  const code = coded("(await kvs.get('greeting')) + kvs.seen + (kvs.seen = 1)");
  const instance = await instanceOf(code, 'cloudfront-js-2.0', { keyValues: () => store });
  const bodies = ['hello', 'changed'].map((value) => {
    values.set('greeting', value);
    const { ending } = instance.call(packEvent(event()));
    return ending.kind === 'returned' ? (JSON.parse(ending.text.slice(1)) as { body: string }).body : ending.message;
  });
  expect(bodies).toEqual(['helloundefined1', 'changedundefined1']);
});
