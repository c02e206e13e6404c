import { describe, expect, test } from 'bun:test';
import type { ViewerRequest } from '../../core/request.ts';
import type { IpRanges, PurgeReceipt, PurgeRequest } from '../../model/admin.ts';
import type { Explanation } from '../../model/explanation.ts';
import type { FunctionRunQuery } from '../../model/function-trace.ts';
import { createAdminApi, type AdminBackend } from './admin-api.ts';
import { AdminRefusal } from './admin-refusal.ts';

const RECEIPT: PurgeReceipt = {
  distributionId: 'E1',
  invalidationId: 'I1',
  paths: ['/*'],
  soft: false,
  issuedAt: 1000,
  edges: [{ id: 'FRA', acknowledgedAt: 1002, took: 2 }],
};

const EXPLANATION: Explanation = {
  at: 0,
  edgeLocation: 'FRA50-P1',
  snapshotVersion: 1,
  request: { method: 'GET', url: 'http://a.test/', fields: [] },
  verdict: { kind: 'refused', reason: 'unknown-host', status: 403, sentence: 'refused' },
  distribution: { kind: 'none', host: 'a.test', nearby: [], sentence: 'none' },
  steps: [],
  hints: [],
};

function start(ready = true) {
  const purged: PurgeRequest[] = [];
  const asked: ViewerRequest[] = [];
  const queries: FunctionRunQuery[] = [];
  const backend: AdminBackend = {
    health: () => Promise.resolve({ ready, version: '1.0.0', listeners: [], snapshotVersion: 3, edges: [] }),
    certificates: () => Promise.resolve([]),
    status: () => Promise.resolve({ distributions: [], store: { objects: 0, bytes: 0, capacity: 1 }, bans: 0 }),
    purge: (request) => {
      if (request.distribution === 'E0') {
        return Promise.reject(new AdminRefusal(404, 'NoSuchDistribution', 'There is no distribution E0.'));
      }
      purged.push(request);
      return Promise.resolve(RECEIPT);
    },
    reload: () => Promise.resolve({ edges: ['FRA-1.2'], took: 5, warnings: [] }),
    explain: (request) => {
      asked.push(request);
      return Promise.resolve(EXPLANATION);
    },
    findings: () => Promise.resolve([]),
    testWebAcl: () => Promise.resolve([]),
    functionRuns: (query) => {
      queries.push(query);
      return Promise.resolve({ mostPerWorker: 1000, runs: [] });
    },
    ipRanges: () => Promise.resolve(RANGES),
    metrics: () => Promise.resolve('# HELP a A.\n# TYPE a counter\na 1\n'),
    metricsFrom: ['198.51.100.0/24'],
  };
  const api = createAdminApi(backend);
  const ask = async (path: string, init: RequestInit = {}, peerAddress: string | undefined = '127.0.0.1') =>
    api.fetch(new Request(`http://127.0.0.1:4566${path}`, init), { peerAddress });
  const purge = (body: string, headers: Record<string, string> = {}, peerAddress?: string) =>
    ask('/_warmfront/purge', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } }, peerAddress);
  return { ask, purge, purged, asked, queries };
}

test('a reload is asked for as a purge is: from here, and not by a page of another site', async () => {
  const { ask } = start();
  const json = { 'content-type': 'application/json' };
  const reload = (headers: Record<string, string>, peer?: string) => ask('/_warmfront/reload', { method: 'POST', headers }, peer);
  expect(await (await reload(json)).json()).toEqual({ edges: ['FRA-1.2'], took: 5, warnings: [] });
  expect((await reload({})).status).toBe(415);
  expect((await reload(json, '203.0.113.9')).status).toBe(403);
});

const RANGES: IpRanges = {
  syncToken: '1',
  createDate: '1970-01-01-00-00-01',
  prefixes: [{ ip_prefix: '203.0.113.7/32', region: 'GLOBAL', service: 'CLOUDFRONT', network_border_group: 'GLOBAL' }],
  ipv6_prefixes: [],
};
const GOOD = JSON.stringify({ distribution: 'E1', paths: ['/*', '/a?b=1', '#tag'] });

