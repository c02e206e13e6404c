/**
 * Is the answer right, before it is measured? The same bytes, the status and the validator that the case wants, asked for as the load will
 * ask; and a second time, so that a hit is one.
 */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Case } from './cases.ts';
import { bodyOf } from './origin-body.ts';
import type { BenchServer } from './servers/server.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Throws, with the server and the case, when it is not. */
export async function verify(server: BenchServer, it: Case): Promise<void> {
  const path = it.path.endsWith('/') ? `${it.path}${crypto.randomUUID()}` : it.path;
  for (let asked = 0; asked < 2; asked += 1) {
    // A part, or nothing, is answered once the whole is stored.
    if (asked === 0) await ask(server, it, path, {});
    const fault = faultOf(await ask(server, it, path, it.headers), it);
    if (fault !== undefined) throw new Error(`${server.name}, ${it.title}: ${fault}`);
  }
}

function faultOf({ status, headers, body }: Answer, { path, expected }: Case): string | undefined {
  if (status !== expected.status) return `answers ${status} instead of ${expected.status}`;
  if (body.length !== expected.length) return `answers ${body.length} octets instead of ${expected.length}`;
  const size = Number(/\/bytes\/(\d+)/.exec(path)?.[1]);
  const right = Buffer.from(bodyOf(size)).subarray(expected.first, expected.first + expected.length);
  if (!body.equals(right)) return 'answers another body than the origin';
  const range = `bytes ${expected.first}-${expected.first + expected.length - 1}/${size}`;
  if (status === 206 && headers['content-range'] !== range) return `answers Content-Range: ${String(headers['content-range'])}`;
  if (status === 200 && headers['content-type'] !== 'text/html; charset=utf-8') return 'has lost the content type';
  return undefined;
}

/** HTTP/3 is verified over TLS: the load looks at each of its answers itself. */
function ask(server: BenchServer, { protocol }: Case, path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const base = server.urls[protocol === 'h3' ? 'tls' : protocol];
  const request = base?.startsWith('https') === true ? requestHttps : requestHttp;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const options = {
    headers: { host: server.host, ...headers },
    agent: false,
    rejectUnauthorized: false,
    servername: server.host,
  };
  const sent = request(`${base}${path}`, options, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
    );
  });
  sent.on('error', reject);
  sent.end();
  return promise;
}
