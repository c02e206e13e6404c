/**
 * Lambda and CloudFront over their real parts, for the tests beside this file: the state, the code in a folder, the built-in buckets.
 */
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as clock } from '../../src/adapters/clock/system-clock.ts';
import { createCloudFront } from '../../src/control/aws/cloudfront/create-cloud-front.ts';
import { lambdaFunctionHandlers } from '../../src/control/aws/lambda/function-handlers.ts';
import { createLambdaRegistry } from '../../src/control/aws/lambda/lambda-registry.ts';
import { lambdaTagHandlers } from '../../src/control/aws/lambda/lambda-tags.ts';
import { openCodeFolders } from '../../src/control/aws/lambda/package/code-folders.ts';
import { lambdaPolicyHandlers } from '../../src/control/aws/lambda/policy-handlers.ts';
import { ApiError, type CallContext } from '../../src/control/aws/wire/types.ts';
import { openBucketStore } from '../../src/control/buckets/bucket-store.ts';
import { openState } from '../../src/control/state/open-state.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { zipOf } from '../samples/zip.ts';
import { recordingBus } from './recording-bus.ts';

const ACCOUNT = '000000000000';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/edge`;

export const call: CallContext = {
  requestId: 'r',
  operation: 'Test',
  principal: { kind: 'account', accountId: ACCOUNT, accessKeyId: 'k', arn: `arn:aws:iam::${ACCOUNT}:root` },
  accountId: ACCOUNT,
  region: 'us-east-1',
  now: 1_000,
};

export function startLambdaPlane() {
  const data = mkdtempSync(join(tmpdir(), 'warmfront-lambda-'));
  const state = openState({ path: ':memory:' });
  const registry = createLambdaRegistry(state, ACCOUNT);
  const buckets = openBucketStore(join(data, 'buckets'));
  const code = openCodeFolders(join(data, 'lambda'));
  const snapshots: Snapshot[] = [];
  const cloudFront = createCloudFront({
    state,
    clock,
    bus: recordingBus(snapshots),
    random: randomBytes,
    accountId: ACCOUNT,
    domainSuffix: 'cloudfront.localhost',
    certificate: () => undefined,
    lambdas: registry,
    warn: () => undefined,
  });
  const functions = lambdaFunctionHandlers({ registry, code, buckets, usersOf: cloudFront.usersOf });
  return {
    data,
    code,
    buckets,
    cloudFront,
    snapshots,
    ...functions,
    ...lambdaPolicyHandlers(registry),
    ...lambdaTagHandlers(registry),
    create: (
      name: string,
      files = { 'index.js': 'exports.handler = async () => 1;' },
      changes: object = {},
    ): Promise<FunctionConfiguration> =>
      functions.CreateFunction(
        {
          FunctionName: name,
          Role: ROLE,
          Runtime: 'nodejs20.x',
          Handler: 'index.handler',
          Code: { ZipFile: zipOf(files) },
          ...changes,
        },
        call,
      ),
    stop() {
      state.close();
      buckets.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The code and the sentence of what is refused, or `accepted`. */
export async function refusal(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof ApiError) return `${error.status ?? 400} ${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}
