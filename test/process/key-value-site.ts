/**
 * A distribution whose function answers with what a key value store says of the path, for the tests of key value stores against the
 * program; and the SDK's client of the store's pairs.
 */
import { Agent, get } from 'node:http';
import { CreateFunctionCommand, CreateKeyValueStoreCommand, PublishFunctionCommand } from '@aws-sdk/client-cloudfront';
import { CloudFrontKeyValueStore } from '@aws-sdk/client-cloudfront-keyvaluestore';
// oxlint-disable-next-line import/no-unassigned-import -- it makes itself known to the SDK when it is read.
import '@aws-sdk/signature-v4a';
import type { RunningWarmfront } from '../clients/running-warmfront.ts';
import { cloudFrontOf, createSite } from './site.ts';

const CODE = `import cf from 'cloudfront';
const kvs = cf.kvs();
async function handler(event) {
  const key = event.request.uri.slice(1);
  return { statusCode: 200, body: (await kvs.exists(key)) ? await kvs.get(key) : 'absent' };
}`;

export interface KeyValueSite {
  readonly storeArn: string;
  readonly domainName: string;
}

export async function createKeyValueSite(warmfront: RunningWarmfront): Promise<KeyValueSite> {
  const cloudFront = cloudFrontOf(warmfront);
  const { KeyValueStore } = await cloudFront.send(new CreateKeyValueStoreCommand({ Name: 'answers' }));
  const storeArn = KeyValueStore!.ARN!;
  const FunctionConfig = {
    Comment: '',
    Runtime: 'cloudfront-js-2.0' as const,
    KeyValueStoreAssociations: { Quantity: 1, Items: [{ KeyValueStoreARN: storeArn }] },
  };
  const created = await cloudFront.send(
    new CreateFunctionCommand({ Name: 'answer', FunctionConfig, FunctionCode: Buffer.from(CODE) }),
  );
  await cloudFront.send(new PublishFunctionCommand({ Name: 'answer', IfMatch: created.ETag }));
  const FunctionARN = created.FunctionSummary!.FunctionMetadata!.FunctionARN!;
  const FunctionAssociations = { Quantity: 1, Items: [{ EventType: 'viewer-request' as const, FunctionARN }] };
  const { domainName } = await createSite(cloudFront, { originPort: 1024, behavior: { FunctionAssociations } });
  return { storeArn, domainName };
}

/** Names under .localhost are this machine (RFC 6761 6.3), which not every system's resolver knows. */
export function keyValueClient({ environment, apiUrl }: RunningWarmfront): CloudFrontKeyValueStore {
  const httpAgent = new Agent({ lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) });
  return new CloudFrontKeyValueStore({
    region: 'us-east-1',
    endpoint: `http://localhost:${new URL(apiUrl).port}`,
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID']!,
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY']!,
    },
    maxAttempts: 1,
    requestHandler: { httpAgent },
  });
}

/** What viewers get, each over a connection of its own: the kernel deals them to the workers. */
export function answersOf({ domainName }: KeyValueSite, port: number, key: string, viewers: number): Promise<Set<string>> {
  const one = (): Promise<string> =>
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: `/${key}`, headers: { host: domainName }, agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => resolve(text));
      }).on('error', reject);
    });
  return Promise.all(Array.from({ length: viewers }, one)).then((all) => new Set(all));
}
