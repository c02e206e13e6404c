/**
 * Viewer mTLS on the real program, as a user sets it up: a bundle in a bucket, a trust store, distributions in each mode, and curl with
 * certificates that openssl made. Facts 10.5.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import {
  CreateDistributionCommand,
  CreateOriginRequestPolicyCommand,
  CreateTrustStoreCommand,
  UpdateTrustStoreCommand,
  type ViewerMtlsConfig,
} from '@aws-sdk/client-cloudfront';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { CACHING_DISABLED, cloudFrontOf, deployed, requestCertificate, s3Of, siteConfig, viewerCertificate } from './site.ts';

const HEADERS = ['present', 'subject', 'issuer', 'serial-number', 'sha256', 'validity', 'pem'];
const folder = mkdtempSync(join(tmpdir(), 'warmfront-mtls-'));
const origin = Bun.serve({ port: 0, fetch: (request) => Response.json(Object.fromEntries(request.headers)) });
let warmfront: RunningWarmfront;
const made: string[] = [];
let trustStore: { readonly Id: string; readonly ETag: string };

beforeAll(async () => {
  makeCertificates();
  warmfront = await startWarmfront();
  const [client, s3] = [cloudFrontOf(warmfront), s3Of(warmfront)];
  await s3.send(new CreateBucketCommand({ Bucket: 'authorities' }));
  await putBundle('partners');
  const created = await client.send(new CreateTrustStoreCommand({ Name: 'partners', CaCertificatesBundleSource: BUNDLE }));
  trustStore = { Id: created.TrustStore!.Id!, ETag: created.ETag! };
  const Items = ['client-cert', ...HEADERS.map((name) => `cloudfront-viewer-cert-${name}`)];
  const OriginRequestPolicyConfig = {
    Name: 'certificates',
    HeadersConfig: { HeaderBehavior: 'whitelist', Headers: { Quantity: Items.length, Items } },
    CookiesConfig: { CookieBehavior: 'none' },
    QueryStringsConfig: { QueryStringBehavior: 'none' },
  } as const;
  const policy = await client.send(new CreateOriginRequestPolicyCommand({ OriginRequestPolicyConfig }));
  const certificateArn = await requestCertificate(warmfront, ['*.mtls.test']);
  const TrustStoreConfig = { TrustStoreId: trustStore.Id };
  const modes: Record<string, ViewerMtlsConfig> = {
    required: { Mode: 'required', TrustStoreConfig },
    lenient: { Mode: 'required', TrustStoreConfig: { ...TrustStoreConfig, IgnoreCertificateExpiry: true } },
    optional: { Mode: 'optional', TrustStoreConfig },
    passthrough: { Mode: 'passthrough' },
  };
  for (const [name, ViewerMtls] of Object.entries(modes)) {
    const behavior = {
      ViewerProtocolPolicy: 'https-only',
      CachePolicyId: CACHING_DISABLED,
      OriginRequestPolicyId: policy.OriginRequestPolicy!.Id!,
    } as const;
    const config = siteConfig({ originPort: origin.port!, aliases: [`${name}.mtls.test`], certificateArn, behavior });
    const DistributionConfig = { ...config, ViewerCertificate: viewerCertificate(certificateArn), ViewerMtlsConfig: ViewerMtls };
    const { Distribution } = await client.send(new CreateDistributionCommand({ DistributionConfig }));
    await deployed(client, Distribution!.Id!);
    made.push(Distribution!.Id!);
  }
});
afterAll(async () => {
  await warmfront.stop();
  await origin.stop(true);
  rmSync(folder, { recursive: true });
});

const BUNDLE = { CaCertificatesBundleS3Location: { Bucket: 'authorities', Key: 'ca.pem', Region: 'us-east-1' } };

async function putBundle(authority: string): Promise<void> {
  const Body = readFileSync(join(folder, `${authority}.pem`));
  await s3Of(warmfront).send(new PutObjectCommand({ Bucket: 'authorities', Key: 'ca.pem', Body }));
}

function openssl(...args: string[]): void {
  const { success, stderr } = Bun.spawnSync(['openssl', ...args], { cwd: folder, stderr: 'pipe' });
  if (!success) throw new Error(`openssl ${args.join(' ')}: ${stderr.toString()}`);
}

/** Two authorities and, below the first, certificates as viewers have them. */
function makeCertificates(): void {
  const key = (name: string) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`];
  for (const name of ['partners', 'strangers']) {
    openssl('req', '-x509', ...key(name), '-out', `${name}.pem`, '-subj', `/O=Example/CN=${name}`, '-days', '30');
  }
  const issue = (name: string, issuer: string, extension: string, days = '20'): void => {
    openssl('req', '-new', ...key(name), '-out', `${name}.csr`, '-subj', `/O=Example, Inc./CN=${name}`);
    writeFileSync(join(folder, 'extensions'), extension);
    const by = ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial', '-extfile', 'extensions'];
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, '-days', days, ...by);
  };
  issue('viewer', 'partners', 'extendedKeyUsage=clientAuth');
  issue('stranger', 'strangers', 'extendedKeyUsage=clientAuth');
  issue('server', 'partners', 'extendedKeyUsage=serverAuth');
  issue('expired', 'partners', 'extendedKeyUsage=clientAuth', '-1');
  issue('middle', 'partners', 'basicConstraints=critical,CA:true');
  issue('below', 'middle', 'extendedKeyUsage=clientAuth');
  appendFileSync(join(folder, 'below.pem'), readFileSync(join(folder, 'middle.pem')));
}

interface Answer {
  /** `refused` where no connection comes about, else the status. */
  readonly status: string;
  readonly got: Readonly<Record<string, string>>;
}

async function ask(name: string, certificate?: string, ...more: string[]): Promise<Answer> {
  const { httpsPort, data } = warmfront;
  const host = `${name}.mtls.test`;
  const shown = certificate === undefined ? [] : ['--cert', `${certificate}.pem`, '--key', `${certificate}.key`];
  const place = ['--resolve', `${host}:${httpsPort}:127.0.0.1`, '--cacert', `${data}/ca.pem`, '--max-time', '10'];
  const command = ['curl', '-s', '-w', '\n%{http_code}', ...place, ...shown, ...more, `https://${host}:${httpsPort}/`];
  const out = await new Response(Bun.spawn(command, { cwd: folder }).stdout).text();
  const status = out.slice(out.lastIndexOf('\n') + 1);
  return {
    status: status === '000' ? 'refused' : status,
    got: status === '200' ? (JSON.parse(out.slice(0, out.lastIndexOf('\n'))) as Answer['got']) : {},
  };
}

