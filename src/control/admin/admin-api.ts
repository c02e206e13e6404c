/**
 * The endpoints under /_warmfront/: health, status, certificates, explanations, runs of functions, and purges and reloads with receipts. Their words: src/model/admin.ts and
 * src/model/explanation.ts.
 * Ours: everything answers only to this machine, and only under a name that DNS cannot rebind (admin-guard.ts); but health and ip-ranges.json
 * answer to anybody, and metrics to the networks of --metrics-from, too.
 * How an invalidation is made and acknowledged is decided by the AdminBackend that is handed in.
 */
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ViewerRequest } from '../../core/request.ts';
import type {
  CertificateState,
  Health,
  IpRanges,
  PurgeReceipt,
  PurgeRequest,
  Refusal,
  ReloadReceipt,
  Status,
} from '../../model/admin.ts';
import type { Explanation } from '../../model/explanation.ts';
import type { FindingGroup } from '../../model/guard-finding.ts';
import { MOST_RUNS_ASKED, type FunctionRunQuery, type RecordedFunctionRuns } from '../../model/function-trace.ts';
import { inNetwork } from '../../model/network.ts';
import { KIB, MIB } from '../../model/units.ts';
import { EXPOSITION_TYPE } from '../../tables/metrics.ts';
import type { WafTestResult } from '../../model/waf-test.ts';
import { refuseForwarded, refuseStranger, type Caller } from './admin-guard.ts';
import { AdminRefusal } from './admin-refusal.ts';
import { explainRequest, readHeader } from './explain-request.ts';
import { readWafTest, type ReadWafTest } from './waf-test-question.ts';

export interface AdminBackend {
  health(): Promise<Health>;
  status(): Promise<Status>;
  certificates(): Promise<readonly CertificateState[]>;
  /** Resolves when every edge has applied the invalidation. Rejects with AdminRefusal when it cannot be made. */
  purge(request: PurgeRequest): Promise<PurgeReceipt>;
  /** New processes in place of those that serve. Rejects with AdminRefusal when they cannot be had; the old ones then go on. */
  reload(): Promise<ReloadReceipt>;
  /** What the edge would do with this request, and why; nothing is done. */
  explain(request: ViewerRequest): Promise<Explanation>;
  /** What functions did for viewers, as far as the edges have recorded it. */
  functionRuns(query: FunctionRunQuery): Promise<RecordedFunctionRuns>;
  /** What the leak and poison guard has found. */
  findings(): Promise<readonly FindingGroup[]>;
  /** What a web ACL decides about requests that nobody has sent. Rejects with AdminRefusal where there is none, or it is no good. */
  testWebAcl(question: ReadWafTest): Promise<readonly WafTestResult[]>;
  /** The text that Prometheus reads. */
  metrics(): Promise<string>;
  /** Whence edges ask origins: for anybody's firewall. */
  ipRanges(): Promise<IpRanges>;
  /** Networks from which it may be read; this machine always may. */
  readonly metricsFrom: readonly string[];
}

/** What the listener knows of the connection: pass it as the second argument of `fetch`. */
export interface AdminBindings {
  readonly peerAddress: string | undefined;
}

/** CloudFront: an invalidation batch holds 3,000 paths at most, each of 4,000 characters at most. */
const MAX_PATHS = 3000;
const MAX_PATH_LENGTH = 4000;
const MAX_BODY = 512 * KIB;
/** Ours: what a file of requests may hold. */
const MAX_WAF_TEST = 16 * MIB;

