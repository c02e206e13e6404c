/**
 * The control plane put together: credentials, state, buckets and the AWS services over them, and the admin endpoints beside. What
 * it needs from outside, the bus to the edges and the clock, is handed in by compose.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ViewerRequest } from '../core/request.ts';
import type { CertificateAuthority, CertificateStore } from '../edge/certificate-ports.ts';
import type { Clock, ControlBus } from '../edge/ports.ts';
import type { IpRanges, CertificateState, Health, PurgeRequest, ReloadReceipt, Status } from '../model/admin.ts';
import { MIB, type Bytes } from '../model/units.ts';
import { LAMBDA_QUOTAS } from '../tables/lambda-edge.ts';
import type { Explanation } from '../model/explanation.ts';
import type { FindingGroup } from '../model/guard-finding.ts';
import type { WafTestResult } from '../model/waf-test.ts';
import type { WafConfiguration } from '../model/web-acl.ts';
import type { FunctionRunQuery, RecordedFunctionRuns } from '../model/function-trace.ts';
import { createAdminApi } from './admin/admin-api.ts';
import { AdminRefusal } from './admin/admin-refusal.ts';
import type { ReadWafTest } from './admin/waf-test-question.ts';
import { createApiServer, type ApiServer } from './aws/api-server.ts';
import { createAcm } from './aws/acm/create-acm.ts';
import { certificatesShown } from './aws/acm/certificates-shown.ts';
import { createCertificateRegistry } from './aws/acm/certificate-registry.ts';
import { withPatientStatus } from './aws/cloudfront/patient-status.ts';
import { createCloudFront, type CloudFront } from './aws/cloudfront/create-cloud-front.ts';
import type { FunctionBench } from './aws/cloudfront/functions/function-handlers.ts';
import { createCredentials, type Credentials } from './aws/credentials.ts';
import acmModel from './aws/models/acm.json' with { type: 'json' };
import cloudFrontModel from './aws/models/cloudfront.json' with { type: 'json' };
import keyValueModel from './aws/models/cloudfront-keyvaluestore.json' with { type: 'json' };
import lambdaModel from './aws/models/lambda.json' with { type: 'json' };
import s3Model from './aws/models/s3.json' with { type: 'json' };
import stsModel from './aws/models/sts.json' with { type: 'json' };
import { lambdaHandlers, sweepCode } from './aws/lambda/create-lambda.ts';
import type { LambdaBench } from './aws/lambda/invoke.ts';
import { createLambdaRegistry } from './aws/lambda/lambda-registry.ts';
import { openCodeFolders } from './aws/lambda/package/code-folders.ts';
import wafv2Model from './aws/models/wafv2.json' with { type: 'json' };
import { createS3 } from './aws/s3/create-s3.ts';
import { createSts } from './aws/sts/create-sts.ts';
import { createWafv2 } from './aws/wafv2/create-wafv2.ts';
import { createKeyRotation } from './aws/wafv2/token-keys.ts';
import { createLogDelivery } from './aws/wafv2/logging/deliver-logs.ts';
import { createLoggingStore, logDestination } from './aws/wafv2/logging/logging-store.ts';
import type { WafWatch } from './aws/wafv2/watching.ts';
import { testedWebAcls } from './aws/wafv2/tested-configuration.ts';
import { webAclsOf } from './aws/wafv2/waf-configuration.ts';
import { createWafRegistry } from './aws/wafv2/waf-registry.ts';
import { createResourceIds } from './aws/cloudfront/ids.ts';
import { loadModel, type ModelFile } from './aws/wire/model.ts';
import { createService } from './aws/wire/service.ts';
import { ApiError } from './aws/wire/types.ts';
import { openBucketStore, type BucketStore } from './buckets/bucket-store.ts';
import { WAF_LOG_FOLDER } from '../tables/waf.ts';
import { LAMBDA_CODE_FOLDER } from '../model/lambda-version.ts';
import { openState } from './state/open-state.ts';

/** A package of the largest size, in base64, and the settings beside it. */
const LAMBDA_DOCUMENT_LIMIT: Bytes = Math.ceil((LAMBDA_QUOTAS.zipLength * 4) / 3) + MIB;

