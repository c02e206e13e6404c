/**
 * ACLs: canned names, grant headers and AccessControlPolicy documents to grants and back.
 * S3 user guide, "Access control list (ACL) overview". Everyone and any account are the groups that have an effect here; grants to
 * other accounts are kept and shown. What a grant allows is decided in policy/decide-access.ts.
 */
import type { Grant, Owner, AccessControlPolicy } from '@aws-sdk/client-s3';
import type { AclGrant } from '../../buckets/bucket-records.ts';
import { accountCanonicalUserId } from '../canonical-user.ts';
import { ApiError } from '../wire/types.ts';
import { aclsEnabled } from './access.ts';
import { accessDenied, invalidArgument, notImplemented } from './errors.ts';
import type { S3Call } from './s3-call.ts';

const EVERYONE = 'http://acs.amazonaws.com/groups/global/AllUsers';
const ANY_ACCOUNT = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const PERMISSIONS: readonly string[] = [
  'FULL_CONTROL',
  'READ',
  'WRITE',
  'READ_ACP',
  'WRITE_ACP',
] satisfies readonly AclGrant['permission'][];

/** What a request may say about an ACL, whichever operation it is. */
export interface AclWords {
  readonly ACL?: string | undefined;
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWrite?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
  readonly AccessControlPolicy?: AccessControlPolicy | undefined;
}

export function ownerOf(accountId: string): Owner {
  return { ID: accountCanonicalUserId(accountId) };
}

/**
 * The grants a request asks for, beyond the owner's. Undefined when it asks for none at all.
 * Throws AccessControlListNotSupported where ACLs are disabled and AccessDenied where BlockPublicAcls holds.
 */
export function requestedGrants(words: AclWords, call: S3Call): readonly AclGrant[] | undefined {
  const owner = accountCanonicalUserId(call.context.accountId);
  const grants = readGrants(words, owner);
  if (grants === undefined) return undefined;
  const { buckets } = call.context;
  const harmless =
    words.ACL === 'private' || words.ACL === 'bucket-owner-full-control' || (words.ACL === undefined && grants.length === 0);
  if (!aclsEnabled(buckets, call.bucket)) {
    // S3: bucket owner enforced accepts only what it does anyway.
    if (harmless) return [];
    throw new ApiError('AccessControlListNotSupported', 'The bucket does not allow ACLs', 400);
  }
  const isPublic = grants.some((grant) => grant.grantee.kind !== 'user');
  if (isPublic && buckets.setting(call.bucket, 'public-access-block')?.BlockPublicAcls === true) throw accessDenied();
  return grants;
}

/** The SDK's form, the owner's own grant first. */
export function writeGrants(grants: readonly AclGrant[], accountId: string): Grant[] {
  const ID = accountCanonicalUserId(accountId);
  return [{ Grantee: { Type: 'CanonicalUser', ID }, Permission: 'FULL_CONTROL' }, ...grants.map(writeGrant)];
}

function writeGrant({ grantee, permission }: AclGrant): Grant {
  if (grantee.kind === 'user') return { Grantee: { Type: 'CanonicalUser', ID: grantee.id }, Permission: permission };
  return { Grantee: { Type: 'Group', URI: grantee.kind === 'everyone' ? EVERYONE : ANY_ACCOUNT }, Permission: permission };
}

function readGrants(words: AclWords, owner: string): readonly AclGrant[] | undefined {
  const headers = [
    ...readHeader(words.GrantFullControl, 'FULL_CONTROL'),
    ...readHeader(words.GrantRead, 'READ'),
    ...readHeader(words.GrantReadACP, 'READ_ACP'),
    ...readHeader(words.GrantWrite, 'WRITE'),
    ...readHeader(words.GrantWriteACP, 'WRITE_ACP'),
  ];
  const isOwners = ({ grantee }: AclGrant): boolean => grantee.kind === 'user' && grantee.id === owner;
  if (words.ACL !== undefined) {
    if (headers.length > 0)
      throw new ApiError('InvalidRequest', 'Specifying both Canned ACLs and Header Grants is not allowed', 400);
    return cannedGrants(words.ACL);
  }
  if (headers.length > 0) return headers.filter((grant) => !isOwners(grant));
  return words.AccessControlPolicy?.Grants?.map((grant) => readGrant(grant)).filter((grant) => !isOwners(grant));
}

function cannedGrants(name: string): readonly AclGrant[] {
  const everyone = { kind: 'everyone' } as const;
  switch (name) {
    case 'private':
    case 'bucket-owner-full-control':
    case 'bucket-owner-read':
      return [];
    case 'public-read':
      return [{ grantee: everyone, permission: 'READ' }];
    case 'public-read-write':
      return [
        { grantee: everyone, permission: 'READ' },
        { grantee: everyone, permission: 'WRITE' },
      ];
    case 'authenticated-read':
      return [{ grantee: { kind: 'any-account' }, permission: 'READ' }];
    default:
      throw notImplemented(`the canned ACL ${name}`);
  }
}

/** `uri="http://...", id="..."` */
function readHeader(text: string | undefined, permission: AclGrant['permission']): readonly AclGrant[] {
  if (text === undefined) return [];
  return text.split(',').map((part) => {
    const found = /^\s*(uri|id)="?([^"]+)"?\s*$/.exec(part);
    if (found === null)
      throw invalidArgument('Argument format not recognized', `x-amz-grant-${permission.toLowerCase().replace('_', '-')}`, text);
    return { grantee: found[1] === 'id' ? { kind: 'user', id: found[2] as string } : groupOf(found[2] as string), permission };
  });
}

function readGrant({ Grantee, Permission }: Grant): AclGrant {
  if (Grantee === undefined || Permission === undefined || !PERMISSIONS.includes(Permission)) {
    throw new ApiError(
      'MalformedACLError',
      'The XML you provided was not well-formed or did not validate against our published schema',
      400,
    );
  }
  const permission = Permission;
  if (Grantee.URI !== undefined) return { grantee: groupOf(Grantee.URI), permission };
  if (Grantee.ID !== undefined) return { grantee: { kind: 'user', id: Grantee.ID }, permission };
  throw notImplemented('grants by e-mail address');
}

function groupOf(uri: string): AclGrant['grantee'] {
  if (uri === EVERYONE) return { kind: 'everyone' };
  if (uri === ANY_ACCOUNT) return { kind: 'any-account' };
  throw invalidArgument('Invalid group uri', 'uri', uri);
}
