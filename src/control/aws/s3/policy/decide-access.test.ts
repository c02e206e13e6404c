import { describe, expect, test } from 'bun:test';
import type { AclGrant, PublicAccessBlock } from '../../../buckets/bucket-records.ts';
import { oaiArn, oaiCanonicalUserId } from '../../canonical-user.ts';
import type { Principal } from '../../wire/types.ts';
import { decideAccess, DEFAULT_PUBLIC_ACCESS_BLOCK } from './decide-access.ts';
import { principalFacts } from './evaluate-policy.ts';
import { parsePolicy, PolicyFault } from './parse-policy.ts';
import { isPublicPolicy } from './public-policy.ts';

const ACCOUNT = '000000000000';
const DISTRIBUTION = `arn:aws:cloudfront::${ACCOUNT}:distribution/E2VY6GYSB2RFYS`;
const OAI = 'E74FTE3AEXAMPLE';
const scope = { bucket: 'b', oaiExists: (id: string) => id === OAI };

const owner: Principal = { kind: 'account', accountId: ACCOUNT, accessKeyId: 'AK', arn: `arn:aws:iam::${ACCOUNT}:root` };
const stranger: Principal = {
  kind: 'account',
  accountId: '111111111111',
  accessKeyId: 'AK',
  arn: 'arn:aws:iam::111111111111:user/u',
};
const cloudfront: Principal = {
  kind: 'service',
  service: 'cloudfront.amazonaws.com',
  sourceArn: DISTRIBUTION,
  sourceAccount: ACCOUNT,
};
const otherDistribution: Principal = { ...cloudfront, sourceArn: `arn:aws:cloudfront::${ACCOUNT}:distribution/EOTHER` };
const oai: Principal = { kind: 'origin-access-identity', id: OAI };
const otherOai: Principal = { kind: 'origin-access-identity', id: 'EOTHER' };
const anonymous: Principal = { kind: 'anonymous' };

