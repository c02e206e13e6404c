/** The metrics as Prometheus meets them: promtool judges the text of a running server that has answered something. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

let warmfront: RunningWarmfront;
beforeAll(async () => (warmfront = await startWarmfront({ flags: ['--demo'] })));
afterAll(async () => {
  await warmfront.stop();
  removeData(warmfront);
});

test('promtool has nothing to say, and what viewers got is counted', async () => {
  const host = /https?:\/\/(d\w+\.cloudfront\.localhost)/.exec(warmfront.output())?.[1] ?? '';
  for (let asked = 0; asked < 3; asked += 1) {
    const response = await fetch(`http://127.0.0.1:${warmfront.httpPort}/hello.html`, { headers: { host } });
    expect(response.status).toBe(200);
    await response.text();
  }
  const text = await (await fetch(`${warmfront.apiUrl}/_warmfront/metrics`)).text();
  const lint = Bun.spawnSync(['promtool', 'check', 'metrics'], { stdin: Buffer.from(text), stderr: 'pipe' });
  expect({ says: lint.stderr.toString() + lint.stdout.toString(), exit: lint.exitCode }).toEqual({ says: '', exit: 0 });
  expect(text).toContain('warmfront_cache_requests_total{cache="hit",reason=""} 2\n');
  expect(text).toContain('warmfront_connections_total{scheme="http",protocol="http/1.1"} ');
  expect(text).toContain('warmfront_origin_requests_total{origin="localhost",result="2xx"} 1\n');
});
