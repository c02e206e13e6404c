/**
 * Explain and Lambda@Edge: the function on viewer requests is run, for this look alone; the others are named.
 */
import { expect } from 'bun:test';
import { lambdaAssociations } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const F = `exports.handler = async ({ Records: [{ cf: { request } }] }) => {
  if (request.uri === '/own') return { status: '201' };
  if (request.uri === '/bad') return { status: '99' };
  if (request.uri === '/new') request.uri = '/old';
  return request;
};`;

scenario(
  'what each function does is a step, and what it makes of the request is gone by',
  {
    lambdas: { f: F },
    distribution: {
      DefaultCacheBehavior: { LambdaFunctionAssociations: lambdaAssociations({ viewerRequest: 'f', originRequest: 'f' }) },
    },
  },
  async ({ explain, functionLog }) => {
    const told = async (path: string): Promise<readonly string[]> => {
      const { verdict, steps } = await explain(path);
      const own = steps.filter(({ step }) => step.endsWith('-lambda'));
      return [verdict.kind, ...own.map(({ step, decision }) => `${step} ${decision}`)];
    };
    const later = 'origin-request-lambda later';
    expect(await told('/a')).toEqual(['miss', 'viewer-request-lambda unchanged', later]);
    expect(await told('/new')).toEqual(['miss', 'viewer-request-lambda changed', later]);
    expect(await told('/own')).toEqual(['generated', 'viewer-request-lambda generated']);
    expect(await told('/bad')).toEqual(['refused', 'viewer-request-lambda failed']);
    expect((await explain('/bad')).verdict.sentence).toContain('LambdaValidationError: ERROR Validation error: response.status');
    expect((await explain('/new')).origin?.target).toBe('/old');
    expect(functionLog).toEqual([]);
  },
);
