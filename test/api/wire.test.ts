/**
 * What every service does before and after its handlers, as golden pairs: malformed documents, constraints, unknown operations, refused
 * signatures, broken handlers. One CloudFront service with two handlers of our own stands for all.
 */
import { describe, expect, test } from 'bun:test';
import type * as cloudfront from '@aws-sdk/client-cloudfront';
import { createApiServer, type ApiServerOptions } from '../../src/control/aws/api-server.ts';
import cloudfrontFile from '../../src/control/aws/models/cloudfront.json' with { type: 'json' };
import stsFile from '../../src/control/aws/models/sts.json' with { type: 'json' };
import type { Field } from '../../src/http/fields.ts';
import { MIB, MINUTE } from '../../src/model/units.ts';
import { loadModel, type ModelFile } from '../../src/control/aws/wire/model.ts';
import { createService } from '../../src/control/aws/wire/service.ts';
import { ApiError, type Handlers, type Service } from '../../src/control/aws/wire/types.ts';
import { buildRequest, goldenPairs, type PairTarget } from './golden-pair.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const user = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00' };

const handlers: Handlers<typeof cloudfront> = {
  CreateCachePolicy: ({ CachePolicyConfig }) => ({
    Location: 'https://cloudfront.amazonaws.com/2020-05-31/cache-policy/1',
    ETag: 'E1',
    CachePolicy: { Id: '1', LastModifiedTime: new Date(NOW), CachePolicyConfig },
  }),
  DeleteCachePolicy: ({ Id }) => {
    throw new ApiError('NoSuchCachePolicy', `The cache policy <${Id}> does not exist.`);
  },
  ListCachePolicies: () => {
    throw new TypeError('a secret of the inside');
  },
};

function target(report: (line: string) => void = () => {}, more: Partial<ApiServerOptions> = {}): PairTarget {
  const options = { accountId: '000000000000', report };
  const services = [
    createService(loadModel(cloudfrontFile as unknown as ModelFile), handlers, options),
    createService(loadModel(stsFile as unknown as ModelFile), {}, options),
  ];
  const principal = {
    kind: 'account',
    accountId: '000000000000',
    accessKeyId: user.accessKeyId,
    arn: 'arn:aws:iam::000000000000:root',
  } as const;
  const credentials: ApiServerOptions['credentials'] = {
    lookup: (id) => (id === user.accessKeyId ? { secretAccessKey: user.secretAccessKey, principal } : 'unknown-key'),
  };
  return { api: createApiServer({ services, credentials, now: () => NOW, report, ...more }), user, now: NOW };
}

goldenPairs('wire', 'cloudfront', () => target());

async function send(
  at: PairTarget,
  start: string,
  body = '',
  service = 'cloudfront',
  fields: readonly Field[] = [],
): Promise<Response> {
  return at.api.handle(buildRequest({ start, fields, body }, service, user, NOW));
}

test('a broken handler is reported with its stack, and nothing of it is told', async () => {
  const lines: string[] = [];
  const answer = await send(
    target((line) => void lines.push(line)),
    'GET /2020-05-31/cache-policy',
  );
  expect(await answer.text()).not.toContain('secret');
  expect(lines.join('\n')).toMatch(
    /^cloudfront: GET \/2020-05-31\/cache-policy failed .*TypeError: a secret of the inside\n +at /s,
  );
});

test('an element the model does not know is ignored and reported once', async () => {
  const lines: string[] = [];
  const at = target((line) => void lines.push(line));
  const body = '<CachePolicyConfig><Name>a</Name><MinTTL>0</MinTTL><Newer>1</Newer></CachePolicyConfig>';
  for (const _ of [1, 2]) expect((await send(at, 'POST /2020-05-31/cache-policy', body)).status).toBe(201);
  expect(lines).toEqual(['cloudfront: CreateCachePolicy cachePolicyConfig.Newer is not known and was ignored']);
});

