/**
 * The demo distribution as its owner would configure it through the CloudFront API: everything cached by its Cache-Control, /api/*
 * passed through with all methods. Given to the same API handlers as any other configuration.
 */
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';

/** The same at every start, so that a second start finds the distribution of the first. */
export const DEMO_CALLER_REFERENCE = 'warmfront-demo';

// CloudFront: the ids of Managed-CachingOptimized, Managed-CachingDisabled and Managed-AllViewerExceptHostHeader.
const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const READING = { Quantity: 2, Items: ['GET', 'HEAD'] } satisfies { Quantity: number; Items: ('GET' | 'HEAD')[] };

export function demoDistributionConfig(originPort: number): DistributionConfig {
  return {
    CallerReference: DEMO_CALLER_REFERENCE,
    Comment: 'Warmfront demo',
    Enabled: true,
    HttpVersion: 'http2and3',
    DefaultRootObject: 'index.html',
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: 'demo-origin',
          DomainName: 'localhost',
          CustomOriginConfig: { HTTPPort: originPort, HTTPSPort: 443, OriginProtocolPolicy: 'http-only' },
        },
      ],
    },
    DefaultCacheBehavior: {
      TargetOriginId: 'demo-origin',
      ViewerProtocolPolicy: 'allow-all',
      AllowedMethods: { ...READING, CachedMethods: READING },
      CachePolicyId: CACHING_OPTIMIZED,
      Compress: false,
    },
    CacheBehaviors: {
      Quantity: 1,
      Items: [
        {
          PathPattern: '/api/*',
          TargetOriginId: 'demo-origin',
          ViewerProtocolPolicy: 'allow-all',
          AllowedMethods: {
            Quantity: 7,
            Items: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
            CachedMethods: READING,
          },
          CachePolicyId: CACHING_DISABLED,
          OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
          Compress: false,
        },
      ],
    },
  };
}
