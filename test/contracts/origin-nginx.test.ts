/** The origin client against a real origin: nginx, where it is installed. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOriginClient } from '../../src/adapters/origin/origin-client.ts';
import type { OriginRequest } from '../../src/core/request.ts';
import type { OriginResponse, RequestBody } from '../../src/edge/ports.ts';
import { fieldValue } from '../../src/http/fields.ts';
import { createVirtualClock } from '../../src/adapters/clock/virtual-clock.ts';
import { NO_BODY, pieces, streamed, TARGET, textOf } from './origin-bench.ts';

const NGINX = '/usr/sbin/nginx';
const client = createOriginClient({ clock: createVirtualClock() });
let directory = '';
let port = 0;

/** A port that was free a moment ago: nginx cannot be asked to pick one. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address === null || typeof address === 'string' ? 0 : address.port));
    });
  });
}

function nginx(...more: readonly string[]): void {
  execFileSync(NGINX, ['-p', directory, '-c', 'nginx.conf', '-e', 'error.log', ...more], { stdio: 'pipe' });
}

function send(request: Partial<OriginRequest>, body: RequestBody = NO_BODY): Promise<OriginResponse> {
  const whole = {
    method: 'GET',
    scheme: 'http',
    hostname: '127.0.0.1',
    port,
    host: 'site.test',
    target: '/',
    fields: [],
    ...request,
  } as const;
  return client.send(whole, TARGET, body);
}

describe.skipIf(!existsSync(NGINX))('nginx as the origin', () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'warmfront-nginx-'));
    // Its workers run as another user.
    chmodSync(directory, 0o755);
    port = await freePort();
    mkdirSync(join(directory, 'site'));
    writeFileSync(join(directory, 'site', 'large.txt'), 'x'.repeat(3_000_000));
    writeFileSync(
      join(directory, 'nginx.conf'),
      `worker_processes 1; pid nginx.pid;
      events { worker_connections 64; }
      http {
        access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
        server {
          listen 127.0.0.1:${port};
          root site;
          location /headers { return 200 "$request_method $request_uri $host $http_x_one"; }
          location /chunked/ { alias site/; ssi on; ssi_types *; }
          location /echo { proxy_pass http://127.0.0.1:${port}/sink; proxy_request_buffering on; }
          location /sink { return 200 "$http_content_length$http_transfer_encoding"; }
        }
      }`,
    );
    // nginx returns once it listens.
    nginx();
  });
  afterAll(async () => {
    client.close();
    // The last thing nginx does is to remove its pid file.
    const stopped = Promise.withResolvers<void>();
    const watcher = watch(directory, () => existsSync(join(directory, 'nginx.pid')) || stopped.resolve());
    nginx('-s', 'stop');
    await stopped.promise;
    watcher.close();
    rmSync(directory, { recursive: true });
  });

  test('a file, its head and its revalidation share one connection', async () => {
    const whole = await send({ target: '/large.txt' });
    expect([whole.head.status, whole.head.bodyLength, (await textOf(whole)).length]).toEqual([200, 3_000_000, 3_000_000]);
    const head = await send({ method: 'HEAD', target: '/large.txt' });
    expect([head.head.status, fieldValue(head.head.fields, 'content-length'), await textOf(head)]).toEqual([200, '3000000', '']);
    const etag = fieldValue(whole.head.fields, 'etag') ?? '';
    const unchanged = await send({ target: '/large.txt', fields: [['if-none-match', etag]] });
    expect([unchanged.head.status, await textOf(unchanged)]).toEqual([304, '']);
    expect(client.idleConnections).toBe(1);
  });

  test('the request arrives as it was meant', async () => {
    expect(await textOf(await send({ target: '/headers?a=%20b', fields: [['x-one', 'two']] }))).toBe(
      'GET /headers?a=%20b site.test two',
    );
  });

  test('a chunked response', async () => {
    const response = await send({ target: '/chunked/large.txt' });
    expect(response.head.bodyLength).toBeUndefined();
    expect((await textOf(response)).length).toBe(3_000_000);
  });

  test('bodies under both framings are read to their end', async () => {
    expect(await textOf(await send({ method: 'POST', target: '/echo' }, streamed(pieces('abc', 'de'), 5)))).toBe('5');
    expect(await textOf(await send({ method: 'POST', target: '/echo' }, streamed(pieces('abc', 'de'))))).toBe('5');
  });
});
