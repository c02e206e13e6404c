/**
 * Bucket and key of a request: from the host (virtual-hosted style) or from the path (path style).
 * S3 user guide, "Virtual hosting of buckets". The raw path is split before it is decoded, and nothing is normalised: `//`, `.` and
 * `..` are parts of keys. Which operation it is comes after, in choose-operation.ts.
 */
import { ApiError } from '../../wire/types.ts';
import { bucketOfHost } from '../bucket-host.ts';
import type { BucketHost } from '../bucket-host.ts';

export interface Address {
  readonly bucket: string;
  readonly key: string;
  readonly kind: BucketHost['kind'];
}

/** `host` as the client sent it, port included. */
export function addressOf(host: string, rawPath: string): Address {
  const named = bucketOfName(host.replace(/:\d+$/, ''));
  if (named !== undefined) return { ...named, key: decode(rawPath.slice(1)) };
  const path = rawPath.slice(1);
  const slash = path.indexOf('/');
  if (slash < 0) return { bucket: decode(path), key: '', kind: 'rest' };
  return { bucket: decode(path.slice(0, slash)), key: decode(path.slice(slash + 1)), kind: 'rest' };
}

/** Ours: SDKs put the bucket before whatever endpoint they are given, so `<bucket>.localhost` is one too. */
function bucketOfName(hostname: string): BucketHost | undefined {
  const local = /^(.+)\.localhost$/i.exec(hostname)?.[1]?.toLowerCase();
  return (
    bucketOfHost(hostname) ?? (local === undefined || /^s3(?:[.-]|$)/.test(local) ? undefined : { bucket: local, kind: 'rest' })
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ApiError('InvalidURI', "Couldn't parse the specified URI.", 400, { URI: text.slice(0, 200) });
  }
}
