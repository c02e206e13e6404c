/**
 * Warmfront itself, as a user starts it: `bin/warmfront up`, one distribution made through the AWS API, the access log on.
 */
import { join } from 'node:path';
import {
  CloudFrontClient,
  CreateDistributionCommand,
  CreateFunctionCommand,
  PublishFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import packageJson from '../../package.json' with { type: 'json' };
import { startPinned } from '../processes.ts';
import type { BenchServer, ServerKind } from './server.ts';

const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
/** What many functions are for. */
const REWRITE = `function handler(event) {
  var request = event.request;
  if (request.uri.startsWith('/function/')) request.uri = request.uri.slice(9);
  return request;
}`;

export const warmfront: ServerKind = {
  name: 'Warmfront',
  isInstalled: () => true,
  async start(setup): Promise<BenchServer> {
    const data = join(setup.folder, 'warmfront');
    const launcher = join(import.meta.dir, '../../bin/warmfront');
    const ports = [
      '--http-port',
      `${setup.httpPort}`,
      '--https-port',
      `${setup.tlsPort}`,
      '--api-port',
      `${setup.apiPort}`,
      '--dns-port',
      '0',
    ];
    const bounds = ['--workers', `${setup.workers}`, '--memory', '1GB', '--disk', '4GB'];
    const running = await startPinned('warmfront', {
      cores: setup.cores,
      command: [launcher, 'up', '--data', data, ...ports, ...bounds, '--no-demo'],
      async isReady() {
        const health = await fetch(`http://127.0.0.1:${setup.apiPort}/_warmfront/health`).catch(() => undefined);
        return health?.status === 200;
      },
    });
    const secure = `https://127.0.0.1:${setup.tlsPort}`;
    return {
      name: 'Warmfront',
      version: packageJson.version,
      running,
      host: await createBenchDistribution(launcher, data, setup.originPort),
      urls: { h1: `http://127.0.0.1:${setup.httpPort}`, tls: secure, h2: secure, h3: secure },
      lacks: {},
    };
  },
};

async function createBenchDistribution(launcher: string, data: string, originPort: number): Promise<string> {
  const environment = Bun.spawnSync([launcher, 'env', '--data', data]).stdout.toString();
  const setting = (name: string): string => new RegExp(`export ${name}='?([^'\n]*)'?`).exec(environment)?.[1] ?? '';
  const client = new CloudFrontClient({
    endpoint: setting('AWS_ENDPOINT_URL'),
    region: 'us-east-1',
    credentials: { accessKeyId: setting('AWS_ACCESS_KEY_ID'), secretAccessKey: setting('AWS_SECRET_ACCESS_KEY') },
  });
  const FunctionARN = await publishBenchFunction(client);
  const created = await client.send(
    new CreateDistributionCommand({
      DistributionConfig: {
        CallerReference: 'bench',
        Comment: 'bench',
        Enabled: true,
        HttpVersion: 'http2and3',
        Origins: {
          Quantity: 1,
          Items: [
            {
              Id: 'bench',
              DomainName: 'localhost',
              CustomOriginConfig: { HTTPPort: originPort, HTTPSPort: 443, OriginProtocolPolicy: 'http-only' },
            },
          ],
        },
        DefaultCacheBehavior: {
          TargetOriginId: 'bench',
          ViewerProtocolPolicy: 'allow-all',
          CachePolicyId: CACHING_OPTIMIZED,
        },
        CacheBehaviors: {
          Quantity: 1,
          Items: [
            {
              PathPattern: '/function/*',
              TargetOriginId: 'bench',
              ViewerProtocolPolicy: 'allow-all',
              CachePolicyId: CACHING_OPTIMIZED,
              FunctionAssociations: { Quantity: 1, Items: [{ EventType: 'viewer-request', FunctionARN }] },
            },
          ],
        },
      },
    }),
  );
  const domain = created.Distribution?.DomainName;
  if (domain === undefined) throw new Error('the bench distribution has no domain name');
  return domain;
}

async function publishBenchFunction(client: CloudFrontClient): Promise<string> {
  const FunctionConfig = { Comment: 'bench', Runtime: 'cloudfront-js-2.0' } as const;
  const FunctionCode = new TextEncoder().encode(REWRITE);
  const { ETag } = await client.send(new CreateFunctionCommand({ Name: 'bench', FunctionConfig, FunctionCode }));
  const published = await client.send(new PublishFunctionCommand({ Name: 'bench', IfMatch: ETag ?? '' }));
  const arn = published.FunctionSummary?.FunctionMetadata?.FunctionARN;
  if (arn === undefined) throw new Error('the bench function has no ARN');
  return arn;
}
