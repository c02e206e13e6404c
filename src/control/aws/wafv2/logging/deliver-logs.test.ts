/**
 * Logs on their way to a bucket: whole, under AWS's keys, once; and what a failure leaves behind is delivered later.
 */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Clock } from '../../../../edge/ports.ts';
import { openBucketStore, type BucketStore } from '../../../buckets/bucket-store.ts';
import { createLogDelivery } from './deliver-logs.ts';

const BUCKET = 'aws-waf-logs-here';
let data: string;
let folder: string;
let buckets: BucketStore;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'warmfront-waf-logs-'));
  folder = join(data, 'logs');
  mkdirSync(folder);
  buckets = openBucketStore(join(data, 'buckets'));
});
afterEach(() => {
  buckets.close();
  rmSync(data, { recursive: true, force: true });
});

const now = Date.UTC(2026, 10, 28, 21, 5, 30);

function delivery(destinations: Readonly<Record<string, string>>) {
  const reports: string[] = [];
  const waits: (() => void)[] = [];
  let isHeld = false;
  const clock: Clock = {
    now: () => now,
    after(_, run) {
      if (isHeld) waits.push(run);
      else queueMicrotask(run);
      return { cancel() {} };
    },
  };
  const random = (length: number): Uint8Array => new Uint8Array(length).fill(0xab);
  const destination = (name: string): string | undefined => destinations[name];
  const options = { folder, clock, buckets, destination, accountId: '000000000000', random };
  const made = createLogDelivery({ ...options, report: (line) => reports.push(line) });
  return { ...made, reports, hold: () => void (isHeld = true) };
}

/** Key -> lines. */
async function delivered(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const listed = buckets.list(BUCKET, { prefix: '', delimiter: '', after: '', limit: 10 });
  for (const one of listed.listed) {
    if (one.kind !== 'object') continue;
    const { object } = one;
    const chunks = await Array.fromAsync(buckets.readBody(object, 0, object.size - 1));
    found[object.key] = gunzipSync(Buffer.concat(chunks)).toString();
  }
  return found;
}

const KEY =
  'AWSLogs/000000000000/WAFLogs/cloudfront/acl/2026/11/28/21/05/000000000000_waflogs_cloudfront_acl_20261128T2105Z_abababab.log.gz';
const TO_BUCKET = { acl: `arn:aws:s3:::${BUCKET}` };

test('a log reaches its bucket, and is gone from the folder', async () => {
  buckets.createBucket({ name: BUCKET, region: 'us-east-1', created: now });
  const { deliver, reports } = delivery(TO_BUCKET);
  appendFileSync(join(folder, 'acl.log'), '{"action":"BLOCK"}\n{"action":"ALLOW"}\n');
  appendFileSync(join(folder, 'other.log'), '{}\n');
  await deliver();
  expect(await delivered()).toEqual({ [KEY]: '{"action":"BLOCK"}\n{"action":"ALLOW"}\n' });
  expect(readdirSync(folder)).toEqual(['other.log']);
  expect(reports).toEqual([]);
});

test('nothing to log is nothing to say', async () => {
  rmSync(folder, { recursive: true });
  const { deliver, reports } = delivery(TO_BUCKET);
  await deliver();
  expect({ reports, exists: existsSync(folder) }).toEqual({ reports: [], exists: false });
});

test('a log waits for its bucket', async () => {
  const { deliver } = delivery(TO_BUCKET);
  appendFileSync(join(folder, 'acl.log'), 'a\n');
  await deliver();
  expect(readdirSync(folder)).toEqual(['acl.log']);
  buckets.createBucket({ name: BUCKET, region: 'us-east-1', created: now });
  await deliver();
  expect(await delivered()).toEqual({ [KEY]: 'a\n' });
});

test('a stop leaves what was under way to the next start', async () => {
  buckets.createBucket({ name: BUCKET, region: 'us-east-1', created: now });
  const first = delivery(TO_BUCKET);
  appendFileSync(join(folder, 'acl.log'), 'a\n');
  first.hold();
  const underway = first.deliver();
  await first.stop();
  await underway;
  expect(await delivered()).toEqual({});
  await delivery(TO_BUCKET).deliver();
  expect(await delivered()).toEqual({ [KEY]: 'a\n' });
});