const refusals: [name: string, edit: (request: Request) => Request, now: number, want: string][] = [
  ['as signed', (request) => request, NOW, '501 NotImplemented'],
  ['tampered body', (request) => withBody(request, 'Action=AssumeRole'), NOW, '403 SignatureDoesNotMatch'],
  ['expired', (request) => request, NOW + 16 * MINUTE, '403 SignatureDoesNotMatch'],
  ['unknown key', (request) => edited(request, /AKIA\w+/, 'AKIAOTHER'), NOW, '403 InvalidClientTokenId'],
  ['half a header', (request) => edited(request, /, Signature=.*/, ''), NOW, '400 IncompleteSignature'],
  ['unsigned', (request) => edited(request, /.*/, undefined), NOW, '403 MissingAuthenticationToken'],
  ['a service we do not serve', (request) => edited(request, '/sts/', '/iam/'), NOW, '501 NotImplemented'],
  ['too large', (request) => withBody(request, 'x'.repeat(MIB + 1)), NOW, '413 RequestEntityTooLarge'],
];

function withBody(request: Request, body: string): Request {
  return new Request(request.url, { method: request.method, headers: request.headers, body });
}

function edited(request: Request, from: RegExp | string, to: string | undefined): Request {
  const headers = new Headers(request.headers);
  const authorization = headers.get('authorization') ?? '';
  headers.delete('authorization');
  if (to !== undefined) headers.set('authorization', authorization.replace(from, to));
  return new Request(request, { headers });
}

describe('refused by the API port', () => {
  test.each(refusals)('%s', async (_name, edit, now, want) => {
    const fields: readonly Field[] = [['content-type', 'application/x-www-form-urlencoded']];
    const body = 'Action=GetCallerIdentity&Version=2011-06-15';
    const request = edit(buildRequest({ start: 'POST /', fields, body }, 'sts', user, NOW));
    const answer = await target(undefined, { now: () => now }).api.handle(request);
    const code = /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1];
    expect(`${answer.status} ${code}`).toBe(want);
  });
});

describe('S3 behind the port', () => {
  const store: Service = {
    signingName: 's3',
    errorStyle: 's3',
    handle: async (call) => {
      try {
        return new Response(`${call.principal.kind} ${call.rawPath}?${call.rawQuery} ${await new Response(call.body).text()}`);
      } catch (error) {
        return new Response((error as ApiError).code, { status: 400 });
      }
    },
  };
  const rows: [name: string, edit: (request: Request) => Request, want: string][] = [
    ['signed', (request) => request, '200 account /bucket//a%2Fb?x= hello'],
    ['unsigned', (request) => edited(request, /.*/, undefined), '200 anonymous /bucket//a%2Fb?x= hello'],
    ['tampered body', (request) => withBody(request, 'hellO'), '400 XAmzContentSHA256Mismatch'],
    ['unknown key', (request) => edited(request, /AKIA\w+/, 'AKIAOTHER'), '403 InvalidAccessKeyId'],
    ['wrong signature', (request) => edited(request, /=\w{9}(\w+)$/, '=000000000$1'), '403 SignatureDoesNotMatch'],
  ];
  test.each(rows)('%s', async (_name, edit, want) => {
    const { api } = target(undefined, { services: [store] });
    const answer = await api.handle(
      edit(buildRequest({ start: 'PUT /bucket//a%2Fb?x=', fields: [], body: 'hello' }, 's3', user, NOW)),
    );
    const text = await answer.text();
    expect(`${answer.status} ${/<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? text}`).toBe(want);
  });
});

test('the admin answers what is unsigned under /_warmfront/, and only that', async () => {
  const admin = (request: Request, connection: { readonly peerAddress: string | undefined }): Response =>
    new Response(`${new URL(request.url).pathname} from ${connection.peerAddress}`);
  const { api } = target(undefined, { admin });
  const answer = await api.handle(new Request('http://localhost/_warmfront/health'), { peerAddress: '127.0.0.1' });
  expect(await answer.text()).toBe('/_warmfront/health from 127.0.0.1');
  const signed = await api.handle(
    new Request('http://localhost/_warmfront/health', { headers: { authorization: 'AWS4-HMAC-SHA256 x' } }),
  );
  expect(signed.status).not.toBe(200);
});
