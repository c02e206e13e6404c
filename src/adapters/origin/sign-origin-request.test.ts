import { describe, expect, test } from 'bun:test';
import type { OriginRequest } from '../../core/request.ts';
import type { OriginTarget } from '../../edge/ports.ts';
import { fieldLines, fieldValue } from '../../http/fields.ts';
import type { Fields } from '../../http/fields.ts';
import type { OriginAccessControl } from '../../model/distribution.ts';
import { regionOf, signOriginRequest } from './sign-origin-request.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function targetOf(control: Partial<OriginAccessControl> | undefined, identity?: string): OriginTarget {
  return {
    connectionAttempts: 3,
    connectionTimeout: 10_000,
    responseTimeout: 30_000,
    responseCompletionTimeout: undefined,
    kind: { kind: 's3', originAccessIdentity: identity },
    originAccessControl:
      control === undefined
        ? undefined
        : { id: 'E1', originType: 's3', signingBehavior: 'always', signingProtocol: 'sigv4', ...control },
    distributionArn: 'arn:aws:cloudfront::000000000000:distribution/E2',
  };
}

function sign(
  target: OriginTarget,
  fields: Fields,
  hasBody = false,
  hostname = 'b.s3.eu-west-1.amazonaws.com',
): Fields | { readonly refused: string } {
  const request: OriginRequest = {
    method: 'GET',
    scheme: 'https',
    hostname,
    port: 443,
    host: hostname,
    target: '/a%20b?x=1',
    fields,
  };
  return signOriginRequest(request, target, hasBody, NOW, () => ({
    accessKeyId: 'AKID',
    secretAccessKey: 'secret',
    sessionToken: 'session',
  }));
}

describe('who is signed for', () => {
  const viewer: Fields = [['authorization', 'viewer']];
  const rows: [name: string, target: OriginTarget, fields: Fields, want: 'signed' | 'as sent' | 'refused'][] = [
    ['no control, no identity', targetOf(undefined), viewer, 'as sent'],
    ['origin access identity', targetOf(undefined, 'E3'), viewer, 'signed'],
    ['always', targetOf({}), viewer, 'signed'],
    ['never', targetOf({ signingBehavior: 'never' }, 'E3'), viewer, 'as sent'],
    ['no-override, the viewer has signed', targetOf({ signingBehavior: 'no-override' }), viewer, 'as sent'],
    ['no-override, the viewer has not', targetOf({ signingBehavior: 'no-override' }), [], 'signed'],
    [
      'always-amz-auth beside the viewer',
      targetOf({ originType: 'lambda', signingBehavior: 'always-amz-auth' }),
      viewer,
      'refused',
    ],
    ['always-amz-auth alone', targetOf({ originType: 'lambda', signingBehavior: 'always-amz-auth' }), [], 'signed'],
    ['sigv4a', targetOf({ signingProtocol: 'sigv4a' }), viewer, 'signed'],
  ];
  test.each(rows)('%s', (_name, target, fields, want) => {
    const signed = sign(target, fields);
    if ('refused' in signed) expect(want).toBe('refused');
    else if (/^AWS4-(HMAC|ECDSA-P256)-SHA256 /.test(fieldValue(signed, 'authorization') ?? '')) expect(want).toBe('signed');
    else expect([signed, want]).toEqual([fields, 'as sent']);
  });

  test('without credentials it is refused', () => {
    const request: OriginRequest = {
      method: 'GET',
      scheme: 'https',
      hostname: 'h',
      port: 443,
      host: 'h',
      target: '/',
      fields: [],
    };
    expect(signOriginRequest(request, targetOf({}), false, NOW, undefined)).toHaveProperty('refused');
  });
});

describe('what is signed', () => {
  test('the viewer’s own AWS fields are overwritten, once each', () => {
    const fields: Fields = [
      ['x-amz-date', 'old'],
      ['x-amz-security-token', 'theirs'],
      ['accept', 'a/b'],
      ['x-amz-content-sha256', 'theirs'],
    ];
    const signed = sign(targetOf({}), fields);
    if ('refused' in signed) throw new Error(signed.refused);
    expect(fieldLines(signed, 'x-amz-date')).toEqual(['20260102T030405Z']);
    expect(fieldLines(signed, 'x-amz-security-token')).toEqual(['session']);
    expect(fieldLines(signed, 'x-amz-content-sha256')).toEqual(['UNSIGNED-PAYLOAD']);
    expect(fieldValue(signed, 'accept')).toBe('a/b');
  });

  const hashes: [name: string, originType: OriginAccessControl['originType'], fields: Fields, hasBody: boolean, want: string][] =
    [
      ['S3 never looks at the body', 's3', [['x-amz-content-sha256', 'theirs']], true, 'UNSIGNED-PAYLOAD'],
      ['a Lambda URL without a body', 'lambda', [], false, EMPTY],
      ['a Lambda URL with the viewer’s hash', 'lambda', [['x-amz-content-sha256', 'abc']], true, 'abc'],
      ['a Lambda URL without a hash is left to refuse', 'lambda', [], true, 'UNSIGNED-PAYLOAD'],
    ];
  test.each(hashes)('%s', (_name, originType, fields, hasBody, want) => {
    const signed = sign(targetOf({ originType }), fields, hasBody, 'x.lambda-url.eu-west-1.on.aws');
    if ('refused' in signed) throw new Error(signed.refused);
    expect(fieldLines(signed, 'x-amz-content-sha256')).toEqual([want]);
    expect(fieldValue(signed, 'authorization')).toContain(`/20260102/eu-west-1/${originType}/aws4_request`);
  });
});

const regions: [hostname: string, region: string][] = [
  ['bucket.s3.us-east-1.amazonaws.com', 'us-east-1'],
  ['bucket.s3.dualstack.ap-southeast-2.amazonaws.com', 'ap-southeast-2'],
  ['bucket.s3-us-west-2.amazonaws.com', 'us-west-2'],
  ['bucket.s3.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['bucket.s3.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['bucket.s3.amazonaws.com', 'us-east-1'],
  ['eu-west-1.s3.us-west-1.amazonaws.com', 'us-west-1'],
  ['abc.lambda-url.eu-central-1.on.aws', 'eu-central-1'],
  ['abc.egress.def.mediapackagev2.eu-north-1.amazonaws.com', 'eu-north-1'],
  ['abc.data.mediastore.ap-northeast-1.amazonaws.com', 'ap-northeast-1'],
];
test.each(regions)('the region of %s', (hostname, region) => {
  expect(regionOf(hostname)).toBe(region);
});
