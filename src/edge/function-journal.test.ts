import { expect, test } from 'bun:test';
import { isSeenLambda, type SeenRun } from '../core/lambda-edge/lambda-run.ts';
import type { SeenFunctionRun } from '../core/viewer-request/function-run.ts';
import { MIB } from '../model/units.ts';
import { createFunctionJournal } from './function-journal.ts';

function run(requestId: string, name = 'f', answerSize = 1): SeenFunctionRun {
  return {
    code: { arn: name, name, runtime: 'cloudfront-js-2.0', code: '', etag: 'E1' },
    event: {
      eventType: 'viewer-request',
      distributionDomainName: 'd',
      distributionId: 'E',
      requestId,
      viewerAddress: '192.0.2.1',
      now: 0,
      request: { method: 'GET', uri: '/', query: undefined, querystring: '{}', headers: '{}', cookies: '{}' },
    },
    run: { ending: { kind: 'request', changed: {} }, logs: [], computeUtilization: 1, answerSize },
    failure: undefined,
  };
}

function lambdaRun(requestId: string, name: string, size: number): SeenRun {
  const version = {
    arn: name,
    name,
    version: '1',
    runtime: '',
    handler: '',
    memory: 1,
    timeout: 1,
    codeSha256: '',
    environment: {},
  };
  const event = { text: 'x'.repeat(size), leftOut: [] };
  const cost = { duration: 1, initDuration: undefined, peakMemory: 0 };
  return {
    version,
    eventType: 'origin-request',
    requestId,
    at: 0,
    event,
    result: undefined,
    failure: undefined,
    lines: [],
    ...cost,
  };
}

function recorded(most: number, runs: readonly SeenRun[]) {
  const journal = createFunctionJournal(most);
  for (const each of runs) journal.record(each);
  return (query: { requestId?: string; name?: string; last?: number } = {}) =>
    journal.find({ last: 100, ...query }).map((each) => (isSeenLambda(each) ? each.requestId : each.event.requestId));
}

test('the newest are kept, the oldest told first; by request and by name', () => {
  const find = recorded(3, [run('1'), run('2'), run('3', 'g'), run('4'), run('5', 'g')]);
  expect(find()).toEqual(['3', '4', '5']);
  expect(find({ last: 2 })).toEqual(['4', '5']);
  expect(find({ name: 'g', last: 1 })).toEqual(['5']);
  expect(find({ requestId: '4' })).toEqual(['4']);
  expect(find({ requestId: '1' })).toEqual([]);
});

test('large runs make room, and one that is too large is not kept', () => {
  const find = recorded(100, [
    run('1', 'f', 3 * MIB),
    run('2', 'f', 4 * MIB),
    run('3', 'f', 3 * MIB),
    run('4', 'f', 9 * MIB),
    run('5'),
  ]);
  expect(find()).toEqual(['2', '3', '5']);
});

test('runs of Lambda@Edge are kept beside them, in the same bounds', () => {
  const find = recorded(100, [run('1'), lambdaRun('1', 'l', 4 * MIB), lambdaRun('2', 'l', 5 * MIB), run('3')]);
  expect(find()).toEqual(['2', '3']);
  expect(find({ name: 'l' })).toEqual(['2']);
});

test('nothing is kept where nothing is asked for', () => {
  expect(recorded(0, [run('1')])()).toEqual([]);
});
