/**
 * One run of http-tests/cache-tests, as it is: the suite's own origin server, a Warmfront as a user starts it, a distribution made
 * through the API, and the suite's command-line client. Which results are good is decided in judge.ts.
 */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudFrontClient, CreateCachePolicyCommand, CreateOriginRequestPolicyCommand } from '@aws-sdk/client-cloudfront';
import { CreateDistributionCommand } from '@aws-sdk/client-cloudfront';
import type { CacheSemantics } from '../../src/model/compile.ts';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';

/** What the suite's client prints: true, or the kind of failure and a sentence. */
export type SuiteResults = Readonly<Record<string, true | readonly [kind: string, message: string]>>;

const NODE = 'node';
const PRELOAD = resolve(import.meta.dir, 'resolve-localhost.mjs');

/** Throws when the folder is not the suite, or is not installed. */
export function checkSuite(suite: string): void {
  for (const path of ['test-engine/cli.mjs', 'test-engine/server/server.mjs', 'tests/index.mjs']) {
    if (!existsSync(join(suite, path))) throw new Error(`${suite} is no checkout of http-tests/cache-tests: it has no ${path}`);
  }
  if (!existsSync(join(suite, 'node_modules/undici'))) {
    throw new Error(`${suite} is not installed: run "npm install --ignore-scripts" there, its client needs undici`);
  }
}

/** Everything, or the one test `id`, whose exchanges are then printed as they happen. */
export async function runSuite(suite: string, semantics: CacheSemantics, id?: string): Promise<SuiteResults> {
  const origin = await startSuiteOrigin(suite);
  const warmfront = await startWarmfront({ flags: ['--cache-semantics', semantics] });
  try {
    const domainName = await createDistribution(warmfront, origin.port);
    const client = Bun.spawn([NODE, '--no-warnings', '--import', PRELOAD, 'test-engine/cli.mjs'], {
      cwd: suite,
      env: suiteEnvironment({ npm_config_base: `http://${domainName}:${warmfront.httpPort}`, npm_config_id: id ?? '' }),
      stdout: 'pipe',
      stderr: 'inherit',
    });
    const output = await new Response(client.stdout).text();
    if ((await client.exited) !== 0) throw new Error(`the suite's client failed:\n${output}`);
    if (id === undefined) return JSON.parse(output) as SuiteResults;
    console.log(`${origin.output()}${output}`);
    return {};
  } finally {
    await warmfront.stop();
    removeData(warmfront);
    origin.stop();
  }
}

interface SuiteOrigin {
  readonly port: number;
  output(): string;
  stop(): void;
}

async function startSuiteOrigin(suite: string): Promise<SuiteOrigin> {
  const pidfile = join(tmpdir(), `cache-tests-${process.pid}.pid`);
  const server = Bun.spawn([NODE, 'test-engine/server/server.mjs'], {
    cwd: suite,
    env: suiteEnvironment({ npm_config_protocol: 'http', npm_config_port: '0', npm_config_pidfile: pidfile }),
    stdout: 'pipe',
    stderr: 'inherit',
  });
  let output = '';
  const listening = Promise.withResolvers<number>();
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of server.stdout) {
      output += decoder.decode(chunk, { stream: true });
      const port = /^Listening on .*:([0-9]+)\/$/m.exec(output)?.[1];
      if (port !== undefined) listening.resolve(Number(port));
    }
    listening.reject(new Error(`the suite's server ended before it listened:\n${output}`));
  })();
  return { port: await listening.promise, output: () => output, stop: () => server.kill() };
}

/** As `npm run` sets it: what is not configured has the empty default of the suite's package.json. */
function suiteEnvironment(variables: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return { ...process.env, npm_package_config_id: '', npm_package_config_base: '', ...variables };
}

/**
 * The distribution that leaves most to the origin's fields: TTLs from 0 to a year with no default, the whole query keyed, and
 * everything but cookies sent on.
 */
async function createDistribution(warmfront: RunningWarmfront, originPort: number): Promise<string> {
  const { environment } = warmfront;
  const cloudFront = new CloudFrontClient({
    endpoint: warmfront.apiUrl,
    region: 'us-east-1',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  const { CachePolicy } = await cloudFront.send(
    new CreateCachePolicyCommand({
      CachePolicyConfig: {
        Name: 'cache-tests',
        MinTTL: 0,
        DefaultTTL: 0,
        MaxTTL: 31_536_000,
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingGzip: false,
          EnableAcceptEncodingBrotli: false,
          HeadersConfig: { HeaderBehavior: 'none' },
          CookiesConfig: { CookieBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'all' },
        },
      },
    }),
  );
  const { OriginRequestPolicy } = await cloudFront.send(
    new CreateOriginRequestPolicyCommand({
      OriginRequestPolicyConfig: {
        Name: 'cache-tests',
        HeadersConfig: { HeaderBehavior: 'allViewer' },
        CookiesConfig: { CookieBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'all' },
      },
    }),
  );
  const { Distribution } = await cloudFront.send(
    new CreateDistributionCommand({
      DistributionConfig: {
        CallerReference: 'cache-tests',
        Comment: 'http-tests/cache-tests',
        Enabled: true,
        Origins: {
          Quantity: 1,
          Items: [
            {
              Id: 'suite',
              DomainName: 'localhost',
              CustomOriginConfig: { HTTPPort: originPort, HTTPSPort: 443, OriginProtocolPolicy: 'http-only' },
            },
          ],
        },
        DefaultCacheBehavior: {
          TargetOriginId: 'suite',
          ViewerProtocolPolicy: 'allow-all',
          AllowedMethods: { Quantity: 7, Items: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] },
          CachePolicyId: CachePolicy?.Id,
          OriginRequestPolicyId: OriginRequestPolicy?.Id,
        },
      },
    }),
  );
  if (Distribution?.DomainName === undefined) throw new Error('the distribution got no domain name');
  return Distribution.DomainName;
}
