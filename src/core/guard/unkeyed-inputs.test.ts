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
  origin: { ...defaultBehavior.origin, cookies: SELECT_ALL, passes: () => false },
};
const [origin] = distribution.source.origins;

/** Of cookies alone: what the function has left, and what the viewer sent. */
function asked(cookie: string, sent: InputsAsked['sent']): InputsAsked {
  const request = { host: 'www.example.com', scheme: 'https', method: 'GET', path: '/', query: undefined } as const;
  return { distribution, behavior, origin: origin!, request: { ...request, fields: [['cookie', cookie]] } as never, sent };
}

test('a cookie that a function has added or changed is the operator’s', () => {
  const sent = { fields: [['cookie', 'a=1; b=2; b=3; c=4']] as const, query: undefined };
  expect(unkeyedInputs(asked('a=1; b=3; c=5; d=6', sent))).toEqual([
    { kind: 'cookie', name: 'a', value: '1' },
    { kind: 'cookie', name: 'b', value: '3' },
  ]);
});

test('what the viewer sent is read no more often the more cookies there are', () => {
  const readsOf = (count: number): number => {
    let reads = 0;
    const cookie = Array.from({ length: count }, (_, index) => `a=${index}`).join('; ');
    const fields: Fields = [['cookie', cookie]];
    const sent = {
      query: undefined,
      get fields(): Fields {
        reads += 1;
        return fields;
      },
    };
    expect(unkeyedInputs(asked(cookie, sent)).length).toBe(count);
    return reads;
  };
  expect(readsOf(100)).toBe(readsOf(1));
});
