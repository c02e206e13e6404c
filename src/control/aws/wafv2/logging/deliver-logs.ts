/**
 * From the files that workers write (adapters/log/waf-log-files.ts) to the buckets of logging configurations, under AWS's keys: JSON lines,
 * gzipped. A file is moved aside first, left alone until who was writing to it has finished, and goes when the bucket has it; what a stop or
 * a failure leaves behind is delivered later. AWS WAF developer guide: logging to Amazon S3.
 *
 *   AWSLogs/<account>/WAFLogs/cloudfront/<web ACL>/2026/11/28/21/05/<account>_waflogs_cloudfront_<web ACL>_20261128T2105Z_<8 hex>.log.gz
 */
import { existsSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../../../../edge/ports.ts';
import { sentence } from '../../../../model/sentence.ts';
import { MIB, MINUTE, SECOND, type Bytes, type Duration, type Instant } from '../../../../model/units.ts';
import type { BucketStore } from '../../../buckets/bucket-store.ts';
import { bucketOf } from './logging-handlers.ts';

export interface LogDeliveryOptions {
  /** Where workers write: `<web ACL>.log`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly buckets: Pick<BucketStore, 'bucket' | 'stage' | 'commit'>;
  /** Where the log of the web ACL with this name goes; undefined: nowhere. */
  readonly destination: (webAclName: string) => string | undefined;
  readonly accountId: string;
  readonly random: (length: number) => Uint8Array;
  readonly report: (line: string) => void;
}

export interface LogDelivery {
  start(): void;
  /** Delivers what there is; resolves when that is done, or has failed and was told. */
  deliver(): Promise<void>;
  stop(): Promise<void>;
}

/** Ours: AWS WAF delivers every five minutes; who tries a web ACL out need not wait that long. */
const DELIVERY_INTERVAL: Duration = MINUTE;
/** Ours: workers append within a moment of opening a file. */
const SETTLING: Duration = 2 * SECOND;
/** AWS WAF: a log file has at most 75 MB. Ours: of what is in it. */
const FILE_LIMIT: Bytes = 64 * MIB;

const NEWLINE = 0x0a;
const LOG = /^([\w-]{1,128})\.log$/;
const MOVED = /^([\w-]{1,128})\.log\.\d+\.moved$/;
const compress = promisify(gzip);

export function createLogDelivery(options: LogDeliveryOptions): LogDelivery {
  const { folder, clock, buckets, report } = options;
  /** What was said of the last attempt, if it failed: said once. */
  let told: string | undefined;
  let timer: { cancel(): void } | undefined;
  let settled: () => void = () => undefined;
  let isStopped = false;
  let last: Promise<void> = Promise.resolve();

  /** The bucket, where there is one to deliver to. */
  function bucketFor(webAclName: string): string | undefined {
    const bucket = bucketOf(options.destination(webAclName) ?? '');
    return bucket !== undefined && buckets.bucket(bucket) !== undefined ? bucket : undefined;
  }

  async function files(of: RegExp): Promise<readonly { readonly file: string; readonly webAclName: string }[]> {
    // Workers make the folder when there is something to log.
    const names = existsSync(folder) ? await readdir(folder) : [];
    return names.flatMap((file) => {
      const webAclName = of.exec(file)?.[1];
      return webAclName === undefined ? [] : [{ file, webAclName }];
    });
  }

  async function run(): Promise<void> {
    const now = clock.now();
    const due = (await files(LOG)).filter(({ webAclName }) => bucketFor(webAclName) !== undefined);
    for (const { file } of due) await rename(join(folder, file), join(folder, `${file}.${now}.moved`));
    if (due.length > 0 && !isStopped) await settle();
    if (isStopped) return;
    for (const { file, webAclName } of await files(MOVED)) {
      const bucket = bucketFor(webAclName);
      if (bucket !== undefined) await put(join(folder, file), bucket, webAclName);
    }
  }

  function settle(): Promise<void> {
    return new Promise((resolve) => {
      const wait = clock.after(SETTLING, resolve);
      settled = () => {
        wait.cancel();
        resolve();
      };
    });
  }

  async function put(path: string, bucket: string, webAclName: string): Promise<void> {
    for await (const part of partsOf(path)) {
      const body = await compress(part);
      const staged = await buckets.stage(once(body), []);
      const key = keyOf(options.accountId, webAclName, clock.now(), options.random(4));
      const headers = { ContentType: 'application/x-gzip' };
      const attributes = { headers, metadata: {}, storageClass: 'STANDARD', tags: [], grants: [] };
      const object = { bucket, key, modified: clock.now(), attributes, checksum: undefined, parts: [] };
      if ((await buckets.commit(staged, object)) === undefined) throw new Error(`the bucket ${bucket} has gone`);
    }
    await rm(path);
  }

  function deliver(): Promise<void> {
    last = last.then(async () => {
      try {
        await run();
        told = undefined;
      } catch (error) {
        const line = `${folder}: logs of web ACLs are not delivered: ${sentence(error)}`;
        if (told !== line) report(line);
        told = line;
      }
    });
    return last;
  }

  function schedule(): void {
    if (isStopped) return;
    timer = clock.after(DELIVERY_INTERVAL, () => void deliver().then(schedule));
  }

  return {
    start: schedule,
    deliver,
    async stop() {
      isStopped = true;
      timer?.cancel();
      settled();
      await last;
    },
  };
}

/** Whole lines, so many octets at a time. */
async function* partsOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    for (let position = 0; position < size;) {
      const wanted = Math.min(FILE_LIMIT, size - position);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(wanted), 0, wanted, position);
      if (bytesRead === 0) return;
      const end = position + bytesRead === size ? bytesRead : buffer.lastIndexOf(NEWLINE, bytesRead - 1) + 1;
      // A line longer than a file may be is cut.
      const length = end === 0 ? bytesRead : end;
      yield buffer.subarray(0, length);
      position += length;
    }
  } finally {
    await file.close();
  }
}

async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

function keyOf(accountId: string, webAclName: string, now: Instant, random: Uint8Array): string {
  const [year, month, day, hour, minute] = new Date(now).toISOString().split(/[-T:]/);
  const folder = `AWSLogs/${accountId}/WAFLogs/cloudfront/${webAclName}/${year}/${month}/${day}/${hour}/${minute}`;
  const file = `${accountId}_waflogs_cloudfront_${webAclName}_${year}${month}${day}T${hour}${minute}Z`;
  return `${folder}/${file}_${Buffer.from(random).toString('hex')}.log.gz`;
}
