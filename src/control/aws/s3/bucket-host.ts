/**
 * Which bucket does a host name address, and how? S3 user guide, "Virtual hosting of buckets" and "Website endpoints".
 * Pure, and without knowing which buckets exist. Paths are taken apart in front/address.ts.
 */
export interface BucketHost {
  readonly bucket: string;
  readonly kind: 'rest' | 'website';
}

const REST = /^(.+)\.s3(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d)?\.(?:amazonaws\.com(?:\.cn)?|localhost)$/;
const WEBSITE = /^(.+)\.s3-website[.-][a-z]{2}(?:-[a-z]+)+-\d\.(?:amazonaws\.com(?:\.cn)?|localhost)$/;

/** `hostname` has no port. Undefined for every host that is not one bucket's, the path-style endpoints included. */
export function bucketOfHost(hostname: string): BucketHost | undefined {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  const website = WEBSITE.exec(name)?.[1];
  if (website !== undefined) return { bucket: website, kind: 'website' };
  const rest = REST.exec(name)?.[1];
  return rest === undefined ? undefined : { bucket: rest, kind: 'rest' };
}

/**
 * S3 user guide, "General purpose bucket naming rules".
 * Reserved prefixes and suffixes belong to access points and other bucket types.
 */
export function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !/^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) &&
    !/^(?:xn--|sthree-|amzn-s3-demo-)/.test(name) &&
    !/(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
  );
}
