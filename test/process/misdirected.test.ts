/**
 * The connection and the request agree, or 421: on the real program, over HTTP/1.1, 2 and 3. RFC 9110 15.5.20; facts 1.3, 10.4. Whom a
 * connection reaches is decided in core/viewer-request/decide-connection.ts; client certificates are in viewer-mtls.test.ts.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { HTTP3 } from '../listening.ts';
import { loggedLines } from './access-log.ts';
import { cloudFrontOf, createSite, type Site } from './site.ts';

let warmfront: RunningWarmfront;
let newer: Site;
let older: Site;
const origin = Bun.serve({ port: 0, fetch: () => new Response('served') });

beforeAll(async () => {
  warmfront = await startWarmfront();
  const client = cloudFrontOf(warmfront);
  newer = await createSite(client, { originPort: origin.port!, httpVersion: 'http2and3' });
  older = await createSite(client, { originPort: origin.port!, httpVersion: 'http1.1' });
});
afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  await origin.stop(true);
});

/** Asks for `host` over a connection that was made for `serverName`; an address names none. What comes back, head and body. */
async function ask(serverName: string, host: string, path: string, ...more: string[]): Promise<string> {
  const { httpsPort, data } = warmfront;
  const place = ['--resolve', `${serverName}:${httpsPort}:127.0.0.1`, '--cacert', join(data, 'ca.pem'), '--max-time', '10'];
  const command = ['curl', '-sS', '-i', ...place, '-H', `Host: ${host}`, ...more, `https://${serverName}:${httpsPort}${path}`];
  return new Response(Bun.spawn(command).stdout).text();
}

test('a Host of another distribution than the server name’s', async () => {
  const page = await ask(newer.domainName, older.domainName, '/elsewhere');
  expect(page).toStartWith('HTTP/2 421');
  expect(page).toContain('The distribution does not match the certificate for which the HTTPS connection was established with.');
  expect(page.toLowerCase()).toContain('x-cache: error from cloudfront');
  const [line = ''] = await loggedLines(warmfront, '\t/elsewhere\t', 1);
  expect(line.split('\t')).toContain('InvalidRequestCertificate');
  expect(line.split('\t')).toContain('TLSv1.3');
});

test.each([
  ['HTTP/2 where it is on', () => ask(newer.domainName, newer.domainName, '/'), 'HTTP/2 200'],
  ['HTTP/1.1 where HTTP/2 is not', () => ask(older.domainName, older.domainName, '/'), 'HTTP/1.1 200'],
  ['HTTP/2 of a viewer without a server name', () => ask('127.0.0.1', newer.domainName, '/'), 'HTTP/2 200'],
  ['the same where it is not on', () => ask('127.0.0.1', older.domainName, '/'), 'HTTP/2 421'],
  ['HTTP/1.1 of that viewer', () => ask('127.0.0.1', older.domainName, '/', '--http1.1'), 'HTTP/1.1 200'],
])('%s', async (_name, run, want) => expect(await run()).toStartWith(want));

test('HTTP/3 goes by Host, and is offered where it is on', async () => {
  const over3 = (host: string) => fetch(`https://127.0.0.1:${warmfront.httpsPort}/`, { ...HTTP3, headers: { host } });
  const [on, off] = [await over3(newer.domainName), await over3(older.domainName)];
  expect([on.status, await on.text(), off.status]).toEqual([200, 'served', 421]);
  const offers = async ({ domainName }: Site) =>
    (await ask(domainName, domainName, '/')).toLowerCase().includes('\nalt-svc: h3=');
  expect([await offers(newer), await offers(older)]).toEqual([true, false]);
});
