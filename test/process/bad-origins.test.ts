/**
 * Origins that are down, silent, slow, broken or lying, over real sockets and real time with short timeouts: the viewer sees 502,
 * 504 or a broken response; a truncated body is never stored; stale and custom error pages stand in where CloudFront uses them.
 * Facts 4.2, 4.4 and 8.1.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { startRawOrigin, type RawConnection, type RawOrigin } from '../contracts/raw-origin.ts';
import { CACHING_DISABLED, cloudFrontOf, createSite, type Site } from './site.ts';

const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';
const TIMEOUTS = { ConnectionAttempts: 1, ConnectionTimeout: 1, OriginReadTimeout: 1 };
const WHOLE = 'HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\ngood';

let warmfront: RunningWarmfront;
let client: CloudFrontClient;
let origin: RawOrigin;
let site: Site;
/** What the origin does for each path, first request first; afterwards it answers with WHOLE. */
const scripts = new Map<string, ((connection: RawConnection) => Promise<void> | void)[]>();
const asked: string[] = [];

beforeAll(async () => {
  origin = await startRawOrigin(async (connection) => {
    for (;;) {
      const path = (await connection.head()).split(' ')[1] ?? '';
      asked.push(path);
      const script = scripts.get(path)?.shift();
      if (script === undefined) await connection.write(WHOLE);
      else await script(connection);
    }
  });
  // One cache: what two of them do when one is slow to answer is not asked here.
  warmfront = await startWarmfront({ flags: ['--workers', '1'] });
  client = cloudFrontOf(warmfront);
  site = await createSite(client, { originPort: origin.port, timeouts: TIMEOUTS });
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  origin.close();
});

interface Seen {
  readonly status: number;
  readonly xCache: string | null;
  readonly body: string;
}

/** 'broken' as the body of a response that did not end as it should. */
async function view(path: string, { domainName }: Pick<Site, 'domainName'> = site): Promise<Seen> {
  const headers = { host: domainName, 'accept-encoding': 'identity' };
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${warmfront.httpPort}${path}`, { headers, keepalive: false });
  } catch {
    return { status: 0, xCache: null, body: 'broken' };
  }
  const body = await response.text().catch(() => 'broken');
  return { status: response.status, xCache: response.headers.get('x-cache'), body };
}

// Each has paths of its own, and most wait for a timeout: so they wait together.
describe.concurrent('instead of a response', () => {
  const silence = (): Promise<void> => new Promise(() => {});
  const rows: readonly (readonly [name: string, script: (connection: RawConnection) => Promise<void> | void, status: number])[] =
    [
      ['a reset', ({ reset }) => reset(), 502],
      ['a close', ({ end }) => end(), 502],
      ['silence', silence, 504],
      ['half a head, then silence', async (to) => to.write('HTTP/1.1 200 OK\r\nContent-').then(silence), 504],
      ['half a head, then a close', async (to) => to.write('HTTP/1.1 200 OK\r\nContent-').then(() => to.end()), 502],
      ['something else than HTTP', async (to) => to.write('220 mail.example ESMTP\r\n\r\n'), 502],
      ['a status that is none', async (to) => to.write('HTTP/1.1 2xx OK\r\n\r\n'), 502],
      ['two lengths', async (to) => to.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'), 502],
      ['a head without end', async (to) => to.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}\r\n\r\n`), 502],
    ];
  for (const [name, script, status] of rows) {
    test(`${name}: ${status}, with CloudFront's page`, async () => {
      const path = `/head/${name.replaceAll(' ', '-')}`;
      scripts.set(
        path,
        Array.from({ length: 4 }, () => script),
      );
      const seen = await view(path);
      expect(seen).toMatchObject({ status, xCache: 'Error from cloudfront' });
      expect(seen.body).toContain('Request ID');
    });
  }

  test('nobody listens: 502', async () => {
    const closed = await startRawOrigin(() => {});
    closed.close();
    const down = await createSite(client, { originPort: closed.port, timeouts: TIMEOUTS });
    expect(await view('/', down)).toMatchObject({ status: 502, xCache: 'Error from cloudfront' });
  });

  test('the name does not resolve: 502', async () => {
    const nowhere = await createSite(client, { originPort: 80, originHost: 'nowhere.invalid', timeouts: TIMEOUTS });
    expect(await view('/', nowhere)).toMatchObject({ status: 502, xCache: 'Error from cloudfront' });
  });
});

