/**
 * A Warmfront that has its certificates from an ACME authority, as an operator runs it: requested through the API, proved at its own
 * clear-text port in front of a distribution that redirects to HTTPS, shown to viewers, and told by `warmfront certificates`.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { DescribeCertificateCommand, RequestCertificateCommand, waitUntilCertificateValidated } from '@aws-sdk/client-acm';
import { run, succeed } from '../clients/commands.ts';
import { LAUNCHER, removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { acmOf, cloudFrontOf, createSite, type Site } from '../process/site.ts';
import { freePorts, hasPebble, startPebble, type Pebble } from './pebble.ts';

const ALIAS = 'www.example.org';
let origin: Server;
let pebble: Pebble;
let warmfront: RunningWarmfront;
let site: Site;

beforeAll(async () => {
  if (!hasPebble) return;
  origin = createServer((request, response) => void response.end(`origin ${request.url}`));
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  const [httpPort] = await freePorts(1);
  pebble = await startPebble({ httpPort: httpPort! });
  const flags = ['--acme-directory', pebble.url, '--acme-ca', pebble.caFile, '--acme-email', 'web@example.org'];
  warmfront = await startWarmfront({ flags: [...flags, '--http-port', String(httpPort)] });
});

afterAll(async () => {
  if (!hasPebble) return;
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  await pebble.stop();
  origin.close();
});

describe.skipIf(!hasPebble)('warmfront up --acme-directory', () => {
  let arn: string;

  test('a requested certificate is proved, issued and shown for its alias', async () => {
    const acm = acmOf(warmfront);
    const asked = await acm.send(new RequestCertificateCommand({ DomainName: ALIAS, ValidationMethod: 'DNS' }));
    arn = asked.CertificateArn!;
    await waitUntilCertificateValidated({ client: acm, minDelay: 0.1, maxDelay: 0.2, maxWaitTime: 60 }, { CertificateArn: arn });
    const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn: arn }));
    expect(Certificate).toMatchObject({ Status: 'ISSUED', KeyAlgorithm: 'RSA_2048', SubjectAlternativeNames: [ALIAS] });
    expect(Certificate?.Issuer).toStartWith('Pebble Intermediate CA');
    site = await createSite(cloudFrontOf(warmfront), {
      originPort: (origin.address() as AddressInfo).port,
      aliases: [ALIAS],
      certificateArn: arn,
      behavior: { ViewerProtocolPolicy: 'redirect-to-https' },
    });
    const shown = await shownFor(ALIAS);
    expect(shown.serialNumber.toLowerCase()).toBe(Certificate!.Serial!.replaceAll(':', ''));
  });

  test('another is issued while the alias redirects to HTTPS; what is no challenge of ours is the distribution’s', async () => {
    const acm = acmOf(warmfront);
    const again = await acm.send(new RequestCertificateCommand({ DomainName: ALIAS, ValidationMethod: 'DNS' }));
    await waitUntilCertificateValidated(
      { client: acm, minDelay: 0.1, maxDelay: 0.2, maxWaitTime: 60 },
      { CertificateArn: again.CertificateArn! },
    );
    const url = `http://127.0.0.1:${warmfront.httpPort}/.well-known/acme-challenge/not-a-token-of-ours`;
    const answer = await fetch(url, { headers: { host: ALIAS }, redirect: 'manual' });
    expect([answer.status, answer.headers.get('x-cache')]).toEqual([301, 'Redirect from cloudfront']);
  });

  test('a wildcard is refused with what to do', async () => {
    const wildcard = new RequestCertificateCommand({ DomainName: '*.example.org', ValidationMethod: 'DNS' });
    const refused = await acmOf(warmfront).send(wildcard).catch(String);
    expect(refused).toContain('InvalidParameterException: *.example.org: a wildcard cannot be proved over HTTP');
  });

  test('`warmfront certificates` says where they are from and who shows them', async () => {
    const page = await succeed([LAUNCHER, 'certificates', '--data', warmfront.data], warmfront.environment);
    expect(page).toContain(new URL(pebble.url).host);
    expect(page).toMatch(new RegExp(`${ALIAS}.*renews itself.*${site.id}`));
  });
});

test('settings that do not go together are one line', async () => {
  const words = [LAUNCHER, 'up', '--data', '/tmp/never-made-warmfront', '--acme-email', 'web@example.org', '--api-port', '0'];
  const refused = await run([...words, '--http-port', '0', '--https-port', '0'], { ...process.env } as Record<string, string>);
  expect([refused.code, refused.stderr.trim()]).toEqual([
    1,
    'warmfront: --acme-email is of no use without --acme-directory, which names the authority',
  ]);
});

function shownFor(servername: string): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: warmfront.httpsPort, servername, rejectUnauthorized: false }, () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
