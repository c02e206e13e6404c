/**
 * `--production`: origins may not be on this machine, whatever their names say, and the server's log tells who was refused. The
 * operator's own words stay: `--allow-origin-address`, overrides, and the built-in bucket store.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateDistributionCommand } from '@aws-sdk/client-cloudfront';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { cloudFrontOf, createSite, deployed, s3Of, siteConfig } from './site.ts';

let warmfront: RunningWarmfront;
let origin: Bun.Server<undefined>;

beforeAll(async () => {
  // On every address of this machine.
  origin = Bun.serve({ hostname: '0.0.0.0', port: 0, fetch: () => new Response('origin') });
  const override = `overridden.test=http://127.0.0.2:${origin.port}`;
  const flags = ['--production', '--allow-origin-address', '127.0.0.3', '--origin-override', override];
  warmfront = await startWarmfront({ flags });
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  await origin.stop();
});

async function view(domainName: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${warmfront.httpPort}/page`, { headers: { host: domainName } });
  const text = await response.text();
  return response.status === 200 ? text : `${response.status} ${text.includes('able to connect to the origin')}`;
}

const rows: [name: string, want: string, told: RegExp | undefined][] = [
  ['localhost', '502 true', /origin http:\/\/localhost:\d+ is not asked: its address (?:127\.0\.0\.1|::1) is loopback/],
  ['127.0.0.1', '502 true', /its address 127\.0\.0\.1 is loopback/],
  ['0', '502 true', /its address 0\.0\.0\.0 is of this network, unspecified/],
  ['2852039166', '502 true', /its address 169\.254\.169\.254 is the metadata service of clouds/],
  ['127.0.0.3', 'origin', undefined],
  ['overridden.test', 'origin', undefined],
];
test.each(rows)('an origin at %s: %s', async (originHost, want, told) => {
  const site = await createSite(cloudFrontOf(warmfront), { originHost, originPort: origin.port ?? 0 });
  expect(await view(site.domainName)).toBe(want);
  if (told !== undefined) expect(warmfront.output()).toMatch(told);
});

test('the built-in bucket store', async () => {
  await s3Of(warmfront).send(new CreateBucketCommand({ Bucket: 'open' }));
  const Items = [{ Id: 'origin', DomainName: 'open.s3.eu-west-1.amazonaws.com', S3OriginConfig: { OriginAccessIdentity: '' } }];
  const DistributionConfig = { ...siteConfig({ originPort: 80 }), Origins: { Quantity: 1, Items } };
  const client = cloudFrontOf(warmfront);
  const { Distribution } = await client.send(new CreateDistributionCommand({ DistributionConfig }));
  await deployed(client, Distribution?.Id ?? '');
  // It was asked, and says no for reasons of its own: nobody may read this bucket.
  expect(await view(Distribution?.DomainName ?? '')).toBe('403 false');
});

test('a bucket is an origin, and no way to what this machine alone may ask', async () => {
  await s3Of(warmfront).send(new CreateBucketCommand({ Bucket: 'door' }));
  const Items = [{ Id: 'origin', DomainName: 'door.s3.localhost', S3OriginConfig: { OriginAccessIdentity: '' } }];
  const DistributionConfig = { ...siteConfig({ originPort: 80 }), Origins: { Quantity: 1, Items } };
  const client = cloudFrontOf(warmfront);
  const { Distribution } = await client.send(new CreateDistributionCommand({ DistributionConfig }));
  await deployed(client, Distribution?.Id ?? '');
  for (const path of ['/_warmfront/health', '/_warmfront/metrics', '/_warmfront/status', '/2020-05-31/distribution']) {
    const response = await fetch(`http://127.0.0.1:${warmfront.httpPort}${path}`, {
      headers: { host: Distribution?.DomainName ?? '' },
    });
    expect([path, response.status]).toEqual([path, 403]);
    expect(await response.text()).toContain('<Code>AccessDenied</Code>');
  }
});
