/**
 * Certificate Manager over its real parts, for the tests beside this file: the state, a certificate store, the local CA, CloudFront, and a
 * clock that is moved. Only an authority that fails, or takes its time, is scripted.
 */
import { afterAll, beforeAll, beforeEach } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateDetail } from '@aws-sdk/client-acm';
import { openLocalCa, type LocalCa } from '../../src/adapters/certificates/local-ca.ts';
import { createMemoryCertificates } from '../../src/adapters/certificates/memory-certificates.ts';
import { createVirtualClock, type VirtualClock } from '../../src/adapters/clock/virtual-clock.ts';
import { createAcm, type Acm } from '../../src/control/aws/acm/create-acm.ts';
import { certificatesShown } from '../../src/control/aws/acm/certificates-shown.ts';
import { createCertificateRegistry } from '../../src/control/aws/acm/certificate-registry.ts';
import { createCloudFront, type CloudFront } from '../../src/control/aws/cloudfront/create-cloud-front.ts';
import type { CallContext } from '../../src/control/aws/wire/types.ts';
import { openState, type State } from '../../src/control/state/open-state.ts';
import type { CertificateAuthority, CertificateStore } from '../../src/edge/certificate-ports.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { HOUR } from '../../src/model/units.ts';
import type { Certificate } from '../contracts/certificates.ts';
import { recordingBus } from './recording-bus.ts';

export const ACCOUNT = '000000000000';
export const principal = { kind: 'account', accountId: ACCOUNT, accessKeyId: 'k', arn: `arn:aws:iam::${ACCOUNT}:root` } as const;

/** Keys of this kind are made in no time. */
const QUICK = 'EC_prime256v1' as const;

export interface AcmPlane {
  readonly clock: VirtualClock;
  readonly localCa: LocalCa;
  readonly store: CertificateStore;
  readonly acm: Acm;
  readonly cloudFront: CloudFront;
  readonly snapshots: Snapshot[];
  readonly reports: string[];
  /** Asked instead of the local CA while a test says so. */
  readonly scripted: { issue: CertificateAuthority['issue'] | undefined };
  call(region?: string): CallContext;
  importPair(pair: Certificate, chain?: string, arn?: string, region?: string): Promise<string>;
  request(names: readonly [string, ...string[]], changes?: object): Promise<string>;
  describeOne(arn: string): Promise<CertificateDetail>;
  /** A distribution that shows the certificate for one alias; its ARN. */
  distribution(arn: string, alias: string): Promise<string>;
  /** Lets so much time pass, a step at a time, with everything that falls due done before it goes on. */
  pass(duration: number, step?: number): Promise<void>;
}

/** A fresh plane before each test of a file, with an empty state. */
export function freshAcmPlane(): AcmPlane {
  let data: string;
  const at = {} as AcmPlane;
  beforeAll(() => {
    data = mkdtempSync(join(tmpdir(), 'warmfront-acm-'));
  });
  afterAll(() => rmSync(data, { recursive: true, force: true }));
  beforeEach(async () => {
    // Throw-away certificates of these tests are valid around the real now.
    const clock = createVirtualClock(Date.now());
    const localCa = await openLocalCa(data, clock);
    Object.assign(
      at,
      await startAcmPlane({ clock, localCa, state: openState({ path: ':memory:' }), store: createMemoryCertificates() }),
    );
  });
  return at;
}

export interface PlaneParts extends Pick<AcmPlane, 'clock' | 'localCa' | 'store'> {
  readonly state: State;
  /** The local CA's unless given. */
  readonly authority?: CertificateAuthority;
}

export async function startAcmPlane({
  clock,
  localCa,
  state,
  store,
  authority: issuer = localCa.authority,
}: PlaneParts): Promise<AcmPlane> {
  const snapshots: Snapshot[] = [];
  const reports: string[] = [];
  const scripted: AcmPlane['scripted'] = { issue: undefined };
  const registry = createCertificateRegistry(state, ACCOUNT);
  const report = (line: string): void => void reports.push(line);
  const cloudFront = createCloudFront({
    state,
    bus: recordingBus(snapshots),
    clock,
    random: randomBytes,
    accountId: ACCOUNT,
    domainSuffix: 'cloudfront.localhost',
    certificate: (arn) => registry.lookup(arn, clock.now()),
    deployed: (all) => all.flatMap(certificatesShown).forEach((certificate) => acm.deployed(certificate)),
    warn: report,
  });
  const authority: CertificateAuthority = {
    ...issuer,
    issue: (request) => (scripted.issue ?? issuer.issue)(request),
  };
  const users = cloudFront.certificateUsers;
  const acm = createAcm({ state, registry, users, store, authority, clock, accountId: ACCOUNT, report });
  const call = (region = 'us-east-1'): CallContext => ({
    requestId: 'r',
    operation: 'Test',
    principal,
    accountId: ACCOUNT,
    region,
    now: clock.now(),
  });
  const plane: AcmPlane = {
    clock,
    localCa,
    store,
    acm,
    cloudFront,
    snapshots,
    reports,
    scripted,
    call,
    async importPair({ cert, key }, chain, arn, region) {
      const input = {
        Certificate: octets(cert),
        PrivateKey: octets(key),
        ...(chain !== undefined && { CertificateChain: octets(chain) }),
      };
      const { CertificateArn } = await acm.handlers.ImportCertificate!(
        { ...input, ...(arn && { CertificateArn: arn }) },
        call(region),
      );
      return CertificateArn!;
    },
    async request([DomainName, ...others], changes = {}) {
      const named = { DomainName, ...(others.length > 0 && { SubjectAlternativeNames: others }) };
      const asked = { ...named, ValidationMethod: 'DNS' as const, KeyAlgorithm: QUICK, ...changes };
      return (await acm.handlers.RequestCertificate!(asked, call())).CertificateArn!;
    },
    async describeOne(CertificateArn) {
      return (await acm.handlers.DescribeCertificate!({ CertificateArn }, call())).Certificate!;
    },
    async distribution(arn, alias) {
      const DistributionConfig = shownFor(arn, alias);
      const created = await cloudFront.handlers.CreateDistribution!({ DistributionConfig }, call());
      await cloudFront.publisher.settled();
      return created.Distribution!.ARN!;
    },
    async pass(duration, step = HOUR) {
      for (const end = clock.now() + duration; clock.now() < end;) {
        clock.advance(Math.min(step, end - clock.now()));
        await acm.issuance.settled();
      }
    },
  };
  await acm.sweep();
  cloudFront.publisher.start();
  acm.issuance.look();
  return plane;
}

export const octets = (pem: string): Uint8Array => new TextEncoder().encode(pem);

function shownFor(arn: string, alias: string) {
  const custom = { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'http-only' as const };
  return {
    CallerReference: alias,
    Comment: '',
    Enabled: true,
    Aliases: { Quantity: 1, Items: [alias] },
    ViewerCertificate: {
      ACMCertificateArn: arn,
      SSLSupportMethod: 'sni-only' as const,
      MinimumProtocolVersion: 'TLSv1.2_2021' as const,
    },
    Origins: { Quantity: 1, Items: [{ Id: 'o', DomainName: 'localhost', CustomOriginConfig: custom }] },
    DefaultCacheBehavior: {
      TargetOriginId: 'o',
      ViewerProtocolPolicy: 'allow-all' as const,
      CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
    },
  };
}
