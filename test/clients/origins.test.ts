/**
 * Origins as a user sets them up, against the real program with the AWS SDK and curl: private buckets behind an origin access control
 * and behind an identity, whatever their keys are called; and HTTPS origins of a company's own authority, one of which lets in only whom
 * that authority has certified.
 */
import {
  CreateCloudFrontOriginAccessIdentityCommand,
  CreateDistributionCommand,
  CreateOriginAccessControlCommand,
  type CloudFrontClient,
  type Origin,
} from '@aws-sdk/client-cloudfront';
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ImportCertificateCommand } from '@aws-sdk/client-acm';
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCa, type TestCa } from '../contracts/certificates.ts';
import { startRawOrigin } from '../contracts/raw-origin.ts';
import { acmOf, CACHING_DISABLED, cloudFrontOf, deployed, s3Of, siteConfig } from '../process/site.ts';
import { succeed } from './commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

const KEYS = [
  'a b.txt',
  'ü.txt',
  'a+b.txt',
  'a%2Fb.txt',
  'what?.txt',
  '#1.txt',
  "!*'().txt",
  '日本/😀.txt',
  '..dots',
  '/double',
  '&=;,@:$~[1]{2}|^`"<>',
];

let folder: string;
let warmfront: RunningWarmfront;
let cloudFront: CloudFrontClient;
let secure: Server;
let authority: TestCa;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'warmfront-origins-'));
  authority = await createTestCa();
  writeFileSync(join(folder, 'authority.pem'), `A company's own authority\n${authority.pem}`);
  secure = createServer(await authority.issue(['localhost']), (request, response) => {
    response.end(`${request.method} ${request.url} over TLS`);
  });
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  warmfront = await startWarmfront({ flags: ['--origin-ca', join(folder, 'authority.pem')] });
  cloudFront = cloudFrontOf(warmfront);
});

afterAll(async () => {
  secure.close();
  secure.closeAllConnections();
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  rmSync(folder, { recursive: true, force: true });
});

/** A deployed distribution with one origin, nothing cached. */
async function distributionFor(origin: Origin): Promise<{ readonly id: string; readonly arn: string; readonly url: string }> {
  const config = siteConfig({ originPort: 80, behavior: { CachePolicyId: CACHING_DISABLED, TargetOriginId: origin.Id } });
  const DistributionConfig = { ...config, Origins: { Quantity: 1, Items: [origin] } };
  const { Distribution } = await cloudFront.send(new CreateDistributionCommand({ DistributionConfig }));
  if (Distribution?.Id === undefined) throw new Error('no distribution was made');
  await deployed(cloudFront, Distribution.Id);
  const { Id: id } = Distribution;
  return { id, arn: Distribution.ARN ?? '', url: `http://${Distribution.DomainName}:${warmfront.httpPort}` };
}

/** A bucket with an object for each key, its content the key, which only `statement` opens. */
async function bucketFor(bucket: string, prefix: string, statement: object): Promise<void> {
  const s3 = s3Of(warmfront);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const key of KEYS) await s3.send(new PutObjectCommand({ Bucket: bucket, Key: prefix + key, Body: key }));
  const Statement = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*`, ...statement }];
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
}

/** What each key's address answers, in one call of curl. */
async function contents(url: string): Promise<string[]> {
  const addresses = KEYS.map((key) => `${url}/${key.split('/').map(encodeURIComponent).join('/')}`);
  const separated = await succeed(['curl', '-sS', '--path-as-is', '-w', '\\n', ...addresses], warmfront.environment);
  return separated.trimEnd().split('\n');
}

test('keys of every kind, behind an origin access control and an origin path', async () => {
  const { OriginAccessControl } = await cloudFront.send(
    new CreateOriginAccessControlCommand({
      OriginAccessControlConfig: {
        Name: 'keys',
        SigningProtocol: 'sigv4',
        SigningBehavior: 'always',
        OriginAccessControlOriginType: 's3',
      },
    }),
  );
  const { arn, url } = await distributionFor({
    Id: 'bucket',
    DomainName: 'with-control.s3.eu-west-1.amazonaws.com',
    OriginPath: '/site+one',
    OriginAccessControlId: OriginAccessControl?.Id,
    S3OriginConfig: { OriginAccessIdentity: '' },
  });
  await bucketFor('with-control', 'site+one/', {
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Condition: { StringEquals: { 'AWS:SourceArn': arn } },
  });
  expect(await contents(url)).toEqual(KEYS);
});

test('keys of every kind, behind an identity that the policy names by its canonical user', async () => {
  const { CloudFrontOriginAccessIdentity: identity } = await cloudFront.send(
    new CreateCloudFrontOriginAccessIdentityCommand({
      CloudFrontOriginAccessIdentityConfig: { CallerReference: 'keys', Comment: '' },
    }),
  );
  const { url } = await distributionFor({
    Id: 'bucket',
    DomainName: 'with-identity.s3.amazonaws.com',
    S3OriginConfig: { OriginAccessIdentity: `origin-access-identity/cloudfront/${identity?.Id}` },
  });
  await bucketFor('with-identity', '', { Principal: { CanonicalUser: identity?.S3CanonicalUserId } });
  expect(await contents(url)).toEqual(KEYS);
});

test('an HTTPS origin of a company’s own authority', async () => {
  const { port } = secure.address() as AddressInfo;
  const { url } = await distributionFor({
    Id: 'company',
    DomainName: 'localhost',
    CustomOriginConfig: { HTTPPort: 80, HTTPSPort: port, OriginProtocolPolicy: 'https-only' },
  });
  expect(await succeed(['curl', '-sS', `${url}/page`], warmfront.environment)).toBe('GET /page over TLS');
});

test('an HTTPS origin that lets in whom it knows: by the certificate imported last', async () => {
  const options = { ...(await authority.issue(['localhost'])), requestCert: true, rejectUnauthorized: true, ca: authority.pem };
  const closed = await startRawOrigin(async (connection) => {
    await connection.head();
    await connection.write(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello ${connection.clientName}`);
    connection.end();
  }, options);
  const acm = acmOf(warmfront);
  const imported = async (name: string, replaced?: string): Promise<string> => {
    const { cert, key } = await authority.issue([name], { forClients: true });
    const Certificate = Buffer.from(cert);
    const input = { Certificate, PrivateKey: Buffer.from(key), CertificateChain: Buffer.from(authority.pem) };
    const { CertificateArn } = await acm.send(new ImportCertificateCommand({ ...input, CertificateArn: replaced }));
    return CertificateArn ?? '';
  };
  const ClientCertificateArn = await imported('first.edge.test');
  const origin = { HTTPPort: 80, HTTPSPort: closed.port, OriginProtocolPolicy: 'https-only' as const };
  const { url, id } = await distributionFor({
    Id: 'closed',
    DomainName: 'localhost',
    CustomOriginConfig: { ...origin, OriginMtlsConfig: { ClientCertificateArn } },
  });
  expect(await succeed(['curl', '-sS', url], warmfront.environment)).toBe('hello first.edge.test');
  await imported('second.edge.test', ClientCertificateArn);
  await deployed(cloudFront, id);
  expect(await succeed(['curl', '-sS', url], warmfront.environment)).toBe('hello second.edge.test');
  const { url: unknown } = await distributionFor({ Id: 'unknown', DomainName: 'localhost', CustomOriginConfig: origin });
  expect(await succeed(['curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', unknown], warmfront.environment)).toBe('502');
  closed.close();
});
