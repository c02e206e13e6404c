/**
 * Functions that do their worst, called again and again for half a minute by viewers of their own, while others are served from the cache
 * beside them: those have every answer, memory does not grow, and each function gets its 503 or 502. What stands still for how long is told,
 * not asserted. docs/guides/functions.md: isolation and cost.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { Agent, createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateFunctionCommand,
  PublishFunctionCommand,
  type CacheBehavior,
  type CloudFrontClient,
} from '@aws-sdk/client-cloudfront';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import { residentMemory } from '../process/process-facts.ts';
import { CACHING_OPTIMIZED, cloudFrontOf, createSite, deployed, updateSite, type Site } from '../process/site.ts';

const LASTING = 25_000;
/** Ours: collectors take their time; what leaks with each of some ten thousand calls is more. */
const GROWTH = 96 * 1024 * 1024;

const FAILED = /^Function(Execution|Throttled)Error /;
/** On a machine that is busy, the time is over before there is something to judge. */
const INVALID = /^Function(Validation|Execution|Throttled)Error /;
/** What each does, and what its viewers are told. */
const HOSTILE: Readonly<Record<string, readonly [body: string, told: RegExp]>> = {
  loop: ['for (;;);', FAILED],
  catches: ['for (;;) try { for (;;); } catch (e) {} finally { continue; }', FAILED],
  memory: ["var all = []; for (;;) all.push('x' + all.length + new Array(100).join('y'));", FAILED],
  buffers: ['var all = []; for (;;) all.push(Buffer.alloc(100000));', FAILED],
  recursion: ['return (function f() { return f() + 1; })();', FAILED],
  backtracking: ["return /^(a+)+$/.test('a'.repeat(50) + 'b');", FAILED],
  strings: ["return { statusCode: 200, body: 'x'.repeat(1e9) };", FAILED],
  natives: ["for (;;) JSON.parse('[' + '[],'.repeat(50000) + '[]]');", FAILED],
  hashes: ["for (;;) require('crypto').createHash('sha256').update('x'.repeat(100000)).digest('hex');", FAILED],
  getter: ['return { get statusCode() { for (;;); } };', FAILED],
  throws: ['throw { toString: function () { for (;;); } };', FAILED],
  promises: ['function next() { return Promise.resolve().then(next); } next(); return event.request;', FAILED],
  logs: ["for (;;) console.log('x'.repeat(1000));", FAILED],
  proxy: ['return new Proxy(event.request, {});', FAILED],
  cycle: ['event.request.headers.self = event.request; return event.request;', INVALID],
  huge: ["event.request.headers.big = { value: 'x'.repeat(500000) }; return event.request;", INVALID],
  nested: [
    'var a = []; for (var i = 0; i < 1000; i++) a = [a]; return { statusCode: 200, headers: { a: { value: a } } };',
    INVALID,
  ],
  injects: ["return { statusCode: 302, headers: { location: { value: '/\\r\\nset-cookie: a=1' } } };", INVALID],
  pollutes: [
    'if (globalThis.seen || {}.seen) return { statusCode: 500 }; globalThis.seen = 1; Object.prototype.seen = 1; JSON.stringify = null; return { statusCode: 418 };',
    /^Function(GeneratedResponse|ExecutionError|ThrottledError) /,
  ],
};

let warmfront: RunningWarmfront;
let origin: Server;
let client: CloudFrontClient;
let site: Site;

