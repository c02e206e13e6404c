import { expect } from 'bun:test';
import type { TestViewer, ViewerOptions } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';
import { contains, COUNT, limit, protectedBy, rule } from './web-acls.ts';

async function statuses(viewer: TestViewer, count: number, options?: ViewerOptions): Promise<readonly number[]> {
  const seen: number[] = [];
  for (let at = 0; at < count; at++) seen.push((await viewer.get('/', options)).status);
  return seen;
}
const OK = (count: number): readonly number[] => Array.from({ length: count }, () => 200);

scenario(
  'the eleventh of a limit of ten is refused, until the window has passed',
  protectedBy([rule('r', limit(10))]),
  async ({ origin, viewer, clock }) => {
    origin.on('GET /', (tx) => tx.respond(200, {}, ''));
    expect(await statuses(viewer, 11)).toEqual([...OK(10), 403]);
    clock.advance(59_999);
    expect(await statuses(viewer, 1)).toEqual([403]);
    // The eleven of the beginning have left the window; the one of a millisecond ago has not.
    clock.advance(1);
    expect(await statuses(viewer, 10)).toEqual([...OK(9), 403]);
  },
);

scenario('each address has its own count', protectedBy([rule('r', limit(10))]), async ({ origin, viewer }) => {
  origin.on('GET /', (tx) => tx.respond(200, {}, ''));
  expect(await statuses(viewer, 11, { from: '192.0.2.1' })).toEqual([...OK(10), 403]);
  expect(await statuses(viewer, 1, { from: '192.0.2.2' })).toEqual([200]);
  // The same address, spelled as IPv6 maps it.
  expect(await statuses(viewer, 1, { from: '::ffff:192.0.2.1' })).toEqual([403]);
});

const GENTLE = [rule('first', contains('/'), COUNT), rule('r', limit(10, { window: 600_000, scopeDown: contains('/a') }))];

scenario('only what is in its scope is counted and limited', protectedBy(GENTLE), async ({ origin, viewer }) => {
  origin.on('*', (tx) => tx.respond(200, {}, ''));
  expect(await statuses(viewer, 20)).toEqual([...OK(20)]);
  for (let at = 0; at < 10; at++) (await viewer.get('/a')).expect({ status: 200 });
  (await viewer.get('/a')).expectError(403);
  (await viewer.get('/b')).expect({ status: 200 });
});

scenario('a changed limit begins to count anew', protectedBy([rule('r', limit(10))]), async ({ origin, viewer, updateWaf }) => {
  origin.on('GET /', (tx) => tx.respond(200, {}, ''));
  expect(await statuses(viewer, 11)).toEqual([...OK(10), 403]);
  updateWaf(protectedBy([rule('r', limit(11))]).waf);
  expect(await statuses(viewer, 12)).toEqual([...OK(11), 403]);
});