describe.concurrent('a body that is not what was announced is broken for the viewer and never stored', () => {
  const head = (length: number | 'chunked'): string =>
    `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n${length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`}\r\n\r\n`;
  const large = 'x'.repeat(2_000_000);
  const rows: readonly (readonly [name: string, script: (connection: RawConnection) => Promise<void>])[] = [
    ['shorter', async (to) => to.write(`${head(10)}short`).then(() => to.end())],
    ['shorter, of 3 MB', async (to) => to.write(`${head(3_000_000)}${large}`).then(() => to.end())],
    ['reset in the middle', async (to) => to.write(`${head(3_000_000)}${large}`).then(() => to.reset())],
    ['silent in the middle', async (to) => to.write(`${head(10)}short`)],
    ['chunks without their end', async (to) => to.write(`${head('chunked')}5\r\nshort\r\n`).then(() => to.end())],
    ['a chunk that is none', async (to) => to.write(`${head('chunked')}5\r\nshort\r\nZZ\r\n`)],
  ];
  for (const [name, script] of rows) {
    test(name, async () => {
      const path = `/body/${name.replaceAll(/\W+/g, '-')}`;
      scripts.set(path, [script]);
      expect((await view(path)).body).toBe('broken');
      expect(await view(path)).toEqual({ status: 200, xCache: 'Miss from cloudfront', body: 'good' });
      expect(await view(path)).toEqual({ status: 200, xCache: 'Hit from cloudfront', body: 'good' });
    });
  }

  test('slow, but never silent for long: whole', async () => {
    scripts.set('/slow', [
      async (to) => {
        await to.write(head(6));
        for (const letter of 'slowly') {
          await Bun.sleep(250);
          await to.write(letter);
        }
      },
    ]);
    expect(await view('/slow')).toMatchObject({ status: 200, body: 'slowly' });
  });
});

test('a body that is longer than announced: the announced part is the body', async () => {
  scripts.set('/longer', [async (to) => to.write(`${WHOLE}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`)]);
  expect(await view('/longer')).toMatchObject({ status: 200, body: 'good' });
  // Nobody else asks now: the connection is the same, and what came too early answers nobody.
  expect(await view('/after-longer')).toMatchObject({ status: 200, body: 'good' });
});

test.concurrent('a stale response stands in for an origin that fails', async () => {
  scripts.set('/stale', [
    async (to) => to.write('HTTP/1.1 200 OK\r\nCache-Control: max-age=1, stale-if-error=60\r\nContent-Length: 3\r\n\r\nold'),
    ({ reset }) => reset(),
    ({ reset }) => reset(),
  ]);
  expect(await view('/stale')).toMatchObject({ status: 200, xCache: 'Miss from cloudfront', body: 'old' });
  await Bun.sleep(1100);
  expect(await view('/stale')).toMatchObject({ status: 200, body: 'old' });
  expect(asked.filter((path) => path === '/stale').length).toBeGreaterThan(1);
});

test.concurrent('a custom error page stands in for 502 and 504', async () => {
  const page = (ErrorCode: number) => ({ ErrorCode, ResponsePagePath: '/sorry', ResponseCode: '503', ErrorCachingMinTTL: 1 });
  const kind = await createSite(client, { originPort: origin.port, timeouts: TIMEOUTS, errorPages: [page(502), page(504)] });
  scripts.set('/gone', [({ reset }) => reset(), ({ reset }) => reset()]);
  scripts.set('/silent', [() => new Promise(() => {})]);
  expect(await view('/gone', kind)).toMatchObject({ status: 503, body: 'good', xCache: 'Error from cloudfront' });
  expect(await view('/silent', kind)).toMatchObject({ status: 503, body: 'good', xCache: 'Error from cloudfront' });
});

test('nothing of this was our own mistake', () => {
  expect(warmfront.output()).not.toContain('no reason of the origin');
});

test('a distribution that is its own origin refuses what comes to it for the third time', async () => {
  const behavior = { CachePolicyId: CACHING_DISABLED, OriginRequestPolicyId: ALL_VIEWER };
  const loop = await createSite(client, { originPort: warmfront.httpPort, behavior });
  const seen = await view('/loop', loop);
  expect(seen.status).toBe(403);
  expect(seen.body).toContain('than may be chained');
});