const ROWS: readonly (readonly [mode: string, certificate: string | undefined, want: string])[] = [
  ['required', 'viewer', '200'],
  ['required', 'below', '200'],
  ['required', undefined, 'refused'],
  ['required', 'stranger', 'refused'],
  ['required', 'expired', 'refused'],
  ['required', 'server', 'refused'],
  ['lenient', 'expired', '200'],
  ['lenient', 'stranger', 'refused'],
  ['optional', undefined, '200'],
  ['optional', 'viewer', '200'],
  ['optional', 'stranger', 'refused'],
  ['optional', 'expired', 'refused'],
  ['passthrough', undefined, '200'],
  ['passthrough', 'stranger', '200'],
];
test.each(ROWS)('%s, with %p: %s', async (mode, certificate, want) => {
  const [http2, http1] = await Promise.all([ask(mode, certificate), ask(mode, certificate, '--http1.1', '--tls-max', '1.2')]);
  expect([http2.status, http1.status]).toEqual([want, want]);
});

test('the origin is told of the certificate, whatever the viewer says', async () => {
  const lies = ['-H', 'CloudFront-Viewer-Cert-Subject: CN=boss', '-H', 'Client-Cert: :AAAA:'];
  const { got } = await ask('required', 'viewer', ...lies);
  const said = Object.fromEntries(HEADERS.map((name) => [name, got[`cloudfront-viewer-cert-${name}`]]));
  expect(said).toMatchObject({ present: '1', subject: 'CN=viewer,O=Example\\, Inc.', issuer: 'CN=partners,O=Example' });
  expect(said['serial-number']).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2})+$/);
  expect(said['sha256']).toMatch(/^[0-9a-f]{64}$/);
  expect(said['validity']).toMatch(/^NotBefore=\d{4}-\d\d-\d\dT[\d:]{8}Z;NotAfter=\d{4}-\d\d-\d\dT[\d:]{8}Z$/);
  expect(decodeURIComponent(said['pem']!)).toBe(readFileSync(join(folder, 'viewer.pem'), 'utf8'));
  expect(got['client-cert']).toBeUndefined();
});

test('passed through, the origin gets the certificate itself, and judges it', async () => {
  const { got } = await ask('passthrough', 'stranger', '-H', 'Client-Cert: :AAAA:');
  const der = readFileSync(join(folder, 'stranger.pem'), 'utf8').replaceAll(/-----[A-Z ]+-----|\s/g, '');
  expect(got['client-cert']).toBe(`:${der}:`);
  expect([got['cloudfront-viewer-cert-present'], got['cloudfront-viewer-cert-pem']]).toEqual(['1', undefined]);
  const { got: none } = await ask('passthrough', undefined, '-H', 'Client-Cert: :AAAA:');
  expect([none['client-cert'], none['cloudfront-viewer-cert-present']]).toEqual([undefined, '0']);
});

test('whoever names another server in the handshake is misdirected', async () => {
  const other = await ask('optional', undefined, '-H', 'Host: required.mtls.test');
  expect(other.status).toBe('421');
  const none = Bun.spawn([
    'curl',
    '-sk',
    '-w',
    '%{http_code}',
    '-o',
    '/dev/null',
    '-H',
    'Host: required.mtls.test',
    `https://127.0.0.1:${warmfront.httpsPort}/`,
  ]);
  expect(await new Response(none.stdout).text()).toBe('421');
});

test('a new bundle counts at once', async () => {
  await putBundle('strangers');
  const { Id, ETag: IfMatch } = trustStore;
  await cloudFrontOf(warmfront).send(new UpdateTrustStoreCommand({ Id, IfMatch, CaCertificatesBundleSource: BUNDLE }));
  for (const id of made) await deployed(cloudFrontOf(warmfront), id);
  const stranger = await ask('required', 'stranger');
  expect([stranger.status, (await ask('required', 'viewer')).status, (await ask('optional', undefined)).status]).toEqual([
    '200',
    'refused',
    '200',
  ]);
});