beforeAll(async () => {
  origin = createServer((_request, response) => {
    response.setHeader('cache-control', 'max-age=600');
    response.end('hello');
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  warmfront = await startWarmfront();
  client = cloudFrontOf(warmfront);
  const arns = new Map<string, string>();
  for (const [name, [body]] of Object.entries(HOSTILE)) arns.set(name, await publish(name, body));
  site = await createSite(client, { originPort: (origin.address() as AddressInfo).port });
  await updateSite(client, site.id, (config) => {
    const Items = [...arns].map(([name, arn]): CacheBehavior => behaviorOf(name, arn));
    return { ...config, CacheBehaviors: { Quantity: Items.length, Items } };
  });
  await deployed(client, site.id);
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  origin.close();
});

async function publish(name: string, body: string): Promise<string> {
  const FunctionCode = new TextEncoder().encode(`function handler(event) { ${body} }`);
  const FunctionConfig = { Comment: '', Runtime: 'cloudfront-js-2.0' } as const;
  const { ETag } = await client.send(new CreateFunctionCommand({ Name: name, FunctionConfig, FunctionCode }));
  const { FunctionSummary } = await client.send(new PublishFunctionCommand({ Name: name, IfMatch: ETag! }));
  return FunctionSummary!.FunctionMetadata!.FunctionARN!;
}

function behaviorOf(name: string, FunctionARN: string): CacheBehavior {
  const associations = { Quantity: 1, Items: [{ EventType: 'viewer-request' as const, FunctionARN }] };
  return {
    PathPattern: `/${name}`,
    TargetOriginId: 'origin',
    ViewerProtocolPolicy: 'allow-all',
    CachePolicyId: CACHING_OPTIMIZED,
    FunctionAssociations: associations,
  };
}

interface Answer {
  readonly told: string;
  readonly took: number;
}

/** Undefined where there was none. */
function ask(path: string, agent: Agent): Promise<Answer | undefined> {
  const began = performance.now();
  const options = { host: '127.0.0.1', port: warmfront.httpPort, path, agent, headers: { host: site.domainName } };
  return new Promise((resolve) => {
    get(options, (response) => {
      response.on('end', () => resolve({ told: String(response.headers['x-cache']), took: performance.now() - began }));
      response.on('error', () => resolve(undefined));
      response.resume();
    }).on('error', () => resolve(undefined));
  });
}

/** One after the other, until the time is over. */
async function keepAsking(path: string, until: number): Promise<readonly (Answer | undefined)[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const answers: (Answer | undefined)[] = [];
  while (performance.now() < until) answers.push(await ask(path, agent));
  agent.destroy();
  return answers;
}

function percentiles(answers: readonly (Answer | undefined)[]): string {
  const times = answers.flatMap((answer) => answer?.took ?? []).toSorted((one, other) => one - other);
  return [0.5, 0.99, 0.999].map((share) => times[Math.floor(times.length * share)]?.toFixed(1)).join(', ');
}

const others = async (lasting: number) =>
  (await Promise.all(Array.from({ length: 8 }, () => keepAsking('/plain', performance.now() + lasting)))).flat();

test('others have their answers, and memory stays', async () => {
  // As many viewers as later, who do no harm.
  const harmless = Object.keys(HOSTILE).map(() => keepAsking('/plain', performance.now() + 4000));
  const alone = await others(4000);
  await Promise.all(harmless);
  const until = performance.now() + LASTING;
  const attacks = Object.keys(HOSTILE).map((name) => keepAsking(`/${name}`, until));
  await others(LASTING / 3);
  const memory: number[] = [];
  const watch = setInterval(() => memory.push(residentMemory(warmfront)), 250);
  const beside = await others(until - performance.now() - 1000);
  const answers = await Promise.all(attacks);
  clearInterval(watch);
  // Collections come when they like: what is used between them says nothing, what is left after them does.
  const half = Math.floor(memory.length / 2);
  const grown = Math.min(...memory.slice(half)) - Math.min(...memory.slice(0, half));
  console.log(
    `others beside harmless viewers: p50, p99, p99.9 ${percentiles(alone)} ms; beside hostile functions: ${percentiles(beside)} ms`,
  );
  console.log(`hostile calls: ${answers.flat().length}; memory grew by ${(grown / 1048576).toFixed(1)} MB`);

  const failed = [...alone, ...beside].filter((answer) => !/^(Hit|Miss) from cloudfront$/.test(answer?.told ?? ''));
  expect(failed).toEqual([]);
  for (const [index, [name, [, told]]] of Object.entries(HOSTILE).entries()) {
    const unexpected = answers[index]!.filter((answer) => !told.test(answer?.told ?? ''));
    expect([name, unexpected.slice(0, 3)]).toEqual([name, []]);
  }
  expect(grown).toBeLessThan(GROWTH);
}, 90_000);
