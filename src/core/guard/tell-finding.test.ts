import { expect, test } from 'bun:test';
import { sampleBehavior, sampleDistribution, sampleRequest } from '../../../test/samples/distribution.ts';
import { compileDistribution } from '../../model/compile.ts';
import { tellFinding } from './tell-finding.ts';
import type { UnkeyedInput } from './unkeyed-inputs.ts';

const context = {
  at: 5,
  requestId: 'r',
  distribution: compileDistribution(sampleDistribution({ id: 'E1' })),
  behavior: { source: sampleBehavior({ pathPattern: '/a/*' }) },
  asked: sampleRequest({ host: 'www.example.com', path: '/a/b', query: 'q=shoes&Signature=5f2e8a7c9b1d4e3f6a0c&x' }),
  status: 200,
  action: 'refused',
} as const;

function told(input: UnkeyedInput) {
  return tellFinding(
    { rule: 'reflected-input', certainty: 'certain', input, seenIn: 'body', offset: 3, because: 'it occurs' },
    context,
  );
}

test('the request is the proof; what is secret in its URL is blotted out', () => {
  expect(told({ kind: 'header', name: 'x-a', value: '<b>' })).toEqual({
    at: 5,
    requestId: 'r',
    distributionId: 'E1',
    pathPattern: '/a/*',
    rule: 'reflected-input',
    certainty: 'certain',
    action: 'refused',
    method: 'GET',
    url: `${context.asked.scheme}://www.example.com/a/b?q=shoes&Signature=...&x`,
    status: 200,
    input: { kind: 'header', name: 'x-a', value: '<b>', length: 3 },
    seenIn: 'body',
    offset: 3,
    because: 'it occurs',
  });
});

const rows: [name: string, input: UnkeyedInput, want: string | undefined][] = [
  ['an attacker’s address', { kind: 'header', name: 'x-host', value: 'evil1.attacker.example' }, 'evil1.attacker.example'],
  ['an attacker’s script', { kind: 'query', name: 'q', value: '<script>alert(1)</script>' }, '<script>alert(1)</script>'],
  ['a long value', { kind: 'header', name: 'x-a', value: '<'.repeat(500) }, `${'<'.repeat(120)}...`],
  ['a cookie', { kind: 'cookie', name: 'theme', value: 'dark' }, undefined],
  ['Authorization', { kind: 'header', name: 'authorization', value: 'Basic x' }, undefined],
  ['a token', { kind: 'query', name: 'reset', value: '5f2e8a7c9b1d4e3f6a0c' }, undefined],
  ['a JSON web token', { kind: 'header', name: 'x-a', value: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x1' }, undefined],
];
test.each(rows)('%s', (_, input, want) => expect(told(input).input?.value).toBe(want as never));