test('the addresses of the edges are for anybody, but not through an edge', async () => {
  const { ask } = start();
  const answer = await ask('/_warmfront/ip-ranges.json', {}, '203.0.113.9');
  expect(await answer.json()).toEqual(RANGES);
  const forwarded = { headers: { 'x-amz-cf-id': 'an edge' } };
  expect((await ask('/_warmfront/ip-ranges.json', forwarded)).status).toBe(403);
});

test('health answers 200 when everything listens, 503 until then, to anyone', async () => {
  expect((await start().ask('/_warmfront/health', {}, '203.0.113.9')).status).toBe(200);
  expect((await start(false).ask('/_warmfront/health')).status).toBe(503);
});

test('a purge hands the paths on and answers with the receipt', async () => {
  const { purge, purged } = start();
  const response = await purge(GOOD);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual(RECEIPT);
  expect(purged).toEqual([{ distribution: 'E1', paths: ['/*', '/a?b=1', '#tag'], soft: false }]);
});

test('a soft purge says so', async () => {
  const { purge, purged } = start();
  await purge('{"distribution":"E1","paths":["/a"],"soft":true}');
  expect(purged).toEqual([{ distribution: 'E1', paths: ['/a'], soft: true }]);
});

test('metrics are text for Prometheus, for this machine and whom the operator names', async () => {
  const response = await start().ask('/_warmfront/metrics');
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await response.text()).toEndWith('a 1\n');
  expect((await start().ask('/_warmfront/metrics', {}, '203.0.113.9')).status).toBe(403);
  expect((await start().ask('/_warmfront/metrics', {}, '198.51.100.7')).status).toBe(200);
  expect((await start().ask('/_warmfront/status', {}, '198.51.100.7')).status).toBe(403);
});

describe('a purge is refused, and nothing is purged', () => {
  const rows: [
    name: string,
    body: string,
    headers: Record<string, string>,
    peer: string | undefined,
    status: number,
    says: string,
  ][] = [
    ['not JSON', '{', {}, '127.0.0.1', 400, 'not JSON'],
    ['a list', '[]', {}, '127.0.0.1', 400, 'Send an object'],
    ['an unknown member', '{"distribution":"E1","paths":["/"],"path":"/"}', {}, '127.0.0.1', 400, '"path"'],
    ['soft as text', '{"distribution":"E1","paths":["/"],"soft":"yes"}', {}, '127.0.0.1', 400, 'soft'],
    ['no paths', '{"distribution":"E1","paths":[]}', {}, '127.0.0.1', 400, 'paths'],
    ['a path without its slash', '{"distribution":"E1","paths":["/a","b"]}', {}, '127.0.0.1', 400, 'paths[1]'],
    ['an unknown distribution', '{"distribution":"E0","paths":["/"]}', {}, '127.0.0.1', 404, 'no distribution E0'],
    ['too much', JSON.stringify({ distribution: 'E1', paths: ['/'.repeat(600_000)] }), {}, '127.0.0.1', 413, 'split'],
    ['a form', GOOD, { 'content-type': 'text/plain' }, '127.0.0.1', 415, 'application/json'],
    ['another machine', GOOD, {}, '203.0.113.9', 403, 'this machine'],
    ['a rebound name', GOOD, { host: 'evil.example:4566' }, '127.0.0.1', 403, 'evil.example'],
    ['a page of another site', GOOD, { origin: 'https://evil.example' }, '127.0.0.1', 403, 'evil.example'],
    [
      'a page of another local port',
      GOOD,
      { host: 'localhost:4566', origin: 'http://localhost:3000' },
      '127.0.0.1',
      403,
      'pages',
    ],
  ];
  test.each(rows)('%s', async (_, body, headers, peer, status, says) => {
    const { purge, purged } = start();
    const response = await purge(body, headers, peer);
    const text = await response.text();
    expect({ status: response.status, purged }).toEqual({ status, purged: [] });
    expect(text).toContain(JSON.stringify(says).slice(1, -1));
  });
});

