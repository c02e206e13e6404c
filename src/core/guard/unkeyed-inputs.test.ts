import { expect, test } from 'bun:test';
import type { Fields } from '../../http/fields.ts';
import { sampleDistribution } from '../../../test/samples/distribution.ts';
import { compileDistribution } from '../../model/compile.ts';
import { SELECT_ALL, SELECT_NONE } from '../../model/selector.ts';
import { unkeyedInputs, type InputsAsked } from './unkeyed-inputs.ts';

const distribution = compileDistribution(sampleDistribution({}));
const { defaultBehavior } = distribution;
const behavior: InputsAsked['behavior'] = {
  ...defaultBehavior,
  key: { ...defaultBehavior.key, cookies: SELECT_NONE },
  origin: { ...defaultBehavior.origin, cookies: SELECT_ALL, passes: (name) => name.startsWith('x-') },
};
const [origin] = distribution.source.origins;

/** What the function has left, and what the viewer sent. */
function asked(fields: Fields, sent: InputsAsked['sent']): InputsAsked {
  const request = { host: 'www.example.com', scheme: 'https', method: 'GET', path: '/', query: undefined } as const;
  return { distribution, behavior, origin: origin!, request: { ...request, fields } as never, sent };
}

test('a field or a cookie that a function has added or changed is the operator’s', () => {
  const [sent, left] = [
    [
      ['x-a', '1'],
      ['x-b', '2'],
      ['cookie', 'a=1; b=2; b=3; c=4'],
    ],
    [
      ['x-a', '1'],
      ['x-b', '3'],
      ['x-c', '1'],
      ['cookie', 'a=1; b=3; c=5; d=6'],
    ],
  ] as const;
  expect(unkeyedInputs(asked(left, { fields: sent, query: undefined }))).toEqual([
    { kind: 'header', name: 'x-a', value: '1' },
    { kind: 'cookie', name: 'a', value: '1' },
    { kind: 'cookie', name: 'b', value: '3' },
  ]);
});

const requests: readonly (readonly [of: string, fields: (count: number) => Fields])[] = [
  ['cookies', (count) => [['cookie', Array.from({ length: count }, (_, index) => `a=${index}`).join('; ')]]],
  ['fields', (count) => Array.from({ length: count }, (_, index) => ['x-a', `${index}`] as const)],
];

test.each(requests)('what the viewer sent is read no more often the more %s there are', (_of, fieldsOf) => {
  const readsOf = (count: number): number => {
    let reads = 0;
    const fields = fieldsOf(count);
    const sent = {
      query: undefined,
      get fields(): Fields {
        reads += 1;
        return fields;
      },
    };
    expect(unkeyedInputs(asked(fieldsOf(count), sent)).length).toBe(count);
    return reads;
  };
  expect(readsOf(100)).toBe(readsOf(1));
});
