/**
 * Explain and what functions make of a request: whose each header, cookie and parameter is that the origin would get, or not.
 */
import { expect } from 'bun:test';
import { functionAssociations, lambdaAssociations, type TestEdge, type TestEdgeOptions } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

/** Managed-AllViewer. */
const OriginRequestPolicyId = '216adef6-5c7f-47e4-b989-5492eafa07d3';
const BEHAVIOR = { OriginRequestPolicyId, FunctionAssociations: functionAssociations({ viewerRequest: 'f' }) };

const F = `function handler(event) {
  var request = event.request;
  request.headers['x-added'] = { value: '1' };
  request.headers['x-sent'] = { value: 'changed' };
  request.headers['user-agent'] = { value: 'own' };
  delete request.headers['x-gone'];
  delete request.cookies.gone;
  delete request.querystring.gone;
  return request;
}`;
const ASKED = {
  headers: { 'x-kept': 'a', 'x-sent': 'b', 'x-gone': 'c', 'user-agent': 'curl', cookie: 'gone=1; kept=2' },
} as const;

async function sentences(explain: TestEdge['explain']): Promise<Record<string, string>> {
  const { origin } = await explain('/a?gone=1&kept=2', ASKED);
  return Object.fromEntries([...origin!.fields, ...origin!.dropped].map(({ name, sentence }) => [name, sentence]));
}

scenario('a function', { functions: { f: F }, distribution: { DefaultCacheBehavior: BEHAVIOR } }, async ({ explain }) => {
  expect(await sentences(explain)).toMatchObject({
    'x-kept': 'the viewer’s',
    'x-added': 'added by the function f',
    'x-sent': 'the viewer’s, changed by the function f',
    'user-agent': 'the viewer’s, changed by the function f, which the settings list',
    'x-gone': 'taken away by the function f',
    cookie: 'the cookies that the settings select, of the function f',
    'cookie gone': 'taken away by the function f',
    '?gone': 'taken away or changed by the function f',
  });
});

const LAMBDA = `exports.handler = async ({ Records: [{ cf: { request } }] }) => {
  request.headers['x-added'] = [{ value: '1' }];
  return request;
};`;
const ofLambda: TestEdgeOptions = {
  lambdas: { l: LAMBDA },
  distribution: {
    DefaultCacheBehavior: { OriginRequestPolicyId, LambdaFunctionAssociations: lambdaAssociations({ viewerRequest: 'l' }) },
  },
};

scenario('a Lambda function, whose run is told in full', ofLambda, async ({ explain }) => {
  expect(await sentences(explain)).toMatchObject({
    'x-sent': 'the viewer’s',
    'x-added': 'added by the Lambda function arn:aws:lambda:us-east-1:000000000000:function:l:1',
    cookie: 'the cookies that the settings select',
  });
  expect((await explain('/a')).lambda).toMatchObject({ did: 'changed', changes: [{ part: 'header x-added', after: '1' }] });
});
