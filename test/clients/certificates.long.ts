/**
 * Certificates through the tools that people have: imported by the AWS CLI, shown in the TLS handshake of an alias, replaced while viewers
 * are connected; requested and listed through boto3. Keys and certificates are OpenSSL's.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { Agent as HttpsAgent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { UpdateDistributionCommand, GetDistributionConfigCommand } from '@aws-sdk/client-cloudfront';
import { CACHING_DISABLED, cloudFrontOf, createSite, deployed, viewerCertificate, type Site } from '../process/site.ts';
import { findProgram, run, succeed } from './commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

const ALIAS = 'www.example.org';
const aws = await findProgram('/usr/bin/aws');
const python = '/usr/bin/python3';
const hasBoto = (await run([python, '-c', 'import boto3'], {}).catch(() => ({ code: 1 }))).code === 0;

let origin: Server;
let warmfront: RunningWarmfront;
let site: Site;

beforeAll(async () => {
  origin = createServer((_, response) => void response.setHeader('cache-control', 'no-store').end('hello'));
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  warmfront = await startWarmfront();
  const originPort = (origin.address() as AddressInfo).port;
  site = await createSite(cloudFrontOf(warmfront), { originPort, behavior: { CachePolicyId: CACHING_DISABLED } });
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  origin.close();
});

const file = (name: string): string => join(warmfront.data, name);

/** `<name>.pem` and `<name>-key.pem` in the data directory; what it prints is its SHA-256 fingerprint. */
async function selfSigned(name: string, host = ALIAS): Promise<string> {
  const words = [
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${host}`,
    '-addext',
    `subjectAltName=DNS:${host}`,
  ];
  const files = ['-keyout', file(`${name}-key.pem`), '-out', file(`${name}.pem`)];
  await succeed(['openssl', 'req', ...words, ...files], warmfront.environment);
  const output = await succeed(
    ['openssl', 'x509', '-noout', '-fingerprint', '-sha256', '-in', file(`${name}.pem`)],
    warmfront.environment,
  );
  return output.trim().split('=')[1]!;
}

function cli(...words: readonly string[]): string[] {
  return [aws ?? 'aws', '--endpoint-url', warmfront.apiUrl, '--output', 'json', 'acm', ...words];
}

async function acm(...words: readonly string[]): Promise<Record<string, unknown>> {
  const output = await succeed(cli(...words), warmfront.environment);
  return output.trim() === '' ? {} : (JSON.parse(output) as Record<string, unknown>);
}

function importing(name: string, ...words: readonly string[]): readonly string[] {
  return [
    'import-certificate',
    '--certificate',
    `fileb://${file(`${name}.pem`)}`,
    '--private-key',
    `fileb://${file(`${name}-key.pem`)}`,
    ...words,
  ];
}

