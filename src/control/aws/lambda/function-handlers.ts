/**
 * Lambda functions: create, read, change, publish, delete, list. Lambda API reference. A numbered version is made of what $LATEST is at the
 * time and never changes. What packages and settings may be is judged in package/ and accept-settings.ts.
 */
import type * as Sdk from '@aws-sdk/client-lambda';
import { randomUUID } from 'node:crypto';
import { LATEST_VERSION } from '../../../model/lambda-version.ts';
import type { ReadableBuckets } from '../../buckets/read-stored-object.ts';
import { changeOf } from '../change-of.ts';
import { ApiError, type CallContext, type Handlers } from '../wire/types.ts';
import { acceptSettings, invalidParameter } from './accept-settings.ts';
import { base64Of, functionConfiguration } from './function-configuration.ts';
import type { LambdaDocument, LambdaRelease, StoredLambda } from './lambda-document.ts';
import { acceptLambdaTags } from './lambda-tags.ts';
import { idOf, nameOf, type FoundLambda, type LambdaRegistry } from './lambda-registry.ts';
import { pageOf } from './lambda-pages.ts';
import { acceptPackage, requireHandler } from './package/accept-package.ts';
import type { CodeFolders } from './package/code-folders.ts';

export interface FunctionHandlerOptions {
  readonly registry: LambdaRegistry;
  readonly code: CodeFolders;
  readonly buckets: ReadableBuckets;
  /** The distributions that name this version. */
  readonly usersOf: (arn: string) => readonly string[];
}