export interface ControlOptions {
  /** Exists and is writable. */
  readonly data: string;
  readonly bus: ControlBus;
  readonly clock: Clock;
  readonly domainSuffix: string;
  /** Where the keys of certificates are kept, and who issues those that are requested. */
  readonly certificates: { readonly store: CertificateStore; readonly authority: CertificateAuthority };
  readonly functionBench: FunctionBench;
  /** What the edges have seen of what web ACLs do. */
  readonly wafWatch: WafWatch;
  readonly lambdaBench: LambdaBench;
  /** What is wrong with a regular expression of AWS WAF, in octets, one for each character; or undefined. */
  readonly patternFault: (pattern: string) => string | undefined;
  /** Takes one line for the operator; an error is a mistake of ours, or something that cannot be done any more. */
  readonly report: (line: string, severity?: 'error') => void;
  /** What the edge and the listeners say of themselves. */
  readonly health: () => Health;
  /** What the edges store, all together, and the bans in force. */
  readonly cache: () => Promise<Pick<Status, 'store' | 'bans'>>;
  /** What the edge would do with a request, told. */
  readonly explain: (request: ViewerRequest) => Promise<Explanation>;
  /** Runs of edge functions that the edges have recorded. */
  readonly functionRuns: (query: FunctionRunQuery) => Promise<RecordedFunctionRuns>;
  /** What the guard has found. */
  readonly findings: () => Promise<readonly FindingGroup[]>;
  /** What a web ACL decides about these requests; rejects where it cannot be used. */
  readonly testWebAcl: (configuration: WafConfiguration, requests: ReadWafTest['requests']) => Promise<readonly WafTestResult[]>;
  /** What everything has counted, as the text that Prometheus reads. */
  readonly reload: () => Promise<ReloadReceipt>;
  readonly metrics: () => Promise<string>;
  /** Whence edges ask origins. */
  readonly ipRanges: () => Promise<IpRanges>;
  /** Networks from which it may be read, beside this machine. */
  readonly metricsFrom: readonly string[];
}

export interface Control {
  readonly api: ApiServer;
  /** The buckets as origins see them, and nothing else: what viewers cause edges to ask must not reach the APIs, nor the admin endpoints. */
  readonly bucketOrigins: ApiServer;
  readonly cloudFront: CloudFront;
  readonly credentials: Credentials;
  readonly buckets: BucketStore;
  certificates(): readonly CertificateState[];
  stop(): Promise<void>;
}

