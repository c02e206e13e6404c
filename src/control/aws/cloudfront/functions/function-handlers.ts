/**
 * CloudFront functions: create, read, update, publish, test, delete, list. Facts: aws-api B3, B5, B8. What a source may be and what a test
 * says is the runtime's matter, which is handed in; edges hear of a function when it is published.
 */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { FUNCTIONS_WITH_FAULTS_CAN_BE_CREATED } from '../../../../model/assumptions.ts';
import type { KeyValueReader } from '../../../../edge/ports.ts';
import type { FunctionRuntime } from '../../../../model/edge-function.ts';
import type { Instant } from '../../../../model/units.ts';
import { ACCOUNT_QUOTAS, FUNCTION_QUOTAS } from '../../../../tables/quotas.ts';
import { ApiError } from '../../wire/types.ts';
import type { Handlers } from '../../wire/types.ts';
import type { CloudFrontSdk } from '../filled-config.ts';
import { locationOf } from '../ids.ts';
import { listed, pageOf } from '../paging.ts';
import { keyValueStoreId, storedReader } from '../key-value-stores/store-document.ts';
import type { Registry } from '../registry.ts';
import { acceptTags } from '../tags.ts';
import { checkConstraints, oneOf, required, type Constraint } from '../validate/constraints.ts';
import { invalidArgument } from '../validate/references.ts';
import { requireVersion } from '../versions.ts';
import {
  functionArn,
  functionSummary,
  noSuchFunction,
  stageOf,
  type FunctionStage,
  type StageName,
  type StoredFunction,
} from './function-document.ts';
import { acceptAssociations } from './key-value-associations.ts';

/** Runs functions for their authors. */
export interface FunctionBench {
  /** What keeps the source from running, first things first. */
  faults(code: string, runtime: FunctionRuntime): readonly string[];
  /** Throws an Error of name EventFault where the event object is none. */
  test(
    tested: {
      readonly name: string;
      readonly runtime: FunctionRuntime;
      readonly code: string;
      /** What it may read. */
      readonly keyValues: KeyValueReader | undefined;
    },
    eventObject: string,
    now: Instant,
  ): Promise<{
    readonly output: string;
    readonly error: string;
    readonly logs: readonly string[];
    readonly computeUtilization: number;
  }>;
}

const CONSTRAINTS: readonly Constraint[] = [
  ['Comment', required],
  ['Runtime', required],
  ['Runtime', oneOf('cloudfront-js-1.0', 'cloudfront-js-2.0')],
];
const NAME = /^[a-zA-Z0-9-_]{1,64}$/;