export function lambdaFunctionHandlers({ registry, code, buckets, usersOf }: FunctionHandlerOptions) {
  const { functions } = registry;
  const shape = (stored: StoredLambda, release: LambdaRelease, version: string, qualifier = ''): Sdk.FunctionConfiguration =>
    functionConfiguration(registry, stored, release, version, qualifier);
  const shapeOf = ({ stored, release, version, qualifier }: FoundLambda): Sdk.FunctionConfiguration =>
    shape(stored, release, version, qualifier);

  /** What $LATEST is becomes the next version, unless it is the last one already. Returns the number, and the document that has it. */
  async function publish(document: LambdaDocument, description: string | undefined): Promise<[string, LambdaDocument]> {
    const { latest, versions, lastVersion } = document;
    const last = versions[String(lastVersion)];
    // AWS: nothing has changed since, so there is nothing to publish.
    if (last !== undefined && isSame(last, latest)) return [String(lastVersion), document];
    requireHandler(latest, await code.paths(latest.code.sha256));
    const number = String(lastVersion + 1);
    const release = { ...latest, revisionId: randomUUID(), ...(description !== undefined && { description }) };
    return [number, { ...document, versions: { ...versions, [number]: release }, lastVersion: lastVersion + 1 }];
  }

  return {
    async CreateFunction({ FunctionName, Code, Publish, Tags, ...given }, call) {
      const name = newName(FunctionName, call);
      const settings = acceptSettings(given, name, undefined);
      const tags = acceptLambdaTags(Tags, {});
      refuseExisting(name, call);
      const { paths, ...kept } = await acceptPackage(Code, code, buckets);
      requireHandler(settings, paths);
      refuseExisting(name, call);
      const latest: LambdaRelease = { ...settings, code: kept, modified: call.now, revisionId: randomUUID() };
      const bare: LambdaDocument = { region: call.region, latest, versions: {}, lastVersion: 0, policies: {}, tags };
      const [version, document] = Publish === true ? await publish(bare, undefined) : [LATEST_VERSION, bare];
      const id = idOf(call.region, name);
      const stored = functions.insert({ id, name: id, etag: latest.revisionId, document }, changeOf(call));
      return shape(stored, document.versions[version] ?? latest, version);
    },
    GetFunction({ FunctionName, Qualifier }, call) {
      const found = registry.find(FunctionName, Qualifier, call);
      const { tags } = found.stored.document;
      return {
        Configuration: shapeOf(found),
        // Ours: there is no place to download it from.
        Code: { RepositoryType: 'S3' },
        ...(Object.keys(tags).length > 0 && { Tags: tags }),
      };
    },
    GetFunctionConfiguration: ({ FunctionName, Qualifier }, call) => shapeOf(registry.find(FunctionName, Qualifier, call)),
    GetFunctionCodeSigningConfig({ FunctionName }, call) {
      const { stored } = registry.find(FunctionName, undefined, call);
      return { CodeSigningConfigArn: '', FunctionName: nameOf(stored.name) };
    },
    async UpdateFunctionCode({ FunctionName, Publish, DryRun, RevisionId, Architectures, ...given }, call) {
      requireRevision(registry.find(FunctionName, undefined, call), RevisionId);
      const { paths: _, ...kept } = await acceptPackage(given, code, buckets);
      // Whoever changed it meanwhile is not overwritten unseen.
      const found = registry.find(FunctionName, undefined, call);
      requireRevision(found, RevisionId);
      const { stored } = found;
      const { document } = stored;
      const architecture = Architectures?.[0] ?? document.latest.architecture;
      const latest = { ...document.latest, code: kept, architecture, modified: call.now, revisionId: randomUUID() };
      if (DryRun === true) return shape(stored, latest, LATEST_VERSION);
      const changed = { ...document, latest };
      const [version, next] = Publish === true ? await publish(changed, undefined) : [LATEST_VERSION, changed];
      requireUnchanged(stored, call);
      const saved = registry.save(stored, next, call);
      return shape(saved, next.versions[version] ?? latest, version);
    },
    UpdateFunctionConfiguration({ FunctionName, RevisionId, ...given }, call) {
      const found = registry.find(FunctionName, undefined, call);
      requireRevision(found, RevisionId);
      const { stored } = found;
      const { latest } = stored.document;
      const settings = acceptSettings(given, nameOf(stored.name), latest);
      const next = { ...latest, ...settings, modified: call.now, revisionId: randomUUID() };
      return shape(registry.save(stored, { ...stored.document, latest: next }, call), next, LATEST_VERSION);
    },
    async PublishVersion({ FunctionName, CodeSha256, Description, RevisionId }, call) {
      const found = registry.find(FunctionName, undefined, call);
      requireRevision(found, RevisionId);
      const { stored } = found;
      const { sha256 } = stored.document.latest.code;
      if (CodeSha256 !== undefined && CodeSha256 !== base64Of(sha256)) {
        const message = `CodeSHA256 (${CodeSha256}) is different from current CodeSHA256 in $LATEST (${base64Of(sha256)}). Please try again with the CodeSHA256 in $LATEST.`;
        throw invalidParameter(message);
      }
      const [version, document] = await publish(stored.document, Description);
      requireUnchanged(stored, call);
      const saved = document === stored.document ? stored : registry.save(stored, document, call);
      return shape(saved, document.versions[version]!, version);
    },
    ListVersionsByFunction({ FunctionName, ...asked }, call) {
      const { stored } = registry.find(FunctionName, undefined, call);
      const { items, NextMarker } = pageOf(releasesOf(stored), asked, ([version]) => version);
      return {
        Versions: items.map(([version, release]) => shape(stored, release, version, version)),
        ...(NextMarker && { NextMarker }),
      };
    },
    ListFunctions({ FunctionVersion, Marker, MaxItems }, call) {
      const here = functions.list().filter(({ document }) => document.region === call.region);
      const all = here.flatMap((stored) =>
        FunctionVersion === 'ALL'
          ? releasesOf(stored).map(([version, release]) => shape(stored, release, version, version))
          : [shape(stored, stored.document.latest, LATEST_VERSION)],
      );
      const { items, NextMarker } = pageOf(all, { Marker, MaxItems }, ({ FunctionArn }) => FunctionArn ?? '');
      return { Functions: [...items], ...(NextMarker && { NextMarker }) };
    },
    DeleteFunction({ FunctionName, Qualifier }, call) {
      const { stored, qualifier } = registry.find(FunctionName, Qualifier, call);
      if (qualifier === LATEST_VERSION)
        throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
      const { versions } = stored.document;
      const going = qualifier === '' ? Object.keys(versions) : [qualifier];
      for (const version of going) refuseReplicated(registry.arnOf(stored, version));
      if (qualifier === '') functions.remove(stored, changeOf(call));
      else {
        const { [qualifier]: _, ...left } = versions;
        registry.save(stored, { ...stored.document, versions: left }, call);
      }
      return {};
    },
  } satisfies Handlers<typeof Sdk>;

  /** What was read before something was waited for still holds. */
  function requireUnchanged({ id, revision }: StoredLambda, call: CallContext): void {
    if (functions.get(id)?.revision === revision) return;
    const message = `An update is in progress for resource: ${nameOf(id)}, operation ${call.operation}. Please try again.`;
    throw new ApiError('ResourceConflictException', message, 409, { Type: 'User' });
  }

  function newName(asked: string | undefined, call: CallContext): string {
    const [, region = call.region, account = registry.accountId, name = ''] =
      /^(?:(?:arn:aws[a-z-]*:lambda:)?(?:([a-z0-9-]+):)?(?:(\d{12}):)?function:)?([A-Za-z0-9_-]{1,64})$/.exec(asked ?? '') ?? [];
    if (name === '' || region !== call.region || account !== registry.accountId)
      throw invalidParameter(`${asked} is not the name of a function that can be made here.`);
    return name;
  }

  function refuseExisting(name: string, { region }: CallContext): void {
    if (functions.get(idOf(region, name)) !== undefined)
      throw new ApiError('ResourceConflictException', `Function already exist: ${name}`, 409, { Type: 'User' });
  }

  /** CloudFront: a version that edges run stays until no distribution names it. */
  function refuseReplicated(arn: string): void {
    if (usersOf(arn).length === 0) return;
    const message = `Lambda was unable to delete ${arn} because it is a replicated function. Please see our documentation for Deleting Lambda@Edge Functions and Replicas.`;
    throw invalidParameter(message);
  }
}

function releasesOf({ document }: StoredLambda): (readonly [version: string, release: LambdaRelease])[] {
  const numbered = Object.entries(document.versions).toSorted(([one], [other]) => Number(one) - Number(other));
  return [[LATEST_VERSION, document.latest], ...numbered];
}

function requireRevision({ release }: FoundLambda, asked: string | undefined): void {
  if (asked === undefined || asked === release.revisionId) return;
  const message = `The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId.`;
  throw new ApiError('PreconditionFailedException', message, 412, { Type: 'User' });
}

/** Whatever is written about it, and when. */
function isSame(one: LambdaRelease, other: LambdaRelease): boolean {
  const made = (release: LambdaRelease): string => JSON.stringify({ ...release, description: '', revisionId: '', modified: 0 });
  return made(one) === made(other);
}