/** The fingerprint of what a viewer is shown who asks for this name. */
function shownFor(servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: warmfront.httpsPort, servername, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

async function attach(arn: string): Promise<void> {
  const client = cloudFrontOf(warmfront);
  const { DistributionConfig: config, ETag } = await client.send(new GetDistributionConfigCommand({ Id: site.id }));
  const DistributionConfig = { ...config!, Aliases: { Quantity: 1, Items: [ALIAS] }, ViewerCertificate: viewerCertificate(arn) };
  await client.send(new UpdateDistributionCommand({ Id: site.id, IfMatch: ETag, DistributionConfig }));
  await deployed(client, site.id);
}

if (aws === undefined) console.warn('certificates.test.ts: the AWS CLI is not installed (apt-get install awscli)');

describe.skipIf(aws === undefined)('the AWS CLI', () => {
  let arn: string;

  test('imports; the alias shows it, other names do not', async () => {
    const fingerprint = await selfSigned('first');
    arn = String((await acm(...importing('first', '--tags', 'Key=team,Value=web')))['CertificateArn']);
    expect(arn).toMatch(/^arn:aws:acm:us-east-1:000000000000:certificate\/[0-9a-f-]{36}$/);
    await attach(arn);
    expect(await shownFor(ALIAS)).toBe(fingerprint);
    expect(await shownFor(site.domainName)).not.toBe(fingerprint);
    expect(await acm('list-tags-for-certificate', '--certificate-arn', arn)).toEqual({ Tags: [{ Key: 'team', Value: 'web' }] });
    const page = await succeed(
      [
        'curl',
        '-sS',
        '--cacert',
        file('first.pem'),
        '--connect-to',
        `${ALIAS}:443:127.0.0.1:${warmfront.httpsPort}`,
        `https://${ALIAS}/`,
      ],
      warmfront.environment,
    );
    expect(page).toBe('hello');
  });

  test('imports again: new connections see it at once, old ones go on', async () => {
    const agent = new HttpsAgent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    const ask = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port: warmfront.httpsPort, servername: ALIAS, headers: { host: ALIAS }, agent };
        const asked = request(options, (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.on('end', () => resolve(body));
          response.on('error', reject);
        });
        asked.on('error', reject);
        asked.end();
      });
    expect(await ask()).toBe('hello');
    const fingerprint = await selfSigned('second');
    const swapped = acm(...importing('second', '--certificate-arn', arn));
    const answers: string[] = [];
    for (let isSwapped = false; !isSwapped;) {
      answers.push(await ask());
      isSwapped = (await shownFor(ALIAS)) === fingerprint;
    }
    expect(await swapped).toEqual({ CertificateArn: arn });
    expect(new Set([...answers, await ask()])).toEqual(new Set(['hello']));
    agent.destroy();
  });

  test('describes, and deletes what nobody shows', async () => {
    const { Certificate } = await acm('describe-certificate', '--certificate-arn', arn);
    expect(Certificate).toMatchObject({ DomainName: ALIAS, Type: 'IMPORTED', Status: 'ISSUED', KeyAlgorithm: 'RSA_2048' });
    expect((Certificate as { InUseBy: string[] }).InUseBy).toEqual([`arn:aws:cloudfront::000000000000:distribution/${site.id}`]);
    const kept = await run(cli('delete-certificate', '--certificate-arn', arn), warmfront.environment);
    expect(kept.stderr).toContain('ResourceInUseException');
    await selfSigned('spare', 'spare.example.org');
    const spare = String((await acm(...importing('spare')))['CertificateArn']);
    await acm('delete-certificate', '--certificate-arn', spare);
    const gone = await run(cli('describe-certificate', '--certificate-arn', spare), warmfront.environment);
    expect(gone.stderr).toContain('ResourceNotFoundException');
  });

  test('is refused a key that is not the certificate’s', async () => {
    const crossed = importing('first').map((word) => word.replace('first-key', 'second-key'));
    const refused = await run(cli(...crossed), warmfront.environment);
    expect([refused.code, refused.stderr]).toEqual([254, expect.stringContaining('(ValidationException)') as unknown as string]);
  });

  test('what was acknowledged is there after a kill', async () => {
    const fingerprint = await shownFor(ALIAS);
    await warmfront.kill();
    warmfront = await startWarmfront({ data: warmfront.data });
    expect(await shownFor(ALIAS)).toBe(fingerprint);
  });
});

test.skipIf(!hasBoto)('boto3 requests, waits, lists, deletes', async () => {
  const output = await succeed([python, join(import.meta.dir, 'boto3_certificates.py')], warmfront.environment);
  expect(JSON.parse(output)).toEqual({
    issued: true,
    same_token: true,
    record: 'CNAME',
    listed: true,
    pages: true,
    import_garbage: 'ValidationException',
    other_region: 'ResourceNotFoundException',
    cloudfront_other_region: 'InvalidViewerCertificate',
    deleted: 'ResourceNotFoundException',
    not_implemented: 'NotImplemented',
  });
});

test('no key is in the state, the log or the snapshot', async () => {
  const files = ['state.db', 'state.db-wal', 'run.json'];
  for (const name of files) {
    const text = await Bun.file(file(name))
      .text()
      .catch(() => '');
    expect(text).not.toContain('PRIVATE KEY');
  }
  expect(readFileSync(file('state.db')).byteLength).toBeGreaterThan(0);
  expect(warmfront.output()).not.toContain('PRIVATE KEY');
});
