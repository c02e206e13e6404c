/**
 * The certificate that an origin is shown: what edges are told of it, when it is replaced and when it may go. Facts: data plane 8.6.
 */
import { beforeAll, expect, test } from 'bun:test';
import type { Distribution } from '../../src/model/distribution.ts';
import { minimalConfig } from '../../src/control/aws/cloudfront/control-plane.fixture.ts';
import { createTestCa, type TestCa } from '../contracts/certificates.ts';
import { freshAcmPlane } from './acm-plane.ts';

const at = freshAcmPlane();
let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

async function distributionShowing(arn: string): Promise<void> {
  const config = minimalConfig();
  const [origin] = config.Origins?.Items ?? [];
  const CustomOriginConfig = {
    HTTPPort: 80,
    HTTPSPort: 443,
    OriginProtocolPolicy: 'https-only' as const,
    OriginMtlsConfig: { ClientCertificateArn: arn },
  };
  const Items = [{ Id: origin?.Id, DomainName: 'origin.test', CustomOriginConfig }];
  const DistributionConfig = { ...config, Origins: { Quantity: 1, Items } };
  await at.cloudFront.handlers.CreateDistribution!({ DistributionConfig }, at.call());
  await at.cloudFront.publisher.settled();
}

function shown(): Distribution['origins'][number]['clientCertificate'] {
  return at.snapshots.at(-1)?.distributions[0]?.origins[0]?.clientCertificate;
}

test('edges are told of a new version, and the old key goes when all have it', async () => {
  const arn = await at.importPair(await ca.issue(['edge.test'], { forClients: true }), ca.pem);
  await distributionShowing(arn);
  const id = arn.split('/')[1] ?? '';
  expect(shown()).toEqual({ id, version: 1 });
  expect(at.reports).toEqual([]);
  await at.importPair(await ca.issue(['edge.test'], { forClients: true }), ca.pem, arn);
  await at.cloudFront.publisher.settled();
  expect(shown()).toEqual({ id, version: 2 });
  expect(await at.store.list()).toEqual([{ id, version: 2 }]);
});

test('it cannot be deleted while it is shown', async () => {
  const arn = await at.importPair(await ca.issue(['edge.test'], { forClients: true }), ca.pem);
  await distributionShowing(arn);
  const deletion = Promise.try(() => at.acm.handlers.DeleteCertificate!({ CertificateArn: arn }, at.call()));
  expect(await deletion.catch((error: unknown) => (error as { code?: string }).code)).toBe('ResourceInUseException');
});

test('it must be made for clients', async () => {
  const arn = await at.importPair(await ca.issue(['edge.test']), ca.pem);
  const refusal = await distributionShowing(arn).catch((error: unknown) => String(error));
  expect(refusal).toContain('lacks the extended key usage');
});
