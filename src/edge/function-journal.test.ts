import { expect, test } from 'bun:test';
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

function recorded(most: number, runs: readonly SeenFunctionRun[]) {
  const journal = createFunctionJournal(most);
  for (const each of runs) journal.record(each);
  return (query: { requestId?: string; name?: string; last?: number } = {}) =>
    journal.find({ last: 100, ...query }).map(({ event }) => event.requestId);
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

test('nothing is kept where nothing is asked for', () => {
  expect(recorded(0, [run('1')])()).toEqual([]);
});
