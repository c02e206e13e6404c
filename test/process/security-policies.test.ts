/**
 * Every security policy on the real program, with curl as the viewer: what is below it is refused in the handshake, what it allows is
 * served. Facts 10.4. One distribution and one alias for each policy; the certificates are RSA.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { CreateDistributionCommand, MinimumProtocolVersion } from '@aws-sdk/client-cloudfront';
import { startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { cloudFrontOf, deployed, requestCertificate, siteConfig, viewerCertificate } from './site.ts';

const POLICIES = Object.values(MinimumProtocolVersion);
const nameOf = (policy: string): string => `${policy.replaceAll(/[._]/g, '-').toLowerCase()}.tls.test`;

/** What a viewer offers, and the policies that let it in. No viewer at hand offers 3DES, which only the two oldest have. */
const OFFERS: readonly (readonly [name: string, tls: string, cipher: string, policies: readonly string[]])[] = [
  ['TLS 1.0', '1.0', 'ECDHE-RSA-AES128-SHA', ['SSLv3', 'TLSv1', 'TLSv1_2016']],
  ['TLS 1.1', '1.1', 'ECDHE-RSA-AES128-SHA', ['SSLv3', 'TLSv1', 'TLSv1_2016', 'TLSv1.1_2016']],
  ['TLS 1.2, CBC with SHA-1', '1.2', 'ECDHE-RSA-AES256-SHA', ['SSLv3', 'TLSv1', 'TLSv1_2016', 'TLSv1.1_2016']],
  ['TLS 1.2 without forward secrecy', '1.2', 'AES128-GCM-SHA256', upTo('TLSv1.2_2018')],
  ['TLS 1.2, CBC with SHA-256', '1.2', 'ECDHE-RSA-AES128-SHA256', upTo('TLSv1.2_2019')],
  ['TLS 1.2, ChaCha20', '1.2', 'ECDHE-RSA-CHACHA20-POLY1305', upTo('TLSv1.2_2021')],
  ['TLS 1.2, GCM', '1.2', 'ECDHE-RSA-AES256-GCM-SHA384', upTo('TLSv1.2_2025')],
  ['TLS 1.3', '1.3', '', POLICIES],
];

function upTo(last: string): readonly string[] {
  const oldest = ['SSLv3', 'TLSv1', 'TLSv1_2016', 'TLSv1.1_2016', 'TLSv1.2_2018', 'TLSv1.2_2019', 'TLSv1.2_2021', 'TLSv1.2_2025'];
  return oldest.slice(0, oldest.indexOf(last) + 1);
}

let warmfront: RunningWarmfront;
const origin = Bun.serve({ port: 0, fetch: () => new Response('served') });

beforeAll(async () => {
  warmfront = await startWarmfront();
  const client = cloudFrontOf(warmfront);
  const certificateArn = await requestCertificate(warmfront, ['*.tls.test']);
  const made = await Promise.all(
    POLICIES.map(async (policy) => {
      const options = { originPort: origin.port!, aliases: [nameOf(policy)], certificateArn };
      const SSLSupportMethod = policy === 'SSLv3' ? 'vip' : 'sni-only';
      const ViewerCertificate = {
        ...viewerCertificate(certificateArn),
        MinimumProtocolVersion: policy,
        SSLSupportMethod,
      } as const;
      const DistributionConfig = { ...siteConfig(options), ViewerCertificate };
      return (await client.send(new CreateDistributionCommand({ DistributionConfig }))).Distribution!.Id!;
    }),
  );
  await Promise.all(made.map((id) => deployed(client, id)));
});
afterAll(async () => {
  await warmfront.stop();
  await origin.stop(true);
});

/** `served`, or `refused` where no TLS connection comes about. */
async function ask(name: string, tls: string, cipher: string): Promise<string> {
  const { httpsPort, data } = warmfront;
  // OpenSSL itself has old versions and suites switched off by its security level.
  const suites = tls === '1.3' ? [] : ['--ciphers', `${cipher}:@SECLEVEL=0`];
  const versions = [`--tlsv${tls}`, '--tls-max', tls, ...suites];
  const place = ['--resolve', `${name}:${httpsPort}:127.0.0.1`, '--cacert', `${data}/ca.pem`];
  const child = Bun.spawn(['curl', '-s', '--max-time', '10', ...versions, ...place, `https://${name}:${httpsPort}/`]);
  const out = await new Response(child.stdout).text();
  // 35: the handshake failed. 52, 56: the connection was closed right behind it, which is all that can be done about TLS 1.0.
  const exit = await child.exited;
  return exit === 0 ? out : [35, 52, 56].includes(exit) ? 'refused' : `curl says ${exit}`;
}

test.each(OFFERS)('%s', async (_name, tls, cipher, policies) => {
  const answers = await Promise.all(POLICIES.map(async (policy) => [policy, await ask(nameOf(policy), tls, cipher)] as const));
  expect(Object.fromEntries(answers)).toEqual(
    Object.fromEntries(POLICIES.map((policy) => [policy, policies.includes(policy) ? 'served' : 'refused'])),
  );
});