type Json = Record<string, unknown>;
const policyOf = (...statements: Json[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((s) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*', ...s })),
  });

const oac = policyOf({
  Principal: { Service: 'cloudfront.amazonaws.com' },
  Condition: { StringEquals: { 'AWS:SourceArn': DISTRIBUTION } },
});
const everyone = policyOf({ Principal: '*' });
const secureOnly = policyOf(
  { Principal: '*' },
  { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
);
const OPEN: PublicAccessBlock = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};
const BLOCKED = DEFAULT_PUBLIC_ACCESS_BLOCK;

function decide(
  principal: Principal,
  policy: string | undefined,
  block: PublicAccessBlock | undefined,
  more: { action?: string; facts?: Json; grants?: AclGrant[] } = {},
): string {
  const facts = new Map<string, readonly string[]>(principalFacts(principal));
  for (const [key, value] of Object.entries(more.facts ?? {})) facts.set(key, [String(value)]);
  const rules = {
    ownerAccountId: ACCOUNT,
    policy: policy === undefined ? undefined : parsePolicy(policy, scope),
    publicAccessBlock: block,
    grants: more.grants ?? [],
    aclPermission: 'READ' as const,
  };
  const decision = decideAccess(rules, { principal, action: more.action ?? 's3:GetObject', resource: 'arn:aws:s3:::b/k', facts });
  return `${decision.kind}: ${decision.reason}`;
}

const http = { facts: { 'aws:securetransport': false } };
const https = { facts: { 'aws:securetransport': true } };
const readable = { grants: [{ grantee: { kind: 'everyone' }, permission: 'READ' } satisfies AclGrant] };

describe('access', () => {
  test.each([
    ['owner needs no policy', decide(owner, undefined, BLOCKED), 'allowed: owner'],
    ['nobody else without a policy: anonymous', decide(anonymous, undefined, OPEN), 'denied: no-allow'],
    ['nobody else without a policy: CloudFront', decide(cloudfront, undefined, OPEN), 'denied: no-allow'],
    ['nobody else without a policy: another account', decide(stranger, undefined, OPEN), 'denied: no-allow'],
    ['OAC with its SourceArn', decide(cloudfront, oac, BLOCKED), 'allowed: policy'],
    ['OAC with another SourceArn', decide(otherDistribution, oac, BLOCKED), 'denied: no-allow'],
    ['OAC policy does not let anonymous in', decide(anonymous, oac, OPEN), 'denied: no-allow'],
    ['OAC policy is for the named action', decide(cloudfront, oac, BLOCKED, { action: 's3:PutObject' }), 'denied: no-allow'],
    [
      'OAC by SourceAccount',
      decide(
        cloudfront,
        policyOf({
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Condition: { StringEquals: { 'aws:sourceaccount': ACCOUNT } },
        }),
        BLOCKED,
      ),
      'allowed: policy',
    ],
    [
      'OAC by ArnLike',
      decide(
        cloudfront,
        policyOf({
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Condition: { ArnLike: { 'AWS:SourceArn': `arn:aws:cloudfront::${ACCOUNT}:distribution/*` } },
        }),
        BLOCKED,
      ),
      'allowed: policy',
    ],
    ['OAI by ARN', decide(oai, policyOf({ Principal: { AWS: oaiArn(OAI) } }), BLOCKED), 'allowed: policy'],
    [
      'OAI by canonical user',
      decide(oai, policyOf({ Principal: { CanonicalUser: oaiCanonicalUserId(OAI) } }), BLOCKED),
      'allowed: policy',
    ],
    [
      'another OAI',
      decide(otherOai, policyOf({ Principal: { CanonicalUser: oaiCanonicalUserId(OAI) } }), BLOCKED),
      'denied: no-allow',
    ],
    ['everyone: anonymous, open', decide(anonymous, everyone, OPEN), 'allowed: policy'],
    ['everyone: anonymous, no block configured', decide(anonymous, everyone, undefined), 'allowed: policy'],
    [
      'everyone: anonymous, restricted',
      decide(anonymous, everyone, { ...OPEN, RestrictPublicBuckets: true }),
      'denied: restrict-public-buckets',
    ],
    [
      'everyone: OAI, restricted',
      decide(oai, everyone, { ...OPEN, RestrictPublicBuckets: true }),
      'denied: restrict-public-buckets',
    ],
    ['everyone is not a service', decide(cloudfront, everyone, OPEN), 'denied: no-allow'],
    [
      'a public policy does not stop CloudFront',
      decide(cloudfront, policyOf({ Principal: '*' }, { Principal: { Service: 'cloudfront.amazonaws.com' } }), BLOCKED),
      'allowed: policy',
    ],
    [
      'deny wins over allow',
      decide(anonymous, policyOf({ Principal: '*' }, { Effect: 'Deny', Principal: '*' }), OPEN),
      'denied: explicit-deny',
    ],
    ['deny wins over the owner', decide(owner, policyOf({ Effect: 'Deny', Principal: '*' }), OPEN), 'denied: explicit-deny'],
    [
      'the owner can always repair the policy',
      decide(owner, policyOf({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }), OPEN, {
        action: 's3:PutBucketPolicy',
      }),
      'allowed: owner',
    ],
    [
      'NotPrincipal spares the named',
      decide(oai, policyOf({ Principal: { AWS: oaiArn(OAI) } }, { Effect: 'Deny', NotPrincipal: { AWS: oaiArn(OAI) } }), OPEN),
      'allowed: policy',
    ],
    [
      'NotAction',
      decide(anonymous, policyOf({ Principal: '*', Action: undefined, NotAction: 's3:GetObject' }), OPEN),
      'denied: no-allow',
    ],
    [
      'NotResource',
      decide(anonymous, policyOf({ Principal: '*', Resource: undefined, NotResource: 'arn:aws:s3:::b/secret/*' }), OPEN),
      'allowed: policy',
    ],
    ['action wildcard, any case', decide(anonymous, policyOf({ Principal: '*', Action: 'S3:get*' }), OPEN), 'allowed: policy'],
    [
      'resource wildcard misses',
      decide(anonymous, policyOf({ Principal: '*', Resource: 'arn:aws:s3:::b/public/*' }), OPEN),
      'denied: no-allow',
    ],
    ['plain HTTP denied', decide(anonymous, secureOnly, OPEN, http), 'denied: explicit-deny'],
    ['HTTPS passes', decide(anonymous, secureOnly, OPEN, https), 'allowed: policy'],
    [
      'address inside',
      decide(
        anonymous,
        policyOf({ Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '2001:db8::/32'] } } }),
        OPEN,
        { facts: { 'aws:sourceip': '2001:db8::7' } },
      ),
      'allowed: policy',
    ],
    [
      'address outside',
      decide(anonymous, policyOf({ Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }), OPEN, {
        facts: { 'aws:sourceip': '11.0.0.1' },
      }),
      'denied: no-allow',
    ],
    [
      'absent key fails',
      decide(anonymous, policyOf({ Principal: '*', Condition: { StringLike: { 'aws:Referer': 'https://x/*' } } }), OPEN),
      'denied: no-allow',
    ],
    [
      'absent key, IfExists',
      decide(anonymous, policyOf({ Principal: '*', Condition: { StringLikeIfExists: { 'aws:Referer': 'https://x/*' } } }), OPEN),
      'allowed: policy',
    ],
    [
      'absent key, negated',
      decide(anonymous, policyOf({ Principal: '*', Condition: { StringNotEquals: { 'aws:Referer': 'x' } } }), OPEN),
      'allowed: policy',
    ],
    [
      'absent key, Null',
      decide(anonymous, policyOf({ Principal: '*', Condition: { Null: { 'aws:Referer': 'true' } } }), OPEN),
      'allowed: policy',
    ],
    ['public ACL', decide(anonymous, undefined, OPEN, readable), 'allowed: acl'],
    ['public ACL ignored', decide(anonymous, undefined, { ...OPEN, IgnorePublicAcls: true }, readable), 'denied: no-allow'],
    [
      'public ACL does not beat a deny',
      decide(anonymous, policyOf({ Effect: 'Deny', Principal: '*' }), OPEN, readable),
      'denied: explicit-deny',
    ],
  ])('%s', (_name, got, want) => {
    expect(got).toBe(want);
  });
});

