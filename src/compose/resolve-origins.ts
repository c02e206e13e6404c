/**
 * Where requests for an origin go: `--origin-override` first, then the built-in bucket store, then the world (adapters/origin).
 */
import type { ResolveOrigin } from '../adapters/origin/resolve-origin.ts';
import { bucketOfHost } from '../control/aws/s3/bucket-host.ts';
import type { Settings } from '../tables/settings.ts';

/** Where the buckets are served to edges: on this machine, whatever `--host` says. */
export const BUCKET_HOST = '127.0.0.1';

/** The port there that serves the bucket; undefined where there is no such bucket. */
export type BucketLookup = (bucket: string) => Promise<number | undefined>;

export function originResolver({ originOverride }: Pick<Settings, 'originOverride'>, lookup: BucketLookup): ResolveOrigin {
  return (hostname) => {
    const override = originOverride[hostname.toLowerCase()];
    if (override !== undefined) return { connectHost: override.hostname, connectPort: override.port, scheme: override.scheme };
    const named = bucketOfHost(hostname);
    return named && inBucketStore(named.bucket);
  };

  async function inBucketStore(bucket: string): Promise<Awaited<ReturnType<ResolveOrigin>>> {
    const port = await lookup(bucket);
    return port === undefined ? undefined : { connectHost: BUCKET_HOST, connectPort: port, scheme: 'http' };
  }
}
