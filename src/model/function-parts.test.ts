import { expect, test } from 'bun:test';
import { partsOfResult, partsThatDiffer, tracesThatDiffer } from './function-parts.ts';
import type { FunctionTrace } from './function-trace.ts';
import type { JsonObject } from './json-object.ts';

const EVENT = { request: { headers: { a: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] } } } };

const ROWS: [name: string, result: JsonObject, event: JsonObject, want: Record<string, string>][] = [
  [
    'a request',
    { request: { method: 'GET', uri: '/', querystring: { q: { value: '1' } }, headers: {}, cookies: { c: { value: 'v' } } } },
    {},
    { method: 'GET', uri: '/', querystring: 'q=1', 'cookie c': 'v' },
  ],
  ['a query string as text', { request: { querystring: 'a=1&b' } }, {}, { querystring: 'a=1&b' }],
  ['several values', EVENT, EVENT, { 'header a': '1, 2' }],
  [
    'a value that was changed, in a multiValue that was not',
    { request: { headers: { a: { value: '3', multiValue: EVENT.request.headers.a.multiValue } } } },
    EVENT,
    { 'header a': '3, 2' },
  ],
  [
    'a multiValue that was changed wins',
    { request: { headers: { a: { value: '3', multiValue: [{ value: '4' }] } } } },
    EVENT,
    { 'header a': '4' },
  ],
  [
    'a response',
    {
      response: { statusCode: 302, cookies: { s: { value: '1', attributes: 'Secure' } }, body: { encoding: 'text', data: 'x' } },
    },
    {},
    { status: '302', 'cookie s': '1; Secure', body: '{"encoding":"text","data":"x"}' },
  ],
  [
    'what is no entry',
    { response: { headers: { a: 5, b: null, c: { value: 6 } } } },
    {},
    { 'header a': '5', 'header b': 'null', 'header c': '6' },
  ],
  ['nothing', {}, {}, {}],
];

test.each(ROWS)('parts of %s', (_, result, event, want) => {
  expect(Object.fromEntries(partsOfResult(result, event))).toEqual(want);
});

test('what differs: changed, gone, new', () => {
  const before = new Map([
    ['same', '1'],
    ['changed', '1'],
    ['gone', '1'],
  ]);
  const after = new Map([
    ['new', '1'],
    ['changed', '2'],
    ['same', '1'],
  ]);
  expect(partsThatDiffer(before, after)).toEqual([
    { part: 'changed', before: '1', after: '2' },
    { part: 'gone', before: '1' },
    { part: 'new', after: '1' },
  ]);
});

test('another outcome is told with what it has otherwise than the event', () => {
  const base: FunctionTrace = {
    name: 'f',
    eventType: 'viewer-request',
    event: EVENT,
    did: 'unchanged',
    result: EVENT,
    changes: [],
    logs: [],
    computeUtilization: 1,
  };
  const changes = [{ part: 'status', after: '401' }];
  const answered: FunctionTrace = { ...base, did: 'generated', result: { response: { statusCode: 401 } }, changes };
  expect(tracesThatDiffer(base, base)).toEqual([]);
  expect(tracesThatDiffer(base, answered)).toEqual([{ part: 'outcome', before: 'request', after: 'response' }, ...changes]);
});
