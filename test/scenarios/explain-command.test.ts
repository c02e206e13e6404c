/**
 * `warmfront explain`: the command line, over the real admin API, asking a real edge.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { startTestEdge, type Explanation, type TestEdge } from '../../src/testing/index.ts';
import { commandLineOf, type EdgeCommandLine, type Said } from './command-line-of-edge.ts';
import { cachePolicy, explained } from './explain-policies.ts';

let edge: TestEdge;
let commandLine: EdgeCommandLine;

beforeAll(async () => {
  edge = await startTestEdge(explained(cachePolicy({ query: 'all', minTtl: 30 })));
  edge.origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'no-cache', etag: '"1"', 'set-cookie': 'a=1' }, 'hello'));
  commandLine = commandLineOf(edge);
});
afterAll(async () => {
  await commandLine.stop();
  await edge.stop();
});

function warmfront(argv: readonly string[], hasColours = false): Promise<Said> {
  return commandLine.warmfront([...argv, '--data', commandLine.data], hasColours);
}

test('a hit under MinTTL over no-cache, and a near miss, as pages', async () => {
  await edge.viewer.get('/a?id=1');
  edge.clock.advance('10s');
  const hit = await warmfront(['explain', `http://${edge.domainName}/a?id=1`]);
  expect(hit).toMatchObject({ code: 0, errors: '' });
  const rows = [
    `GET http://${edge.domainName}/a?id=1`,
    'hit at TST50-P1: answered from the cache: fresh for another 20 s',
    '  age       10 s of 30 s: fresh for another 20 s',
    '  lifetime  MinTTL 30, despite no-cache',
    '  warning: the origin says no-cache, and yet it is stored for 30 s: MinTTL 30 of cache policy explained outweighs it',
    '  warning: the origin sent Set-Cookie, which is not stored: cookies are not forwarded for this cache behavior',
  ];
  for (const row of rows) expect(hit.out.split('\n')).toContain(row);

  const miss = await warmfront(['explain', `http://${edge.domainName}/a?id=1&utm_source=x`]);
  expect(miss.out).toContain('miss (uri-miss) at TST50-P1: fetched from the origin: nothing is stored under this key');
  expect(miss.out).toContain('  /a?id=1 (200, fresh for another 20 s), of 1 under this path\n  it is stored without utm_source,');
  expect(miss.out).toContain('warning: utm_source is a tracking parameter and splits the cache');
  edge.origin.expectRequests(1);
});

test('method and headers are the request’s; JSON is the whole explanation', async () => {
  const url = 'http://127.0.0.1:1/a?id=1';
  const host = `Host: ${edge.domainName}`;
  const { out } = await warmfront(['explain', url, '-X', 'HEAD', '-H', host, '--header=Authorization: Basic x', '--json']);
  const explanation = JSON.parse(out) as Explanation;
  expect(explanation.request).toEqual({
    method: 'HEAD',
    url: `http://${edge.domainName}/a?id=1`,
    fields: [['authorization', 'Basic x']],
  });
  expect(explanation.hints.map(({ kind }) => kind)).toContain('authorization-dropped');
});

test('colours only where they are seen, and no character of others’ steers the terminal', async () => {
  const plain = await warmfront(['explain', `http://${edge.domainName}/x`, '-H', 'x-a: a\u009b31m']);
  for (const control of ['\u001b', '\u009b']) expect(plain.out).not.toContain(control);
  expect(plain.out).toContain('x-a');
  const painted = await warmfront(['explain', `http://${edge.domainName}/x`], true);
  expect(painted.out).toContain('\u001b[31mmiss\u001b[0m (uri-miss)');
});

describe('what cannot be explained', () => {
  const rows: [argv: string[], code: number, says: string][] = [
    [[], 2, 'say what to explain: warmfront explain https://www.example.com/index.html'],
    [['http://a.test/', 'http://b.test/'], 2, 'explain takes one URL; "http://b.test/" is one too many'],
    [['/a'], 1, 'url: give an absolute URL, such as https://www.example.com/index.html, not "/a".'],
    [['http://a.test/', '-H', 'nonsense'], 1, 'header: write "Name: value", not "nonsense".'],
    [['http://a.test/', '-X'], 2, '--method needs a value'],
    [['http://a.test/', '--methd', 'GET'], 2, 'unknown flag --methd; did you mean --method?'],
  ];
  test.each(rows)('%p', async (argv, code, says) => {
    expect(await warmfront(['explain', ...argv])).toEqual({ code, out: '', errors: `warmfront: ${says}` });
  });
});
