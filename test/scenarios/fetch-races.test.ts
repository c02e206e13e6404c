/**
 * Fetches of one object that cross: what the later one brought is never mixed with what the earlier one says. RFC 9111 4.3.4.
 */
import { expect } from 'bun:test';
import { ORIGIN_DECIDES_OPTIONS } from './policies.ts';
import { scenario, type Scene } from './scenario.ts';

/** What a late answer to the fetch of the old edition may be. */
type Late = 'not-modified' | 'unavailable';

const small = (edition: string): string => `the ${edition} edition`;
const ON_DISK = { ...ORIGIN_DECIDES_OPTIONS, memory: 4 * 1024 * 1024, disk: 64 * 1024 * 1024 };
const large = (edition: string): string => small(edition).repeat(200_000);

interface Crossing {
  readonly late: Late;
  readonly body: (edition: string) => string;
  /** The edition that comes meanwhile. */
  readonly next?: 'old' | 'new';
  /** What the early viewer gets; an edition, unless given. */
  readonly answer?: 'failure';
}

/** The old edition is stored and stale; while its validation waits at the origin, the new edition is stored; then comes the answer. */
async function crossed(scene: Scene, { late, body, next = 'new', answer }: Crossing): Promise<void> {
  const { origin, viewer, clock, barrier, invalidate, settled } = scene;
  const held = barrier();
  let asked = 0;
  origin.on('/another', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, body('other')));
  origin.on('/page', async (tx) => {
    asked += 1;
    const edition = asked <= 2 ? 'old' : next;
    const fields = { 'cache-control': 'max-age=60', etag: `"${edition}"` };
    if (asked !== 2) return tx.respond(200, fields, body(edition));
    await held;
    tx.respond(late === 'unavailable' ? 503 : 304, late === 'unavailable' ? {} : fields);
  });
  await viewer.get('/page');
  await settled();
  clock.advance('2m');
  const early = viewer.get('/page');
  await origin.requested(2);
  // Whatever a ban names, a fetch that began before it is not joined.
  invalidate('/another');
  (await viewer.get('/page')).expect({ status: 200, body: body(next), headers: { etag: `"${next}"` } });
  // By the time that another object has come and is read, what had to go for the new edition has gone from the disk.
  await viewer.get('/another');
  (await viewer.get('/another')).expectHit();
  held.open();
  const { status, body: got, headers } = await early;
  // A cache in front may hold the old edition in its memory still.
  if (answer !== 'failure' || status !== 503) {
    expect([status, headers['etag']]).toEqual([200, got === body('old') ? '"old"' : `"${next}"`]);
    expect([body('old'), body(next)]).toContain(got);
  }
  await settled();
  (await viewer.get('/page')).expectHit().expect({ body: body(next), headers: { etag: `"${next}"` } });
}

scenario('a late 304 says nothing about the edition that has come meanwhile', ORIGIN_DECIDES_OPTIONS, (scene) =>
  crossed(scene, { late: 'not-modified', body: small }),
);

scenario('a late failure excuses nothing that has come meanwhile', ORIGIN_DECIDES_OPTIONS, (scene) =>
  crossed(scene, { late: 'unavailable', body: small }),
);

scenario('a late 304 says nothing about a new edition on the disk, either', ON_DISK, (scene) =>
  crossed(scene, { late: 'not-modified', body: large }),
);

scenario('the same edition has come anew meanwhile: a late 304 is answered from where it lies now', ON_DISK, (scene) =>
  crossed(scene, { late: 'not-modified', body: large, next: 'old' }),
);

scenario('a late failure excuses nothing that has gone from the disk', ON_DISK, (scene) =>
  crossed(scene, { late: 'unavailable', body: large, answer: 'failure' }),
);

scenario('a late failure is excused by the same edition from where it lies now', ON_DISK, (scene) =>
  crossed(scene, { late: 'unavailable', body: large, next: 'old' }),
);

scenario(
  'a 304 that makes a response private answers who asked, and nobody who waited',
  ORIGIN_DECIDES_OPTIONS,
  async ({ origin, viewer, clock, barrier, settled }) => {
    const held = barrier();
    let asked = 0;
    origin.on('/page', async (tx) => {
      asked += 1;
      if (asked === 1) return tx.respond(200, { 'cache-control': 'max-age=60', etag: '"1"' }, 'for all');
      await held;
      if (tx.headers['if-none-match'] === '"1"') return tx.respond(304, { 'cache-control': 'private', etag: '"1"' });
      tx.respond(200, { 'cache-control': 'private' }, 'for one');
    });
    await viewer.get('/page');
    await settled();
    clock.advance('2m');
    const first = viewer.get('/page');
    await origin.requested(2);
    const second = viewer.get('/page');
    await viewer.get('/nothing');
    held.open();
    (await first).expect({ body: 'for all' });
    await second;
    origin.expectRequests(4);
  },
);
