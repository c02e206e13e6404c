/**
 * `--trust-viewer-ip-header` in the program: what a request says of its address counts for the country and for signed policies, on every
 * listener; without the flag, and for what is no address, the connection's counts.
 */
import { CreateDistributionCommand } from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { succeed } from '../clients/commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { cloudFrontOf, deployed, siteConfig } from './site.ts';

let warmfront: RunningWarmfront;
let origin: Bun.Server<undefined>;
let host: string;

beforeAll(async () => {
  warmfront = await startWarmfront({ flags: ['--trust-viewer-ip-header', 'X-Test-Ip'] });
  origin = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ headers }) => new Response(`${headers.get('x-forwarded-for')} ${headers.get('x-test-ip')}`),
  });
  const cloudFront = cloudFrontOf(warmfront);
  const config = siteConfig({ originPort: origin.port ?? 0 });
  const GeoRestriction = { RestrictionType: 'whitelist' as const, Quantity: 1, Items: ['NL'] };
  const DistributionConfig = { ...config, Restrictions: { GeoRestriction } };
  const { Distribution } = await cloudFront.send(new CreateDistributionCommand({ DistributionConfig }));
  host = Distribution?.DomainName ?? '';
  await deployed(cloudFront, Distribution?.Id ?? '');
});

afterAll(async () => {
  await origin.stop(true);
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
});

/** The status and the body. */
async function seen(url: string, ...words: string[]): Promise<string> {
  return succeed(['curl', '-sS', '--max-time', '20', '-w', ' %{http_code}', ...words, url], warmfront.environment);
}

const listeners: [name: string, words: string[]][] = [
  ['HTTP/1.1', []],
  ['TLS, HTTP/1.1', ['--http1.1']],
  ['HTTP/2', ['--http2']],
];

test.each(listeners)('%s', async (name, words) => {
  const url = name === 'HTTP/1.1' ? `http://${host}:${warmfront.httpPort}` : `https://${host}:${warmfront.httpsPort}`;
  const [dutch, american] = ['193.0.6.139', '8.8.8.8'];
  expect(await seen(`${url}/${words.join('')}`, ...words, '-H', `X-Test-Ip: ${dutch}`)).toBe(`${dutch} null 200`);
  expect(await seen(`${url}/other`, ...words, '-H', `X-Test-Ip: ${american}`)).toEndWith(' 403');
  expect(await seen(`${url}/own`, ...words)).toEndWith(' 200');
});

test('it is said when Warmfront starts, and when what is said is no address', async () => {
  expect(await seen(`http://${host}:${warmfront.httpPort}/no-address`, '-H', 'X-Test-Ip: nowhere')).toEndWith(' 200');
  const output = warmfront.output();
  expect(output).toContain('viewers are believed in X-Test-Ip about their address: for tests only');
  expect(output).toContain('"nowhere" in X-Test-Ip (--trust-viewer-ip-header) is no address');
});
