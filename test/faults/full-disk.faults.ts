/**
 * The disk under the data directory fills up while Warmfront runs: changes are refused with an AWS error and not half made, what is
 * served goes on, lost access log lines are told, and all is well again once there is room. A real file system: a small tmpfs.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateCachePolicyCommand,
  CreateInvalidationCommand,
  GetDistributionConfigCommand,
  ListCachePoliciesCommand,
  type CloudFrontClient,
} from '@aws-sdk/client-cloudfront';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { run } from '../clients/commands.ts';
import { LAUNCHER, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { processesNaming } from '../process/process-facts.ts';
import { cloudFrontOf, createSite, deployed, s3Of, updateSite, type Site } from '../process/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'warmfront-full-'));
/** Mounting needs root, and a system that lets root mount. */
const canMount = mount('8m');

function mount(size: string): boolean {
  return Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).exitCode === 0;
}

let origin: Server;
let warmfront: RunningWarmfront;
let client: CloudFrontClient;
let s3: S3Client;
let site: Site;

beforeAll(async () => {
  if (!canMount) return;
  origin = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: max-age=60\r\n\r\nok'));
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  warmfront = await startWarmfront({ data: join(folder, 'data') });
  client = cloudFrontOf(warmfront);
  s3 = s3Of(warmfront);
  site = await createSite(client, { originPort: (origin.address() as AddressInfo).port });
  await s3.send(new CreateBucketCommand({ Bucket: 'kept-bucket' }));
  await s3.send(new PutObjectCommand({ Bucket: 'kept-bucket', Key: 'kept', Body: 'as it was' }));
});

afterAll(async () => {
  if (canMount) {
    await warmfront.stop();
    origin.close();
    Bun.spawnSync(['umount', '--lazy', folder]);
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Takes every octet that is left. */
function fillDisk(): void {
  const file = openSync(join(folder, 'filler'), 'a');
  try {
    for (const size of [65_536, 4096, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
}

async function refusal(work: Promise<unknown>): Promise<number | string | undefined> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
  }
}

async function view(path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${warmfront.httpPort}${path}`, { headers: { host: site.domainName } });
  return `${response.status} ${await response.text()}`;
}

test.skipIf(!canMount)(
  'a disk that fills up while it runs',
  async () => {
    fillDisk();
    const policy = (Name: string) => new CreateCachePolicyCommand({ CachePolicyConfig: { Name, MinTTL: 0 } });
    const invalidation = (): CreateInvalidationCommand => {
      const batch = { CallerReference: crypto.randomUUID(), Paths: { Quantity: 1, Items: ['/*'] } };
      return new CreateInvalidationCommand({ DistributionId: site.id, InvalidationBatch: batch });
    };
    // The write-ahead log may hold a few changes more before it must grow; what it took is kept.
    const taken: string[] = [];
    let refused: number | string | undefined = 'accepted';
    for (let count = 0; refused === 'accepted' && count < 200; count += 1) {
      refused = await refusal(client.send(policy(`policy-${count}`)));
      if (refused === 'accepted') taken.push(`policy-${count}`);
    }
    // 507 is none of the statuses that clients retry: a full disk stays full for now.
    expect(refused).toBe(507);
    expect(await refusal(updateSite(client, site.id, (config) => ({ ...config, Comment: 'changed' })))).toBe(507);
    expect(await refusal(client.send(invalidation()))).toBe(507);
    const put = (key: string) => s3.send(new PutObjectCommand({ Bucket: 'kept-bucket', Key: key, Body: Buffer.alloc(500_000) }));
    expect(await refusal(put('kept'))).toBe(507);
    expect(await refusal(put('new'))).toBe(507);

    const { DistributionConfig: config } = await client.send(new GetDistributionConfigCommand({ Id: site.id }));
    expect(config?.Comment).toBe('');
    const { CachePolicyList } = await client.send(new ListCachePoliciesCommand({ Type: 'custom' }));
    const names = CachePolicyList?.Items?.map(({ CachePolicy }) => CachePolicy?.CachePolicyConfig?.Name);
    expect(new Set(names)).toEqual(new Set(taken));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'kept-bucket', Key: 'kept' }));
    expect(await Body?.transformToString()).toBe('as it was');

    for (let count = 0; count < 300; count += 1) expect(await view(`/page-${count}`)).toBe('200 ok');
    while (!warmfront.output().includes('access log lines are being lost')) await view('/page');

    rmSync(join(folder, 'filler'));
    await client.send(policy('after'));
    await client.send(invalidation());
    await put('new');
    await updateSite(client, site.id, (changed) => ({ ...changed, Comment: 'changed' }));
    await deployed(client, site.id);
    while (!warmfront.output().includes('access log lines are written again')) await view('/page');
    expect(warmfront.output()).toMatch(/written again \([1-9]\d* were lost\)/);
  },
  30_000,
);

test.skipIf(!canMount)(
  'a disk that is full at the start: one line, exit 1, and nothing is left running',
  async () => {
    for (const size of ['16k', '120k']) {
      const small = mkdtempSync(join(tmpdir(), 'warmfront-small-'));
      try {
        Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', small]);
        const flags = ['--http-port', '0', '--https-port', '0', '--api-port', '0', '--no-demo'];
        const { code, stdout, stderr } = await run([LAUNCHER, 'up', '--data', join(small, 'data'), ...flags], {
          ...process.env,
        } as Record<string, string>);
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toMatch(/^warmfront: [^\n]*free disk space[^\n]*\n$/);
        expect(processesNaming(small)).toEqual([]);
      } finally {
        Bun.spawnSync(['umount', '--lazy', small]);
        rmSync(small, { recursive: true, force: true });
      }
    }
  },
  30_000,
);
