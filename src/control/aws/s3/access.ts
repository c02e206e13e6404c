/**
 * Asks for access: gathers what decideAccess needs from the bucket's settings and the request, and says no in S3's words.
 * The decision itself is pure, in policy/decide-access.ts.
 */
import { SIGNED_CALLS_COUNT_AS_SECURE } from '../../../model/assumptions.ts';
import type { AclGrant, ObjectRecord } from '../../buckets/bucket-records.ts';
import type { BucketStore } from '../../buckets/bucket-store.ts';
import type { Principal } from '../wire/types.ts';
import { accessDenied } from './errors.ts';
import { decideAccess } from './policy/decide-access.ts';
import type { AccessDecision } from './policy/decide-access.ts';
import { principalFacts } from './policy/evaluate-policy.ts';
import type { RequestFacts } from './policy/conditions.ts';
import { parsePolicy } from './policy/parse-policy.ts';
import type { Policy } from './policy/policy.ts';
import type { Permission } from './operation-permissions.ts';
import type { S3Call, S3Context } from './s3-call.ts';

/** What is asked for on `bucket`, or on `key` in it. */
export interface AccessTarget {
  readonly bucket: string;
  readonly key: string;
}

export function mayDo(
  call: Pick<S3Call, 'incoming' | 'context' | 'query'>,
  permission: Permission,
  target: AccessTarget,
): AccessDecision {
  const { buckets } = call.context;
  const { bucket, key } = target;
  const resource = key === '' ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/${key}`;
  const object = key === '' ? undefined : buckets.object(bucket, key);
  const rules = {
    ownerAccountId: call.context.accountId,
    policy: storedPolicy(buckets, bucket),
    publicAccessBlock: buckets.setting(bucket, 'public-access-block'),
    grants: aclsEnabled(buckets, bucket) ? grantsFor(buckets, permission, bucket, object) : [],
    aclPermission: permission.acl,
  };
  return decideAccess(rules, {
    principal: call.incoming.principal,
    action: permission.action,
    resource,
    facts: requestFacts(call, object),
  });
}

/** Throws AccessDenied unless the permission is there. */
export function authorize(
  call: Pick<S3Call, 'incoming' | 'context' | 'query'>,
  permission: Permission,
  target: AccessTarget,
): void {
  const decision = mayDo(call, permission, target);
  if (decision.kind === 'allowed') return;
  const { principal } = call.incoming;
  // S3: who is known is told what was missing, who is not learns nothing.
  if (principal.kind !== 'account') throw accessDenied();
  const resource = target.key === '' ? `arn:aws:s3:::${target.bucket}` : `arn:aws:s3:::${target.bucket}/${target.key}`;
  const why =
    decision.reason === 'explicit-deny'
      ? 'with an explicit deny in a resource-based policy'
      : 'because no resource-based policy allows the action';
  throw accessDenied(
    `User: ${principal.arn} is not authorized to perform: ${permission.action} on resource: "${resource}" ${why.replace('the action', `the ${permission.action} action`)}`,
  );
}

/** The account's own operations (ListBuckets, CreateBucket) are for the account alone. */
export function authorizeAccount(principal: Principal, context: S3Context): void {
  if (principal.kind !== 'account' || principal.accountId !== context.accountId) throw accessDenied();
}

export function aclsEnabled(buckets: BucketStore, bucket: string): boolean {
  const ownership = buckets.setting(bucket, 'ownership') ?? 'BucketOwnerEnforced';
  return ownership !== 'BucketOwnerEnforced';
}

export function bucketGrants(buckets: BucketStore, bucket: string): readonly AclGrant[] {
  return buckets.setting(bucket, 'acl') ?? [];
}

/** S3: writing is granted on the bucket, reading on the object. */
function grantsFor(
  buckets: BucketStore,
  permission: Permission,
  bucket: string,
  object: ObjectRecord | undefined,
): readonly AclGrant[] {
  return object === undefined || permission.acl === 'WRITE' ? bucketGrants(buckets, bucket) : object.attributes.grants;
}

/** What was put was parsed then; an identity deleted since keeps the policy readable. */
export function storedPolicy(buckets: BucketStore, bucket: string): Policy | undefined {
  const text = buckets.setting(bucket, 'policy');
  return text === undefined ? undefined : parsePolicy(text, { bucket, oaiExists: () => true });
}

const HEADER_FACTS: Readonly<Record<string, string>> = {
  'aws:referer': 'referer',
  'aws:useragent': 'user-agent',
  's3:x-amz-acl': 'x-amz-acl',
  's3:x-amz-copy-source': 'x-amz-copy-source',
  's3:x-amz-storage-class': 'x-amz-storage-class',
  's3:x-amz-server-side-encryption': 'x-amz-server-side-encryption',
  's3:x-amz-content-sha256': 'x-amz-content-sha256',
};
const QUERY_FACTS: Readonly<Record<string, string>> = {
  's3:prefix': 'prefix',
  's3:delimiter': 'delimiter',
  's3:max-keys': 'max-keys',
  's3:versionid': 'versionId',
};

function requestFacts({ incoming, query }: Pick<S3Call, 'incoming' | 'query'>, object: ObjectRecord | undefined): RequestFacts {
  const facts = new Map<string, readonly string[]>(principalFacts(incoming.principal));
  facts.set('aws:securetransport', [
    String(incoming.isSecure ?? (SIGNED_CALLS_COUNT_AS_SECURE && incoming.principal.kind !== 'anonymous')),
  ]);
  facts.set('aws:currenttime', [new Date(incoming.now).toISOString()]);
  facts.set('aws:epochtime', [String(Math.floor(incoming.now / 1000))]);
  if (incoming.sourceIp !== undefined) facts.set('aws:sourceip', [incoming.sourceIp]);
  if (incoming.principal.kind !== 'anonymous') facts.set('s3:signatureversion', ['AWS4-HMAC-SHA256']);
  for (const [key, name] of Object.entries(HEADER_FACTS)) set(facts, key, incoming.headers.get(name));
  for (const [key, name] of Object.entries(QUERY_FACTS)) set(facts, key, query.get(name));
  for (const { Key, Value } of object?.attributes.tags ?? []) facts.set(`s3:existingobjecttag/${Key.toLowerCase()}`, [Value]);
  return facts;
}

function set(facts: Map<string, readonly string[]>, key: string, value: string | null): void {
  if (value !== null) facts.set(key, [value]);
}
