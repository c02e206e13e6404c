/**
 * How Lambda functions are named and found: by name, by partial or whole ARN, each with or without a version. Lambda API reference,
 * FunctionName and Qualifier. CloudFront asks here which versions there are.
 */
import { LATEST_VERSION, type LambdaVersion } from '../../../model/lambda-version.ts';
import { MIB, seconds } from '../../../model/units.ts';
import type { State } from '../../state/open-state.ts';
import type { Collection } from '../../state/resources.ts';
import { changeOf } from '../change-of.ts';
import { ApiError, type CallContext } from '../wire/types.ts';
import type { LambdaDocument, LambdaRelease, StoredLambda } from './lambda-document.ts';

export interface LambdaRegistry {
  readonly functions: Collection<LambdaDocument>;
  readonly accountId: string;
  arnOf(stored: StoredLambda, version?: string): string;
  /** Throws ResourceNotFoundException, or InvalidParameterValueException where name and qualifier contradict each other. */
  find(name: string | undefined, qualifier: string | undefined, call: Pick<CallContext, 'region'>): FoundLambda;
  /** A function by the ARN that tags know it by. */
  byArn(arn: string | undefined): StoredLambda;
  save(current: StoredLambda, document: LambdaDocument, call: CallContext): StoredLambda;
  /** What CloudFront must know of the version with this ARN. */
  lookup(arn: string): { readonly release: LambdaRelease; readonly version: LambdaVersion } | undefined;
}

export interface FoundLambda {
  readonly stored: StoredLambda;
  /** '' where none was asked for. */
  readonly qualifier: string;
  /** That of the qualifier; $LATEST's without one. */
  readonly release: LambdaRelease;
  /** A number, or `$LATEST`. */
  readonly version: string;
}

const NAME =
  /^(?:(?:arn:aws[a-z-]*:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?)?([A-Za-z0-9_-]{1,64})(?::(\$LATEST|[A-Za-z0-9_-]+))?$/;

export function createLambdaRegistry(state: State, accountId: string): LambdaRegistry {
  const functions = state.collection<LambdaDocument>('lambda-function');
  const arnIn = (region: string, name: string, version?: string): string =>
    `arn:aws:lambda:${region}:${accountId}:function:${name}${version === undefined || version === '' ? '' : `:${version}`}`;
  const arnOf: LambdaRegistry['arnOf'] = ({ name, document }, version) => arnIn(document.region, nameOf(name), version);

  function find(
    asked: string | undefined,
    asQualifier: string | undefined,
    { region: from }: Pick<CallContext, 'region'>,
  ): FoundLambda {
    const [, region = from, account = accountId, name = '', inName] = NAME.exec(asked ?? '') ?? [];
    if (name === '') throw new ApiError('InvalidParameterValueException', `${asked} is not the name of a function.`, 400);
    if (inName !== undefined && asQualifier !== undefined && inName !== asQualifier) {
      const message = 'The derived qualifier from the function name does not match the specified qualifier.';
      throw new ApiError('InvalidParameterValueException', message, 400);
    }
    const qualifier = inName ?? asQualifier ?? '';
    const stored = account === accountId ? functions.get(idOf(region, name)) : undefined;
    const version = qualifier === '' ? LATEST_VERSION : qualifier;
    const release = stored && releaseOf(stored, version);
    if (stored === undefined || release === undefined) throw notFound(arnIn(region, name, qualifier));
    return { stored, qualifier, release, version };
  }

  return {
    functions,
    accountId,
    arnOf,
    find,
    byArn(arn = '') {
      const [, region, account, name, version] = /^arn:aws[a-z-]*:lambda:/.test(arn) ? (NAME.exec(arn) ?? []) : [];
      if (name === undefined || region === undefined || version !== undefined)
        throw new ApiError('InvalidParameterValueException', `${arn} is not the ARN of a function.`, 400);
      const stored = account === accountId ? functions.get(idOf(region, name)) : undefined;
      if (stored === undefined) throw notFound(arn);
      return stored;
    },
    save: (current, document, call) => functions.update(current, { etag: document.latest.revisionId, document }, changeOf(call)),
    lookup(arn) {
      const [, region, account, name, number] = VERSION_ARN.exec(arn) ?? [];
      const stored = account === accountId ? functions.get(idOf(region!, name!)) : undefined;
      const release = stored && number && releaseOf(stored, number);
      return release ? { release, version: versionOf(release, arn, name!, number) } : undefined;
    },
  };
}

/** A numbered version, and nothing else. */
export const VERSION_ARN = /^arn:aws:lambda:([a-z]{2}(?:-[a-z]+)+-\d):(\d{12}):function:([A-Za-z0-9_-]{1,64}):([1-9]\d*)$/;

/** AWS: a name is one of its region. */
export function idOf(region: string, name: string): string {
  return `${region}/${name}`;
}

export function nameOf(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}

function releaseOf({ document }: StoredLambda, version: string): LambdaRelease | undefined {
  if (version === LATEST_VERSION) return document.latest;
  return Object.hasOwn(document.versions, version) ? document.versions[version] : undefined;
}

/** As whoever runs it knows it. */
export function versionOf(release: LambdaRelease, arn: string, name: string, version: string): LambdaVersion {
  const { runtime, handler, code, environment = {} } = release;
  return {
    arn,
    name,
    version,
    runtime,
    handler,
    memory: release.memorySize * MIB,
    timeout: seconds(release.timeout),
    codeSha256: code.sha256,
    environment,
  };
}

function notFound(arn: string): ApiError {
  return new ApiError('ResourceNotFoundException', `Function not found: ${arn}`, 404, { Type: 'User' });
}
