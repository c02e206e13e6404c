import { expect, test } from 'bun:test';
import { evaluate } from '../../core/viewer-request/waf/evaluate.ts';
import { compiled, contains, COUNT, inspected, inspection, rule, webAcl } from '../../core/viewer-request/waf/waf.fixture.ts';
import { HOUR } from '../../model/units.ts';
import { SAMPLES } from '../../tables/waf.ts';
import { createWafSampler } from './waf-samples.ts';

const ACL = webAcl([rule('count', contains('/'), { action: COUNT }), rule('block', contains('evil'))]);
const sampler = () => {
  const made = createWafSampler((text) => `<${text}>`);
  made.retain([ACL]);
  return made;
};
const keep = (into: ReturnType<typeof sampler>, path: string, at: number, acl = ACL): void =>
  into.keep(inspected({ path }), evaluate(compiled(acl), inspection({ path })), at);
const all = { webAclArn: 'arn:acl', from: 0, to: 24 * HOUR, most: 500 };

test('each rule that matched has its samples, newest first; the web ACL those of its default action', () => {
  const samples = sampler();
  keep(samples, '/evil', 1);
  keep(samples, '/good', 2);
  const read = (metricName: string) =>
    samples.read({ ...all, metricName }).samples.map(({ at, action, request }) => `${at} ${action} ${request.uri}`);
  expect([read('count'), read('block'), read('test'), read('nosuch')]).toEqual([
    ['2 COUNT /good', '1 COUNT /evil'],
    ['1 BLOCK /evil'],
    ['2 ALLOW /good'],
    [],
  ]);
});

test('a bounded number is kept, and stands for all', () => {
  const samples = sampler();
  for (let at = 0; at < SAMPLES.kept * 3; at++) keep(samples, '/evil', at);
  const { samples: kept, population } = samples.read({ ...all, metricName: 'block' });
  expect([kept.length, kept[0]?.at, kept[0]?.weight, population]).toEqual([
    SAMPLES.kept,
    SAMPLES.kept * 3 - 1,
    3,
    SAMPLES.kept * 3,
  ]);
});

test('of a time, so many', () => {
  const samples = sampler();
  for (const at of [0, HOUR, 2 * HOUR, 4 * HOUR]) keep(samples, '/evil', at);
  const { samples: kept, population } = samples.read({ ...all, metricName: 'block', from: HOUR, to: 2 * HOUR, most: 1 });
  expect([kept.map(({ at }) => at), population]).toEqual([[2 * HOUR], 2]);
  // What is older than three hours is no longer counted.
  expect(samples.read({ ...all, metricName: 'block' }).population).toBe(3);
});

test('a rule that does not sample has none', () => {
  const samples = sampler();
  const visibility = { sampledRequests: false, metrics: true, metricName: 'block' };
  keep(samples, '/evil', 1, webAcl([rule('block', contains('evil'), { visibility })]));
  expect(samples.read({ ...all, metricName: 'block' }).samples).toEqual([]);
});
