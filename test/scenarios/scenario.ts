/**
 * A scenario: a test with its own edge, origin, viewer and virtual clock, all stopped when it ends.
 */
import { test } from 'bun:test';
import { barrier, startTestEdge, type Barrier, type TestEdge, type TestEdgeOptions } from '../../src/testing/index.ts';

export interface Scene extends TestEdge {
  barrier(): Barrier;
}

export function scenario(name: string, play: (scene: Scene) => Promise<void>): void;
export function scenario(name: string, options: TestEdgeOptions, play: (scene: Scene) => Promise<void>): void;
export function scenario(
  name: string,
  optionsOrPlay: TestEdgeOptions | ((scene: Scene) => Promise<void>),
  maybePlay?: (scene: Scene) => Promise<void>,
): void {
  const options = typeof optionsOrPlay === 'function' ? {} : optionsOrPlay;
  const play = typeof optionsOrPlay === 'function' ? optionsOrPlay : maybePlay;
  test(name, async () => {
    const edge = await startTestEdge({ ...options, ...(process.env['TEST_CACHES'] === '2' && { caches: 2 }) });
    try {
      await play?.({ ...edge, barrier });
    } finally {
      await edge.stop();
    }
  });
}