export function functionHandlers(registry: Registry, bench: FunctionBench | undefined) {
  const { functions, ids } = registry;
  const find = (name: string | undefined): StoredFunction => {
    const stored = name === undefined ? undefined : functions.get(name);
    if (stored === undefined) throw noSuchFunction();
    return stored;
  };

  return {
    CreateFunction({ Name, FunctionConfig, FunctionCode, Tags }, call) {
      if (Name === undefined || !NAME.test(Name)) {
        throw invalidArgument(`The parameter Name must be of 1 to 64 letters, digits, hyphens and underscores: ${Name ?? ''}`);
      }
      const accepted = acceptSource(registry, Name, FunctionConfig, FunctionCode, bench);
      if (functions.get(Name) !== undefined) {
        throw new ApiError('FunctionAlreadyExists', 'A function with the same name already exists in this account.', 409);
      }
      if (functions.count() >= ACCOUNT_QUOTAS.functions) {
        throw new ApiError(
          'TooManyFunctions',
          'You have reached the maximum number of CloudFront functions for this account.',
          400,
        );
      }
      const development: FunctionStage = { ...accepted, etag: ids.etag(), created: call.now, modified: call.now };
      const document = { development, tags: acceptTags(Tags, {}) };
      const resource = { id: Name, name: Name, etag: development.etag, document };
      const stored = registry.change(call, (change) => functions.insert(resource, change));
      const Location = locationOf(`function/${functionArn(registry.accountId, Name)}`);
      return { FunctionSummary: functionSummary(registry, stored, 'DEVELOPMENT'), ETag: stored.etag, Location };
    },
    DescribeFunction({ Name, Stage }) {
      const stored = find(Name);
      const stage = stageName(Stage);
      return { FunctionSummary: functionSummary(registry, stored, stage), ETag: stageOf(stored, stage).etag };
    },
    GetFunction({ Name, Stage }) {
      const { code, etag } = stageOf(find(Name), stageName(Stage));
      // The SDK's type of what a client receives; a server sends octets.
      const FunctionCode = Uint8Array.from(Buffer.from(code, 'base64')) as NonNullable<
        Sdk.GetFunctionCommandOutput['FunctionCode']
      >;
      return { FunctionCode, ETag: etag, ContentType: 'application/octet-stream' };
    },
    UpdateFunction({ Name, IfMatch, FunctionConfig, FunctionCode }, call) {
      const current = find(Name);
      requireVersion(functions, current, IfMatch);
      const accepted = acceptSource(registry, current.name, FunctionConfig, FunctionCode, bench);
      const { created } = current.document.development;
      const development: FunctionStage = { ...accepted, etag: ids.etag(), created, modified: call.now };
      const next = { etag: development.etag, document: { ...current.document, development } };
      const stored = registry.change(call, (change) => functions.update(current, next, change));
      return { FunctionSummary: functionSummary(registry, stored, 'DEVELOPMENT'), ETag: stored.etag };
    },
    PublishFunction({ Name, IfMatch }, call) {
      const current = find(Name);
      requireVersion(functions, current, IfMatch);
      const { development } = current.document;
      const [fault] = faultsOf(development, bench);
      // Ours: what cannot run is not put in front of viewers.
      if (fault !== undefined) throw invalidArgument(`The function cannot be published. ${fault}`);
      const created = current.document.live?.created ?? call.now;
      const live: FunctionStage = { ...development, etag: ids.etag(), created, modified: call.now };
      const next = { etag: current.etag, document: { ...current.document, live } };
      const stored = registry.change(call, (change) => {
        const published = functions.update(current, next, change);
        registry.touchUsersOf(functionArn(registry.accountId, current.name), change);
        return published;
      });
      return { FunctionSummary: functionSummary(registry, stored, 'LIVE') };
    },
    async TestFunction({ Name, IfMatch, Stage, EventObject }, call) {
      const current = find(Name);
      const stage = stageName(Stage);
      const tested = stageOf(current, stage);
      if (IfMatch !== tested.etag) requireVersion(functions, current, IfMatch);
      if (EventObject === undefined) throw invalidArgument('The parameter EventObject is required.');
      if (EventObject.byteLength > FUNCTION_QUOTAS.eventLength) {
        throw invalidArgument(`The parameter EventObject is longer than ${FUNCTION_QUOTAS.eventLength} bytes.`);
      }
      if (bench === undefined) throw new ApiError('TestFunctionFailed', 'No runtime is available here.', 500);
      const keyValues = readerFor(registry, tested.keyValueStore);
      const source = { name: current.name, runtime: tested.runtime, code: sourceOf(tested), keyValues };
      const { output, error, logs, computeUtilization } = await bench
        .test(source, Buffer.from(EventObject).toString(), call.now)
        .catch((thrown: unknown) => {
          if (thrown instanceof Error && thrown.name === 'EventFault') throw invalidArgument(`${thrown.message}.`);
          throw thrown;
        });
      return {
        TestResult: {
          FunctionSummary: functionSummary(registry, current, stage),
          ComputeUtilization: String(computeUtilization),
          FunctionExecutionLogs: [...logs],
          FunctionErrorMessage: error,
          FunctionOutput: output,
        },
      };
    },
    DeleteFunction({ Name, IfMatch }, call) {
      const current = find(Name);
      requireVersion(functions, current, IfMatch);
      if (registry.usersOf(functionArn(registry.accountId, current.name)).length > 0) {
        const message = 'Cannot delete the function because it is attached to one or more cache behaviors.';
        throw new ApiError('FunctionInUse', message, 409);
      }
      registry.change(call, (change) => functions.remove(current, change));
      return {};
    },
    ListFunctions({ Stage, ...asked }) {
      const stages: readonly StageName[] = Stage === undefined ? ['DEVELOPMENT', 'LIVE'] : [stageName(Stage)];
      const all = functions
        .list()
        .flatMap((stored) =>
          stages.flatMap((stage) => (stage === 'LIVE' && stored.document.live === undefined ? [] : [{ stored, stage }])),
        );
      const { head, items } = pageOf(all, asked, ({ stored, stage }) => `${stored.name}:${stage}`);
      const { MaxItems, Quantity, NextMarker } = head;
      return {
        FunctionList: {
          MaxItems,
          Quantity,
          ...(NextMarker !== undefined && { NextMarker }),
          ...listed(items.map(({ stored, stage }) => functionSummary(registry, stored, stage))),
        },
      };
    },
  } satisfies Handlers<CloudFrontSdk>;
}

type Source = Pick<FunctionStage, 'code' | 'comment' | 'runtime' | 'keyValueStore'>;

function acceptSource(
  registry: Registry,
  name: string,
  config: Sdk.FunctionConfig | undefined,
  code: Uint8Array | undefined,
  bench: FunctionBench | undefined,
): Source {
  checkConstraints(config, 'functionConfig', CONSTRAINTS);
  if (config === undefined) throw invalidArgument('The parameter FunctionConfig is required.');
  if (code === undefined || code.byteLength === 0) throw invalidArgument('The parameter FunctionCode is required.');
  if (code.byteLength > FUNCTION_QUOTAS.codeLength) {
    const message = `The function is longer than the maximum of ${FUNCTION_QUOTAS.codeLength} bytes.`;
    throw new ApiError('FunctionSizeLimitExceeded', message, 413);
  }
  const keyValueStore = acceptAssociations(registry, name, config);
  const source: Source = {
    code: Buffer.from(code).toString('base64'),
    comment: config.Comment ?? '',
    runtime: config.Runtime as FunctionRuntime,
    ...(keyValueStore !== undefined && { keyValueStore }),
  };
  const [fault] = FUNCTIONS_WITH_FAULTS_CAN_BE_CREATED ? [] : faultsOf(source, bench);
  if (fault !== undefined) throw invalidArgument(`The function is not valid. ${fault}`);
  return source;
}

function readerFor({ state, accountId }: Registry, arn: string | undefined): KeyValueReader | undefined {
  const storeId = arn === undefined ? undefined : keyValueStoreId(arn, accountId);
  return storeId === undefined ? undefined : storedReader(state.keyValues, storeId);
}

function faultsOf(source: Source, bench: FunctionBench | undefined): readonly string[] {
  return bench?.faults(sourceOf(source), source.runtime) ?? [];
}

function sourceOf({ code }: Pick<Source, 'code'>): string {
  return Buffer.from(code, 'base64').toString();
}

function stageName(given: string | undefined): StageName {
  if (given === undefined || given === 'DEVELOPMENT') return 'DEVELOPMENT';
  if (given === 'LIVE') return 'LIVE';
  throw invalidArgument('The parameter Stage must be DEVELOPMENT or LIVE.');
}