describe('local callers are welcome', () => {
  const rows: [name: string, host: string, origin: string | undefined, peer: string][] = [
    ['by name', 'localhost:4566', undefined, '127.0.0.1'],
    ['by IPv6', '[::1]:4566', undefined, '::1'],
    ['a mapped peer', '127.0.0.1:4566', undefined, '::ffff:127.0.0.1'],
    ['the console itself', 'localhost:4566', 'http://localhost:4566', '127.0.0.1'],
  ];
  test.each(rows)('%s', async (_, host, origin, peer) => {
    const response = await start().ask(
      '/_warmfront/status',
      { headers: origin === undefined ? { host } : { host, origin } },
      peer,
    );
    expect(response.status).toBe(200);
  });
});

test('explain hands the request on as a listener would', async () => {
  const { ask, asked } = start();
  const query = new URLSearchParams({ url: 'https://A.test:8443/x/../b?q=1#part', method: 'HEAD' });
  for (const line of ['X-B: 2', 'Accept: a', 'accept: b', 'Host: www.a.test']) query.append('header', line);
  const response = await ask(`/_warmfront/explain?${query.toString()}`);
  expect({ status: response.status, body: await response.json() }).toEqual({ status: 200, body: EXPLANATION });
  expect(asked).toMatchObject([
    {
      method: 'HEAD',
      scheme: 'https',
      host: 'www.a.test',
      path: '/x/../b',
      query: 'q=1',
      fields: [
        ['x-b', '2'],
        ['accept', 'a'],
        ['accept', 'b'],
      ],
    },
  ]);
});

test.each(['health', 'metrics', 'status'])('%s is nothing that a viewer reaches through an edge', async (endpoint) => {
  const { ask } = start();
  const response = await ask(`/_warmfront/${endpoint}`, {
    headers: { 'x-amz-cf-id': 'abc==', via: '1.1 x.cloudfront.net (CloudFront)' },
  });
  expect(response.status).toBe(403);
  expect(await response.text()).toContain('came through an edge');
});

describe('what cannot be explained is refused', () => {
  const rows: [name: string, query: string, says: string][] = [
    ['no URL', '', 'url: say which URL'],
    ['a path', 'url=/a', 'give an absolute URL'],
    ['another scheme', 'url=ftp://a.test/', 'give an absolute URL'],
    ['a method that is none', 'url=http://a.test/&method=G%20T', 'is no method'],
    ['a header without a colon', 'url=http://a.test/&header=x', 'write \\"Name: value\\"'],
    ['a header that is none', 'url=http://a.test/&header=x%20y:1', 'is no header'],
  ];
  test.each(rows)('%s', async (_, query, says) => {
    const { ask, asked } = start();
    const response = await ask(`/_warmfront/explain?${query}`);
    expect({ status: response.status, asked }).toEqual({ status: 400, asked: [] });
    expect(await response.text()).toContain(says);
  });
});

test('only this machine may ask for explanations', async () => {
  const response = await start().ask('/_warmfront/explain?url=http://a.test/', {}, '203.0.113.9');
  expect(response.status).toBe(403);
});

test('runs of functions are asked for by request, by name, and so many of them; only from this machine', async () => {
  const { ask, queries } = start();
  const runs = '/_warmfront/functions/runs';
  expect(await (await ask(runs)).json()).toEqual({ mostPerWorker: 1000, runs: [] });
  await ask(`${runs}?request-id=a%3D%3D&function=spa&last=1000`);
  expect(queries).toEqual([{ last: 100 }, { requestId: 'a==', name: 'spa', last: 1000 }]);
  for (const last of ['0', '1001', 'x', '']) expect((await ask(`${runs}?last=${last}`)).status).toBe(400);
  expect((await ask(runs, {}, '203.0.113.9')).status).toBe(403);
});

test('an unknown endpoint is a 404 in JSON', async () => {
  const response = await start().ask('/_warmfront/nothing');
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: 'NoSuchEndpoint' } });
});
