import { expect, test } from 'bun:test';
import {
  sampleBehavior,
  sampleCachePolicy,
  sampleDistribution,
  sampleOrigin,
  sampleOriginRequestPolicy,
  sampleRequest,
} from '../../../test/samples/distribution.ts';
import { sampleClientCertificate, sampleTls } from '../../../test/samples/tls.ts';
import { fieldLines } from '../../http/fields.ts';
import { compileDistribution } from '../../model/compile.ts';
import type { ViewerMtls } from '../../model/distribution.ts';
import type { OriginRequestPolicy } from '../../model/policies.ts';
import type { ViewerTls } from '../request.ts';
import { buildOriginRequest } from './build-origin-request.ts';

const trustStore = { id: 'ts', revision: 1, certificates: ['pem'], ignoresExpiry: false, tellsNames: true };
const PASSED: ViewerMtls = { mode: 'passthrough', trustStore: undefined };
const REQUIRED: ViewerMtls = { mode: 'required', trustStore };
const ALL: OriginRequestPolicy['headers'] = { kind: 'allViewer' };
const LISTED: OriginRequestPolicy['headers'] = { kind: 'whitelist', names: ['client-cert', 'client-cert-chain'] };
const OTHER: OriginRequestPolicy['headers'] = { kind: 'whitelist', names: ['x-other'] };
const SHOWN: Partial<ViewerTls> = { clientCertificate: sampleClientCertificate() };
const SENT = [
  ['client-cert', ':AAAA:'],
  ['client-cert-chain', ':AAAA:'],
] as const;

/** Every viewer sends both fields itself. */
const ROWS: readonly (readonly [
  name: string,
  viewerMtls: ViewerMtls | undefined,
  headers: OriginRequestPolicy['headers'],
  tls: Partial<ViewerTls>,
  want: readonly (readonly string[])[],
])[] = [
  ['passed through, as listed', PASSED, LISTED, SHOWN, [[':AAECAwQF:'], []]],
  ['passed through, with all', PASSED, ALL, SHOWN, [[':AAECAwQF:'], []]],
  ['not listed', PASSED, OTHER, SHOWN, [[], []]],
  ['none shown', PASSED, LISTED, {}, [[], []]],
  ['judged here', REQUIRED, LISTED, SHOWN, [[], []]],
  ['viewers are not asked', undefined, LISTED, {}, [[':AAAA:'], [':AAAA:']]],
];

test.each(ROWS)('%s', (_name, viewerMtls, headers, tls, want) => {
  const forwarding = {
    kind: 'policies',
    cachePolicy: sampleCachePolicy(),
    originRequestPolicy: sampleOriginRequestPolicy({ headers }),
  } as const;
  const distribution = compileDistribution(
    sampleDistribution({ viewerMtls, defaultCacheBehavior: sampleBehavior({ forwarding }) }),
  );
  const { fields } = buildOriginRequest({
    distribution,
    behavior: distribution.defaultBehavior,
    origin: sampleOrigin(),
    request: sampleRequest({ scheme: 'https', tls: sampleTls(tls), fields: SENT }),
    path: '/',
    requestId: 'ID==',
    viaHost: 'edge.cloudfront.net',
  });
  expect([fieldLines(fields, 'client-cert'), fieldLines(fields, 'client-cert-chain')]).toEqual(want.map((lines) => [...lines]));
});
