/**
 * How the origin is reached: scheme and port. Facts 8.1 and 8.4. Attempts and timeouts are the origin client's matter.
 */
import type { Origin } from '../../model/distribution.ts';

export interface OriginConnection {
  readonly scheme: 'http' | 'https';
  readonly port: number;
}

export function originConnection(
  origin: Pick<Origin, 'kind' | 'originAccessControl'>,
  viewerScheme: 'http' | 'https',
): OriginConnection {
  const { kind } = origin;
  const scheme = originScheme(origin, viewerScheme);
  if (kind.kind === 's3') return { scheme, port: scheme === 'https' ? 443 : 80 };
  return { scheme, port: scheme === 'https' ? kind.httpsPort : kind.httpPort };
}

function originScheme(
  { kind, originAccessControl }: Pick<Origin, 'kind' | 'originAccessControl'>,
  viewerScheme: 'http' | 'https',
): 'http' | 'https' {
  // CloudFront: S3 is spoken to as the viewer speaks, but requests that are always signed go by HTTPS.
  if (kind.kind === 's3') return originAccessControl?.signingBehavior === 'always' ? 'https' : viewerScheme;
  if (kind.protocolPolicy === 'match-viewer') return viewerScheme;
  return kind.protocolPolicy === 'https-only' ? 'https' : 'http';
}
