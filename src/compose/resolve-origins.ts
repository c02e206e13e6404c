/**
 * Where requests for an origin go: `--origin-override` first, then the built-in bucket store, then the world (adapters/origin).
 */
import type { ResolveOrigin } from '../adapters/origin/resolve-origin.ts';
import { reachableHost } from '../cli/run-record.ts';
import { bucketOfHost } from '../control/aws/s3/bucket-host.ts';
import type { Settings } from '../tables/settings.ts';

/** The port of the API that serves the bucket; undefined where there is no such bucket. */
export type BucketLookup = (bucket: string) => Promise<number | undefined>;

export function originResolver(
  { host, originOverride }: Pick<Settings, 'host' | 'originOverride'>,
  lookup: BucketLookup,
): ResolveOrigin {
  return (hostname) => {
    const override = originOverride[hostname.toLowerCase()];
    if (override !== undefined) return { connectHost: override.hostname, connectPort: override.port, scheme: override.scheme };
    const named = bucketOfHost(hostname);
    return named && inBucketStore(named.bucket);
  };

  async function inBucketStore(bucket: string): Promise<Awaited<ReturnType<ResolveOrigin>>> {
    const port = await lookup(bucket);
    return port === undefined ? undefined : { connectHost: reachableHost(host), connectPort: port, scheme: 'http' };
  }
}