/** Throws, with a sentence that names the file, when the data directory cannot be used. Edges may join once it resolves. */
export async function startControl(options: ControlOptions): Promise<Control> {
  const { data, bus, clock, domainSuffix, report } = options;
  const credentials = await createCredentials(data);
  const { accountId } = credentials;
  const state = openState({ path: join(data, 'state.db') });
  const buckets = openBucketStore(join(data, 'buckets'));
  const registry = createCertificateRegistry(state, accountId);
  const lambdas = createLambdaRegistry(state, accountId);
  const code = openCodeFolders(join(data, LAMBDA_CODE_FOLDER));
  sweepCode({ registry: lambdas, code });
  const { functionBench } = options;
  const model = (file: unknown): ReturnType<typeof loadModel> => loadModel(file as ModelFile);
  const wafModel = model(wafv2Model);
  const waf = createWafRegistry(state, wafModel, accountId);
  const logging = createLoggingStore(state);
  const webAcls = webAclsOf(waf, logging);
  const cloudFront = createCloudFront({
    state,
    bus,
    clock,
    random: randomBytes,
    accountId,
    domainSuffix,
    functionBench,
    certificate: (arn) => registry.lookup(arn, clock.now()),
    lambdas,
    webAcls,
    buckets,
    deployed: (all) => all.flatMap(certificatesShown).forEach((certificate) => acm.deployed(certificate)),
    warn: report,
  });
  const acm = createAcm({
    ...options.certificates,
    state,
    registry,
    users: cloudFront.certificateUsers,
    clock,
    accountId,
    report,
  });
  await acm.sweep();
  const s3 = createS3({ model: model(s3Model), buckets, accountId, oaiExists: cloudFront.hasOriginAccessIdentity, report });
  const wafContext = {
    registry: waf,
    users: cloudFront.webAclUsers,
    ids: createResourceIds(randomBytes),
    random: randomBytes,
    logging,
    patternFault: options.patternFault,
  };
  const wafHandlers = createWafv2(
    wafContext,
    { hasBucket: (name) => buckets.bucket(name) !== undefined, report },
    options.wafWatch,
  );
  const logDelivery = createLogDelivery({
    folder: join(data, WAF_LOG_FOLDER),
    clock,
    buckets,
    accountId,
    random: randomBytes,
    report,
    destination: (name) => logDestination(waf, logging, name),
  });
  const keyRotation = createKeyRotation({ ...wafContext, clock, report });
  const services = [
    createService(model(acmModel), acm.handlers, { accountId, report }),
    createService(model(cloudFrontModel), withPatientStatus(cloudFront.handlers, cloudFront.publisher, clock), {
      accountId,
      report,
    }),
    createService(model(keyValueModel), cloudFront.keyHandlers, { accountId, report }),
    createService(
      model(lambdaModel),
      lambdaHandlers({ registry: lambdas, code, buckets, usersOf: cloudFront.usersOf, bench: options.lambdaBench }),
      {
        accountId,
        report,
        documentLimit: LAMBDA_DOCUMENT_LIMIT,
      },
    ),
    s3,
    createSts({ model: model(stsModel), accountId, report }),
    createService(wafModel, wafHandlers, { accountId, report }),
  ];
  const tested = testedWebAcls(waf, webAcls, wafHandlers);
  const admin = createAdminApi({
    health: () => Promise.resolve(options.health()),
    status: async () => ({ distributions: cloudFront.status(), ...(await options.cache()) }),
    certificates: () => Promise.resolve(acm.states()),
    purge: (request) => purge(cloudFront, request),
    explain: options.explain,
    functionRuns: options.functionRuns,
    findings: options.findings,
    testWebAcl: async ({ webAcl, definition, requests }) =>
      options.testWebAcl(webAcl === undefined ? tested.written(definition) : tested.existing(webAcl), requests),
    reload: options.reload,
    metrics: options.metrics,
    ipRanges: options.ipRanges,
    metricsFrom: options.metricsFrom,
  });
  const serving = { credentials, now: () => clock.now(), report };
  cloudFront.publisher.start();
  acm.issuance.look();
  logDelivery.start();
  keyRotation.start();
  return {
    api: createApiServer({ ...serving, services, admin: (request, connection) => admin.fetch(request, connection) }),
    bucketOrigins: createApiServer({ ...serving, services: [s3] }),
    cloudFront,
    credentials,
    buckets,
    certificates: () => acm.states(),
    async stop() {
      acm.issuance.stop();
      keyRotation.stop();
      await logDelivery.stop();
      await acm.issuance.settled();
      await cloudFront.publisher.settled();
      cloudFront.publisher.stop();
      state.close();
      buckets.close();
    },
  };
}

async function purge(
  cloudFront: CloudFront,
  { distribution: name, paths, soft }: PurgeRequest,
): ReturnType<CloudFront['invalidate']> {
  const id = cloudFront.findDistribution(name);
  if (id === undefined)
    throw new AdminRefusal(404, 'NoSuchDistribution', `There is no distribution "${name}"; see: warmfront status`);
  try {
    return await cloudFront.invalidate(id, paths, soft);
  } catch (error) {
    if (error instanceof ApiError) throw new AdminRefusal(400, error.code, error.message);
    throw error;
  }
}
