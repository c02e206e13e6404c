/**
 * Origins that say too much about an object of which parts are asked.
 */
import { ORIGIN_DECIDES_OPTIONS } from './policies.ts';
import { scenario } from './scenario.ts';

const MIB = 1024 * 1024;

scenario(
  'an object of a petabyte that changes costs no more than any other',
  ORIGIN_DECIDES_OPTIONS,
  async ({ origin, viewer }) => {
    const length = 999_000_000_000_000;
    let edition = 1;
    origin.on('/huge', (tx) => {
      const etag = `"${edition}"`;
      if ((tx.headers['if-match'] ?? etag) !== etag) return tx.respond(412);
      const [first = 0] =
        /bytes=(\d+)-/
          .exec(tx.headers['range'] ?? '')
          ?.slice(1)
          .map(Number) ?? [];
      const range = `bytes ${first}-${first + MIB - 1}/${length}`;
      tx.respond(206, { 'cache-control': 'max-age=60', etag, 'content-range': range }, Buffer.alloc(MIB, edition));
    });
    (await viewer.get('/huge', { headers: { range: 'bytes=0-9' } })).expect({ status: 206 });
    edition = 2;
    const headers = { range: `bytes=${5 * MIB}-${5 * MIB + 9}` };
    (await viewer.get('/huge', { headers })).expect({ status: 206, headers: { etag: '"2"' } });
  },
);

for (const [than, octets] of [
  ['fewer', 50],
  ['more', 150],
] as const) {
  scenario(
    `a part that claims to be everything and has ${than} octets is not kept`,
    ORIGIN_DECIDES_OPTIONS,
    async ({ origin, viewer, settled }) => {
      origin.on('/page', (tx) => {
        const fields = { 'cache-control': 'max-age=60', etag: '"1"', 'transfer-encoding': 'chunked' };
        if (tx.headers['range'] === undefined) return tx.respond(200, fields, Buffer.alloc(100, 'x'));
        tx.respond(206, { ...fields, 'content-range': 'bytes 0-99/100' }, Buffer.alloc(octets, 'x'));
      });
      await viewer.get('/page', { headers: { range: 'bytes=0-9' } }).catch(() => 'broken off');
      await settled();
      (await viewer.get('/page')).expectMiss().expect({ status: 200, body: 'x'.repeat(100) });
    },
  );
}
