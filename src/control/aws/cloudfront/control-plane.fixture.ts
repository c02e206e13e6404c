/**
 * What this folder's tests share: a control plane over a state in memory and an in-process bus of the test's own making, and a
 * minimal configuration. The bus here is a real one in the smallest form: it acknowledges when the test lets it.
 */
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import type { Acknowledgement, ControlBus } from '../../../edge/ports.ts';
import type { KeyValueUpdate } from '../../../model/key-value-store.ts';
import type { Ban, Snapshot } from '../../../model/snapshot.ts';
import type { ReadableBuckets } from '../../buckets/read-stored-object.ts';
import { openState } from '../../state/open-state.ts';
import { ApiError } from '../wire/types.ts';
import type { CallContext } from '../wire/types.ts';
import { createCloudFront } from './create-cloud-front.ts';
import type { ReferencedCertificate } from './validate/references.ts';

export const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';

/** The only certificate there is. */
export const CERTIFICATE_ARN = 'arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555';
export const SAMPLE_CERTIFICATE: ReferencedCertificate = {
  id: '11111111-2222-3333-4444-555555555555',
  version: 1,
  names: ['example.com', '*.example.com'],
  keyAlgorithm: 'RSA_2048',
  isIssued: true,
  isForClients: false,
};

export function minimalConfig(changes: Partial<DistributionConfig> = {}): DistributionConfig {
  return {
    CallerReference: 'ref-1',
    Comment: '',
    Enabled: true,
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: 'site',
          DomainName: 'localhost',
          CustomOriginConfig: { HTTPPort: 3000, HTTPSPort: 443, OriginProtocolPolicy: 'http-only' },
        },
      ],
    },
    DefaultCacheBehavior: { TargetOriginId: 'site', ViewerProtocolPolicy: 'allow-all', CachePolicyId: CACHING_OPTIMIZED },
    ...changes,
  };
}

export const call: CallContext = {
  requestId: 'r',
  operation: 'Test',
  principal: { kind: 'account', accountId: '000000000000', accessKeyId: 'k', arn: 'arn:aws:iam::000000000000:root' },
  accountId: '000000000000',
  region: 'us-east-1',
  now: 1_000,
};

/** The code and status of the refusal, or `accepted`. */
export function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return `${error.status ?? 400} ${error.code}`;
    throw error;
  }
  return 'accepted';
}

/** The code of the refusal with its message, or `accepted`. */
export async function refusalOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof ApiError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

export function controlPlane(path = ':memory:', buckets?: ReadableBuckets) {
  const snapshots: Snapshot[] = [];
  const bans: Ban[] = [];
  const keyValues: KeyValueUpdate[] = [];
  const warned: string[] = [];
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const bus: ControlBus = {
    attach() {},
    edges: () => [],
    async publishKeyValues(update) {
      keyValues.push(update);
      await gate.promise;
    },
    async publishSnapshot(snapshot) {
      snapshots.push(snapshot);
      await gate.promise;
    },
    async publishBan(ban): Promise<readonly Acknowledgement[]> {
      bans.push(ban);
      await gate.promise;
      return [{ edgeId: 'edge', acknowledgedAt: 1_500 }];
    },
  };
  let drawn = 0;
  const state = openState({ path });
  const cloudFront = createCloudFront({
    state,
    bus,
    clock: { now: () => 1_000, after: (_delay, run) => (queueMicrotask(run), { cancel() {} }) },
    random: (length) => Uint8Array.from({ length }, () => (drawn = (drawn * 75 + 74) % 65_537)),
    accountId: '000000000000',
    domainSuffix: 'cloudfront.localhost',
    certificate: (arn) => (arn === CERTIFICATE_ARN ? SAMPLE_CERTIFICATE : undefined),
    ...(buckets && { buckets }),
    warn: (message) => warned.push(message),
  });
  cloudFront.publisher.start();
  return {
    ...cloudFront,
    state,
    snapshots,
    bans,
    keyValues,
    warned,
    /** Edges acknowledge nothing that is sent from now on until `release`, or until what this gives is called. */
    hold: () => (gate = Promise.withResolvers<void>()).resolve,
    release: () => gate.resolve(),
    settled: () => cloudFront.publisher.settled(),
  };
}
