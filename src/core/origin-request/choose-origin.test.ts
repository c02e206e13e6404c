import { describe, expect, test } from 'bun:test';
import { sampleBehavior, sampleDistribution, sampleOrigin } from '../../../test/samples/distribution.ts';
import { compileDistribution } from '../../model/compile.ts';
import { chooseOrigin } from './choose-origin.ts';

describe('chooseOrigin', () => {
  const distribution = compileDistribution(
    sampleDistribution({
      origins: [sampleOrigin({ id: 'a' }), sampleOrigin({ id: 'b' })],
      originGroups: [
        { id: 'g', primaryOriginId: 'a', secondaryOriginId: 'b', failoverStatusCodes: [500, 503], selection: 'default' },
      ],
      defaultCacheBehavior: sampleBehavior({ targetOriginId: 'g' }),
      cacheBehaviors: [
        sampleBehavior({ pathPattern: '/b', targetOriginId: 'b' }),
        sampleBehavior({ pathPattern: '/o', targetOriginId: 'g', cachedMethods: ['GET', 'HEAD', 'OPTIONS'] }),
        sampleBehavior({ pathPattern: '/none', targetOriginId: 'none' }),
      ],
    }),
  );
  const rows: [behavior: number, method: string, want: string][] = [
    [0, 'GET', 'b alone'],
    [1, 'OPTIONS', 'a then b on 500,503'],
    [3, 'GET', 'a then b on 500,503'],
    [3, 'HEAD', 'a then b on 500,503'],
    [3, 'OPTIONS', 'a alone'],
    [3, 'POST', 'a alone'],
  ];
  test.each(rows)('behavior %i, %s: %s', (index, method, want) => {
    const { primary, secondary, failoverOn } = chooseOrigin(distribution, distribution.behaviors[index]!, method);
    expect(secondary === undefined ? `${primary.id} alone` : `${primary.id} then ${secondary.id} on ${failoverOn.join()}`).toBe(
      want,
    );
  });

  test('a target that does not exist is our own mistake', () => {
    expect(() => chooseOrigin(distribution, distribution.behaviors[2]!, 'GET')).toThrow('has no origin "none"');
  });
});
