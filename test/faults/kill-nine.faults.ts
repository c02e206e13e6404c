/**
 * kill -9 while clients write: distributions, policies, invalidations and objects, all at once. After each restart every change
 * that was acknowledged is there, none is half there, invalidations that were pending complete, distributions become Deployed, and
 * requests are served. docs/architecture.md: handlers write first and answer then.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateCachePolicyCommand,
  CreateInvalidationCommand,
  GetCachePolicyCommand,
  GetDistributionConfigCommand,
  GetInvalidationCommand,
  waitUntilInvalidationCompleted,
  type CloudFrontClient,
} from '@aws-sdk/client-cloudfront';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { cloudFrontOf, createSite, deployed, s3Of, updateSite, type Site } from '../process/site.ts';

/** How long the writers write before each kill. */
const ROUNDS = [80, 150, 220, 300, 400, 550, 700];
const BUCKET = 'kept-bucket';

/** What was acknowledged, and by which the restarted Warmfront is judged. */
interface Acknowledged {
  /** Newest revision by distribution. */
  readonly revisions: Map<string, number>;
  /** TTL by cache policy id. */
  readonly policies: Map<string, number>;
  /** [distribution, invalidation] */
  readonly invalidations: (readonly [string, string])[];
  /** Hashes by key, those that were acknowledged and those that were only sent: newest last. */
  readonly objects: Map<string, { readonly acknowledged: string | undefined; readonly sent: string }>;
}

let origin: Server;
let originPort: number;
let warmfront: RunningWarmfront;
let sites: readonly Site[];
const acknowledged: Acknowledged = { revisions: new Map(), policies: new Map(), invalidations: [], objects: new Map() };

beforeAll(async () => {
  origin = createServer((request, response) => void response.end(`origin ${request.url}`));
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  originPort = (origin.address() as AddressInfo).port;
  warmfront = await startWarmfront();
  const client = cloudFrontOf(warmfront);
  sites = [await createSite(client, { originPort }), await createSite(client, { originPort })];
  await s3Of(warmfront).send(new CreateBucketCommand({ Bucket: BUCKET }));
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  origin.close();
});

/** Both settings of one revision, which must never be seen apart. */
async function writeRevision(client: CloudFrontClient, { id }: Site, revision: number): Promise<void> {
  await updateSite(client, id, (config) => {
    const [first] = config.Origins?.Items ?? [];
    return { ...config, Comment: `r${revision}`, Origins: { Quantity: 1, Items: [{ ...first!, OriginPath: `/r${revision}` }] } };
  });
}

/** Each writer goes on until the process is gone; what it learnt before that counts. */
function writers(round: number, client: CloudFrontClient, s3: S3Client): readonly (() => Promise<void>)[] {
  let next = round * 10_000;
  const distributions = sites.map((site) => async (): Promise<void> => {
    next += 1;
    const revision = next;
    await writeRevision(client, site, revision);
    acknowledged.revisions.set(site.id, revision);
  });
  return [
    ...distributions,
    async () => {
      next += 1;
      const ttl = next;
      const config = { Name: `policy-${ttl}`, MinTTL: 0, DefaultTTL: ttl, MaxTTL: ttl };
      const { CachePolicy } = await client.send(new CreateCachePolicyCommand({ CachePolicyConfig: config }));
      acknowledged.policies.set(CachePolicy?.Id ?? '', ttl);
    },
    async () => {
      const [{ id }] = sites as readonly [Site];
      const batch = { CallerReference: crypto.randomUUID(), Paths: { Quantity: 1, Items: ['/*'] } };
      const { Invalidation } = await client.send(new CreateInvalidationCommand({ DistributionId: id, InvalidationBatch: batch }));
      acknowledged.invalidations.push([id, Invalidation?.Id ?? '']);
    },
    async () => {
      next += 1;
      const body = randomBytes(1 + ((next * 7919) % 200_000));
      const sent = createHash('sha256').update(body).digest('hex');
      // Twenty keys: most puts replace an object.
      const key = `object-${next % 20}`;
      const before = acknowledged.objects.get(key);
      acknowledged.objects.set(key, { acknowledged: before?.acknowledged, sent });
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
      acknowledged.objects.set(key, { acknowledged: sent, sent });
    },
  ];
}

async function writeUntilKilled(round: number, delay: number): Promise<void> {
  const client = cloudFrontOf(warmfront);
  const s3 = s3Of(warmfront);
  const writing = writers(round, client, s3).map(async (write) => {
    for (;;) await write();
  });
  const ended = Promise.allSettled(writing);
  await Bun.sleep(delay);
  await warmfront.kill();
  await ended;
  client.destroy();
  s3.destroy();
}

async function expectEverything(): Promise<void> {
  const client = cloudFrontOf(warmfront);
  const s3 = s3Of(warmfront);
  for (const site of sites) {
    const { DistributionConfig: config } = await client.send(new GetDistributionConfigCommand({ Id: site.id }));
    const revision = Number(/^r(\d+)$/.exec(config?.Comment ?? '')?.[1] ?? 0);
    expect(config?.Origins?.Items?.[0]?.OriginPath).toBe(revision === 0 ? '' : `/r${revision}`);
    expect(revision).toBeGreaterThanOrEqual(acknowledged.revisions.get(site.id) ?? 0);
    await deployed(client, site.id);
    // What the disk cache kept may answer, unless it was forgotten: an acknowledged invalidation outlives the kill, too.
    const isForgotten = acknowledged.invalidations.some(([distribution]) => distribution === site.id);
    const path = isForgotten ? '/page' : `/${crypto.randomUUID()}`;
    const served = await fetch(`http://127.0.0.1:${warmfront.httpPort}${path}`, { headers: { host: site.domainName } });
    expect(await served.text()).toBe(revision === 0 ? `origin ${path}` : `origin /r${revision}${path}`);
  }
  for (const [id, ttl] of acknowledged.policies) {
    const { CachePolicy } = await client.send(new GetCachePolicyCommand({ Id: id }));
    expect(CachePolicy?.CachePolicyConfig).toMatchObject({ Name: `policy-${ttl}`, DefaultTTL: ttl });
  }
  for (const [DistributionId, Id] of acknowledged.invalidations.splice(0)) {
    const { Invalidation } = await client.send(new GetInvalidationCommand({ DistributionId, Id }));
    expect(Invalidation?.InvalidationBatch?.Paths?.Items).toEqual(['/*']);
    await waitUntilInvalidationCompleted({ client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.1 }, { DistributionId, Id });
  }
  const listed = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  const keys = new Set(listed.Contents?.map(({ Key }) => Key));
  for (const [key, { acknowledged: whole, sent }] of acknowledged.objects) {
    if (whole === undefined && !keys.has(key)) continue;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    const found = createHash('sha256')
      .update((await Body?.transformToByteArray()) ?? '')
      .digest('hex');
    // Killed between the write and the answer, the newer one may be there.
    expect([whole, sent]).toContain(found);
    acknowledged.objects.set(key, { acknowledged: found, sent: found });
  }
}

test('every acknowledged change outlives the kill', async () => {
  for (const [round, delay] of ROUNDS.entries()) {
    await writeUntilKilled(round + 1, delay);
    warmfront = await startWarmfront({ data: warmfront.data });
    await expectEverything();
  }
  // The rounds must have written something, or they prove nothing.
  expect(acknowledged.revisions.size).toBe(sites.length);
  expect(acknowledged.policies.size).toBeGreaterThan(0);
  expect(acknowledged.objects.size).toBeGreaterThan(0);
}, 90_000);
