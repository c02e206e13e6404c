/** A writer killed at any moment: what it acknowledged is there, every object is whole, and nothing else stays on disk. */
import { expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBucketStore } from './bucket-store.ts';

/** Replaces the same few keys for ever with bodies that name themselves, and says so after each. */
const WRITER = `
  import { openBucketStore } from ${JSON.stringify(join(import.meta.dir, 'bucket-store.ts'))};
  const store = openBucketStore(process.argv.at(-1));
  store.createBucket({ name: 'b', region: 'us-east-1', created: 1 });
  const attributes = { headers: {}, metadata: {}, storageClass: 'STANDARD', tags: [], grants: [] };
  async function* body(i) { for (let n = 0; n < 40; n++) yield Buffer.from(String(i).padStart(5000, '.')); }
  for (let i = 0; ; i++) {
    const staged = await store.stage(body(i), []);
    await store.commit(staged, { bucket: 'b', key: 'k' + (i % 3), modified: i, attributes, checksum: undefined, parts: [] });
    console.log(i);
  }
`;

test('kill -9 loses no acknowledged object and tears none', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'warmfront-kill-'));
  try {
    for (const killAfter of [1, 4, 9]) {
      const writer = Bun.spawn([process.execPath, '-e', WRITER, directory], { stdout: 'pipe', stderr: 'inherit' });
      let said = '';
      for await (const chunk of writer.stdout) {
        said += Buffer.from(chunk).toString();
        if (said.split('\n').length > killAfter) writer.kill('SIGKILL');
      }
      await writer.exited;
      const acknowledged = Number(said.trim().split('\n').at(-1));

      const store = openBucketStore(directory);
      const { listed } = store.list('b', { prefix: '', delimiter: '', after: '', limit: 10 });
      const objects = listed.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
      expect(store.object('b', `k${acknowledged % 3}`)?.modified).toBeGreaterThanOrEqual(acknowledged);
      for (const object of objects) {
        const bytes = Buffer.concat(await Array.fromAsync(store.readBody(object, 0, object.size - 1)));
        expect(createHash('md5').update(bytes).digest('hex')).toBe(object.etag);
        expect(bytes.toString()).toBe(String(object.modified).padStart(5000, '.').repeat(40));
      }
      const files = readdirSync(join(directory, 'bodies'), { recursive: true, withFileTypes: true }).filter((file) =>
        file.isFile(),
      );
      expect(files.map((file) => file.name).toSorted()).toEqual(objects.map((object) => object.file).toSorted());
      store.close();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
