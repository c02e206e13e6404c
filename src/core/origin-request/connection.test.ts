import { describe, expect, test } from 'bun:test';
import { sampleOrigin } from '../../../test/samples/distribution.ts';
import type { Origin, OriginAccessControl } from '../../model/distribution.ts';
import { originConnection } from './connection.ts';

describe('originConnection', () => {
  const custom = (protocolPolicy: 'http-only' | 'https-only' | 'match-viewer'): Partial<Origin> => ({
    kind: { kind: 'custom', protocolPolicy, httpPort: 8081, httpsPort: 8444, sslProtocols: [], keepaliveTimeout: 5000 },
  });
  const s3 = (signingBehavior?: OriginAccessControl['signingBehavior']): Partial<Origin> => ({
    kind: { kind: 's3', originAccessIdentity: undefined },
    originAccessControl:
      signingBehavior === undefined ? undefined : { id: 'E', originType: 's3', signingProtocol: 'sigv4', signingBehavior },
  });
  const rows: [origin: Partial<Origin>, viewer: 'http' | 'https', want: string][] = [
    [custom('http-only'), 'https', 'http 8081'],
    [custom('https-only'), 'http', 'https 8444'],
    [custom('match-viewer'), 'http', 'http 8081'],
    [custom('match-viewer'), 'https', 'https 8444'],
    [s3(), 'http', 'http 80'],
    [s3(), 'https', 'https 443'],
    [s3('always'), 'http', 'https 443'],
    [s3('no-override'), 'http', 'http 80'],
    [s3('never'), 'http', 'http 80'],
  ];
  test.each(rows)('%o, viewer by %s: %s', (origin, scheme, want) => {
    const connection = originConnection(sampleOrigin(origin), scheme);
    expect(`${connection.scheme} ${connection.port}`).toBe(want);
  });
});
