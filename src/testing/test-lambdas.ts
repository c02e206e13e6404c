/**
 * Lambda@Edge functions for the test kit: given as source, named by cache behaviors, run by the system's Node.js and Python as in the server.
 * They run in the time of the world, whatever the kit's clock says.
 */
import type { LambdaFunctionAssociations } from '@aws-sdk/client-cloudfront';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LambdaRelease } from '../control/aws/lambda/lambda-document.ts';
import { versionOf } from '../control/aws/lambda/lambda-registry.ts';
import { createLambdas, type Lambdas } from '../functions/lambda-edge/create-lambdas.ts';
import type { LambdaVersion } from '../model/lambda-version.ts';

/** The source of index.js, whose export `handler` is run; or more of it. */
export type TestLambda =
  | string
  | {
      /** By path. */
      readonly files: Readonly<Record<string, string>>;
      /** `nodejs20.x` unless given. */
      readonly runtime?: string;
      /** `index.handler` unless given. */
      readonly handler?: string;
      /** Seconds; 3 unless given. */
      readonly timeout?: number;
      /** MB; 128 unless given. */
      readonly memorySize?: number;
    };

type EventName = 'viewerRequest' | 'originRequest' | 'originResponse' | 'viewerResponse';
const EVENTS = {
  viewerRequest: 'viewer-request',
  originRequest: 'origin-request',
  originResponse: 'origin-response',
  viewerResponse: 'viewer-response',
} as const;

/** What a cache behavior says to run functions by name; `includeBody`: those for requests get to see bodies. */
export function lambdaAssociations(
  names: Readonly<Partial<Record<EventName, string>>>,
  includeBody = false,
): LambdaFunctionAssociations {
  const Items = Object.entries(names).map(([event, name]) => {
    const EventType = EVENTS[event as EventName];
    return { EventType, LambdaFunctionARN: arnOf(name), IncludeBody: includeBody && EventType.endsWith('request') };
  });
  return { Quantity: Items.length, Items };
}

export interface TestLambdas {
  readonly releases: Readonly<Record<string, LambdaRelease>>;
  readonly versions: readonly LambdaVersion[];
  readonly runtime: Lambdas;
  close(): void;
}

export function createTestLambdas(given: Readonly<Record<string, TestLambda>>): TestLambdas {
  const codeFolder = mkdtempSync(join(tmpdir(), 'warmfront-test-code-'));
  const releases: Record<string, LambdaRelease> = {};
  const versions: LambdaVersion[] = [];
  for (const [name, lambda] of Object.entries(given)) {
    const release = releaseOf(lambda, codeFolder);
    releases[arnOf(name)] = release;
    versions.push(versionOf(release, arnOf(name), name, '1'));
  }
  const runtime = createLambdas({ codeFolder, network: 'none', mostProcesses: 8, slot: 0, warn: () => undefined });
  return {
    releases,
    versions,
    runtime,
    close() {
      runtime.close();
      rmSync(codeFolder, { recursive: true, force: true });
    },
  };
}

function releaseOf(lambda: TestLambda, codeFolder: string): LambdaRelease {
  const { files, ...settings } = typeof lambda === 'string' ? { files: { 'index.js': lambda } } : lambda;
  const sha256 = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  for (const [path, text] of Object.entries(files)) {
    const place = join(codeFolder, sha256, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  return {
    runtime: 'nodejs20.x',
    handler: 'index.handler',
    timeout: 3,
    memorySize: 128,
    ...settings,
    role: 'arn:aws:iam::000000000000:role/test',
    description: '',
    tracing: 'PassThrough',
    architecture: 'x86_64',
    ephemeralStorage: 512,
    logging: {},
    code: { sha256, size: 1 },
    modified: 0,
    revisionId: sha256,
  };
}

function arnOf(name: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${name}:1`;
}