export function createAdminApi(backend: AdminBackend): Hono<{ Bindings: AdminBindings }> {
  const api = new Hono<{ Bindings: AdminBindings }>();

  api.onError((error, context) => {
    if (error instanceof AdminRefusal) return refuse(context, error);
    throw error;
  });
  api.notFound((context) =>
    refuse(context, new AdminRefusal(404, 'NoSuchEndpoint', `There is no ${context.req.method} ${context.req.path} here.`)),
  );

  api.use('/_warmfront/*', async (context, next) => {
    const forwarded = refuseForwarded(callerOf(context.req.raw, context.env.peerAddress));
    if (forwarded !== undefined) throw new AdminRefusal(403, 'NotLocal', forwarded);
    await next();
  });

  api.get('/_warmfront/health', async (context) => {
    const health = await backend.health();
    return context.json(health, health.ready ? 200 : 503);
  });

  api.get('/_warmfront/ip-ranges.json', async (context) => context.json(await backend.ipRanges()));

  api.get('/_warmfront/metrics', async (context, next) => {
    const { peerAddress } = context.env;
    if (peerAddress === undefined || !backend.metricsFrom.some((network) => inNetwork(peerAddress, network))) return next();
    return metrics(context);
  });

  api.use('/_warmfront/*', async (context, next) => {
    const stranger = refuseStranger(callerOf(context.req.raw, context.env.peerAddress));
    if (stranger !== undefined) throw new AdminRefusal(403, 'NotLocal', stranger);
    await next();
  });

  api.get('/_warmfront/status', async (context) => context.json(await backend.status()));

  api.get('/_warmfront/metrics', (context) => metrics(context));

  api.get('/_warmfront/certificates', async (context) => context.json(await backend.certificates()));

  api.get('/_warmfront/explain', async (context) => {
    const url = context.req.query('url');
    if (url === undefined) throw new AdminRefusal(400, 'InvalidArgument', 'url: say which URL to explain: ?url=https://...');
    const headers = (context.req.queries('header') ?? []).map(readHeader);
    const [method, from] = [context.req.query('method'), context.req.query('from')];
    return context.json(await backend.explain(explainRequest({ url, method, headers, from })));
  });

  api.get('/_warmfront/findings', async (context) => context.json(await backend.findings()));

  api.get('/_warmfront/functions/runs', async (context) => {
    const [requestId, name, last = '100'] = [
      context.req.query('request-id'),
      context.req.query('function'),
      context.req.query('last'),
    ];
    if (!/^[1-9]\d{0,3}$/.test(last) || Number(last) > MOST_RUNS_ASKED)
      throw new AdminRefusal(400, 'InvalidArgument', `last: give a number from 1 to ${MOST_RUNS_ASKED}.`);
    return context.json(await backend.functionRuns({ requestId, name, last: Number(last) }));
  });

  api.post(
    '/_warmfront/purge',
    bodyLimit({
      maxSize: MAX_BODY,
      onError: () => {
        throw new AdminRefusal(413, 'TooLarge', `The request holds more than ${MAX_BODY} bytes; split the paths.`);
      },
    }),
    async (context) => {
      refuseOtherThanJson(context);
      return context.json(await backend.purge(readPurgeRequest(await context.req.text())));
    },
  );

  api.post(
    '/_warmfront/waf/test',
    bodyLimit({
      maxSize: MAX_WAF_TEST,
      onError: () => {
        throw new AdminRefusal(413, 'TooLarge', `The requests hold more than ${MAX_WAF_TEST} bytes; test fewer at a time.`);
      },
    }),
    async (context) => {
      refuseOtherThanJson(context);
      return context.json(await backend.testWebAcl(readWafTest(await context.req.text(), Date.now())));
    },
  );

  api.post('/_warmfront/reload', async (context) => {
    refuseOtherThanJson(context);
    return context.json(await backend.reload());
  });

  return api;

  async function metrics(context: Context): Promise<Response> {
    return context.body(await backend.metrics(), 200, { 'content-type': EXPOSITION_TYPE });
  }
}

/** A page of another site may post text or a form without asking; it may not post JSON. */
function refuseOtherThanJson(context: Context): void {
  if (/^application\/json\b/i.test(context.req.header('content-type') ?? '')) return;
  throw new AdminRefusal(415, 'NotJson', 'Send the request as content-type: application/json.');
}

function callerOf(request: Request, peerAddress: string | undefined): Caller {
  return {
    peerAddress,
    host: request.headers.get('host') ?? new URL(request.url).host,
    origin: request.headers.get('origin') ?? undefined,
    edgeRequestId: request.headers.get('x-amz-cf-id') ?? undefined,
  };
}

function refuse(context: Context, refusal: AdminRefusal): Response {
  const body: Refusal = { error: { code: refusal.code, message: refusal.message } };
  return context.json(body, refusal.status);
}

function readPurgeRequest(body: string): PurgeRequest {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new AdminRefusal(400, 'InvalidJson', 'The request is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AdminRefusal(400, 'InvalidArgument', 'Send an object: {"distribution": "E...", "paths": ["/*"]}.');
  }
  const { distribution, paths, soft = false, ...others } = value as Record<string, unknown>;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw new AdminRefusal(400, 'InvalidArgument', `There is no member "${unknown}".`);
  if (typeof distribution !== 'string' || distribution === '') {
    throw new AdminRefusal(400, 'InvalidArgument', 'distribution: give an id, a domain name or an alias.');
  }
  if (!Array.isArray(paths) || paths.length === 0 || paths.length > MAX_PATHS) {
    throw new AdminRefusal(400, 'InvalidArgument', `paths: give 1 to ${MAX_PATHS} paths.`);
  }
  if (typeof soft !== 'boolean') throw new AdminRefusal(400, 'InvalidArgument', 'soft: give true or false.');
  const read = paths.map((path: unknown, index) => {
    if (typeof path === 'string' && /^[/#][^\s]*$/.test(path) && path.length <= MAX_PATH_LENGTH) return path;
    throw new AdminRefusal(400, 'InvalidArgument', `paths[${index}]: a path begins with "/", a tag with "#"; no spaces.`);
  });
  return { distribution, paths: read, soft };
}
