/**
 * Client certificates asked of viewers (ViewerMtlsConfig), and what a distribution must be for them. Facts: data plane 10.5. Trust
 * stores are in trust-stores/; what edges do is in core/viewer-request/decide-connection.ts and the TLS listener.
 */
import { MANAGED_CACHE_POLICIES } from '../../../../tables/managed-cache-policies.ts';
import { ApiError } from '../../wire/types.ts';
import { behaviorsOf, items } from '../filled-config.ts';
import type { FilledConfig } from '../filled-config.ts';
import { invalidArgument } from './references.ts';
import type { References } from './references.ts';

const CACHING_DISABLED = MANAGED_CACHE_POLICIES.find(({ name }) => name === 'Managed-CachingDisabled')?.id;

export function validateViewerMtls(config: FilledConfig, references: Pick<References, 'hasTrustStore'>): void {
  const { ViewerMtlsConfig: mtls } = config;
  if (mtls === undefined) return;
  // CloudFront: required, unless it says otherwise.
  const { Mode = 'required', TrustStoreConfig: trust } = mtls;
  const refused = (reason: string): ApiError => invalidArgument(`The parameter ViewerMtlsConfig is not valid: ${reason}.`);
  if (Mode === 'passthrough' && trust !== undefined) throw refused('Mode passthrough takes no TrustStoreConfig');
  if (Mode !== 'passthrough' && trust === undefined) throw refused(`Mode ${Mode} needs a TrustStoreConfig`);
  if (trust !== undefined && !references.hasTrustStore(trust.TrustStoreId)) {
    throw new ApiError('EntityNotFound', `The trust store ${trust.TrustStoreId} does not exist.`, 404);
  }
  if (config.HttpVersion.includes('3')) throw refused('it cannot be used with HTTP/3 (HttpVersion http3, http2and3)');
  const open = behaviorsOf(config).find(({ ViewerProtocolPolicy }) => ViewerProtocolPolicy === 'allow-all');
  if (open !== undefined) {
    throw refused(`the cache behavior ${open.PathPattern ?? '*'} must have ViewerProtocolPolicy https-only or redirect-to-https`);
  }
  if (Mode === 'passthrough') validatePassthrough(config, refused);
}

/** CloudFront: what nobody has judged must not be answered from a cache, and reaches the origin from here. */
function validatePassthrough(config: FilledConfig, refused: (reason: string) => ApiError): void {
  for (const { CachePolicyId, LambdaFunctionAssociations, PathPattern = '*' } of behaviorsOf(config)) {
    if (CachePolicyId !== CACHING_DISABLED)
      throw refused(`Mode passthrough needs CachingDisabled in the cache behavior ${PathPattern}`);
    if (items(LambdaFunctionAssociations).length > 0) {
      throw refused(`Mode passthrough excludes Lambda@Edge, which the cache behavior ${PathPattern} has`);
    }
  }
  const shielded = config.Origins.Items.find(({ OriginShield }) => OriginShield.Enabled);
  if (shielded !== undefined) throw refused(`Mode passthrough excludes Origin Shield, which the origin ${shielded.Id} has`);
}