describe('public policies', () => {
  test.each([
    ['everyone', everyone, true],
    ['everyone by AWS', policyOf({ Principal: { AWS: '*' } }), true],
    ['OAC', oac, false],
    ['a deny is not public', policyOf({ Effect: 'Deny', Principal: '*' }), false],
    ['pinned to an address', policyOf({ Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }), false],
    [
      'pinned to half the internet',
      policyOf({ Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': '128.0.0.0/1' } } }),
      true,
    ],
    ['pinned to an account', policyOf({ Principal: '*', Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } }), false],
    ['a wildcard pins nobody', policyOf({ Principal: '*', Condition: { StringLike: { 'aws:SourceAccount': '*' } } }), true],
    ['a referer pins nobody', policyOf({ Principal: '*', Condition: { StringLike: { 'aws:Referer': 'https://x/*' } } }), true],
    [
      'IfExists pins nobody',
      policyOf({ Principal: '*', Condition: { StringEqualsIfExists: { 'aws:SourceAccount': ACCOUNT } } }),
      true,
    ],
  ])('%s', (_name, policy, want) => {
    expect(isPublicPolicy(parsePolicy(policy, scope))).toBe(want);
  });
});

describe('malformed policies', () => {
  test.each([
    ['not JSON', '{', 'This policy contains invalid Json'],
    ['not an object', '[]', "Policies must be valid JSON and the first byte must be '{'"],
    ['no statement', '{}', 'Missing required field Statement'],
    ['unknown field', '{"Statements":[]}', 'Unknown field Statements'],
    ['no principal', policyOf({}), 'Missing required field Principal'],
    ['effect', policyOf({ Principal: '*', Effect: 'Maybe' }), 'Invalid effect: Maybe'],
    ['action of another service', policyOf({ Principal: '*', Action: 'ec2:RunInstances' }), 'Policy has invalid action'],
    ['resource of another bucket', policyOf({ Principal: '*', Resource: 'arn:aws:s3:::other/*' }), 'Policy has invalid resource'],
    [
      'bucket name as a mere prefix',
      policyOf({ Principal: '*', Resource: 'arn:aws:s3:::bother' }),
      'Policy has invalid resource',
    ],
    ['unknown origin access identity', policyOf({ Principal: { AWS: oaiArn('ENOBODY') } }), 'Invalid principal in policy'],
    ['principal that is no ARN', policyOf({ Principal: { AWS: 'joe' } }), 'Invalid principal in policy'],
    [
      'condition operator',
      policyOf({ Principal: '*', Condition: { StringIs: { 'aws:Referer': 'x' } } }),
      'Invalid Condition type : StringIs',
    ],
    [
      'condition key',
      policyOf({ Principal: '*', Condition: { StringLike: { Referer: 'x' } } }),
      'Policy has an invalid condition key - Referer',
    ],
    [
      'repeated statement id',
      policyOf({ Sid: 'a', Principal: '*' }, { Sid: 'a', Principal: '*' }),
      'Statement IDs (SID) in a single policy must be unique.',
    ],
  ])('%s', (_name, policy, message) => {
    expect(() => parsePolicy(policy, scope)).toThrow(new PolicyFault(message));
  });
});
