import { Database } from 'bun:sqlite';
import { afterEach, describe, expect, test } from 'bun:test';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openState } from './open-state.ts';
import { StateError } from './state-error.ts';

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'warmfront-state-'));
  folders.push(made);
  return made;
}
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

const change = (now: number) => ({ now, who: 'tester' });

function failure(run: () => unknown): StateError {
  try {
    run();
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('resources', () => {
  test('every revision is kept, and everything is there after a reopening', () => {
    const path = join(folder(), 'state.db');
    const first = openState({ path });
    const policies = first.collection<{ ttl: number }>('policy');
    const one = policies.insert({ id: 'p1', name: 'fast', etag: 'E1', document: { ttl: 1 } }, change(10));
    const two = policies.update(one, { etag: 'E2', document: { ttl: 2 } }, change(20));
    const three = policies.update(two, { etag: 'E2', document: { ttl: 3 } }, change(30));
    expect(three).toMatchObject({ revision: 3, etag: 'E2', created: 10, modified: 20, deployed: 0 });
    policies.markDeployed('p1', 3);
    policies.markDeployed('p1', 2);
    first.close();

    const again = openState({ path });
    const reread = again.collection<{ ttl: number }>('policy');
    expect(reread.get('p1')).toEqual({ ...three, deployed: 3 });
    expect(reread.history('p1').map(({ revision, etag, document }) => [revision, etag, document?.ttl])).toEqual([
      [1, 'E1', 1],
      [2, 'E2', 2],
      [3, 'E2', 3],
    ]);
    expect([reread.knowsEtag('p1', 'E1'), reread.knowsEtag('p1', 'E3'), reread.knowsEtag('p2', 'E1')]).toEqual([
      true,
      false,
      false,
    ]);
    again.close();
  });

  test('a name is free again when its holder is gone; the history stays', () => {
    const state = openState({ path: ':memory:' });
    const policies = state.collection<object>('policy');
    policies.remove(policies.insert({ id: 'p1', name: 'fast', etag: 'E1', document: {} }, change(1)), change(2));
    expect([policies.get('p1'), policies.named('fast'), policies.count()]).toEqual([undefined, undefined, 0]);
    expect(policies.insert({ id: 'p2', name: 'fast', etag: 'E2', document: {} }, change(3)).revision).toBe(1);
    expect(policies.history('p1').at(-1)).toMatchObject({ revision: 2, document: undefined, made: 2 });
  });

  test('a transaction that throws leaves nothing behind', () => {
    const state = openState({ path: ':memory:' });
    const policies = state.collection<object>('policy');
    const work = () =>
      state.transaction(() => {
        state.nextSnapshotVersion();
        policies.insert({ id: 'p1', name: 'fast', etag: 'E1', document: {} }, change(1));
        throw new RangeError('changed my mind');
      });
    expect(work).toThrow(RangeError);
    expect([policies.count(), policies.history('p1').length, state.snapshotVersion()]).toEqual([0, 0, 0]);
  });
});

describe('invalidations', () => {
  const asked = (id: string, paths: readonly string[]) => ({ distributionId: 'D', id, callerReference: id, paths, created: 1 });

  test('a soft ban stays soft, and takes the place of no hard one', () => {
    const { invalidations } = openState({ path: ':memory:' });
    invalidations.insert(asked('I1', ['/a']));
    const { ban } = invalidations.insert({ ...asked('I2', ['/a']), soft: true });
    expect([ban.soft, invalidations.bansAfter(1)]).toEqual([true, [ban]]);
    for (const sequence of [1, 2]) invalidations.complete(sequence, 5);
    expect(invalidations.compact()).toBe(0);
    invalidations.insert(asked('I3', ['/a']));
    expect(invalidations.compact()).toBe(2);
  });

  test('bans are numbered without gaps, also after a refused one and after compaction', () => {
    const state = openState({ path: ':memory:' });
    const { invalidations } = state;
    expect(invalidations.insert(asked('I1', ['/*'])).ban.sequence).toBe(1);
    expect(() =>
      state.transaction(() => {
        invalidations.insert(asked('I2', ['/*']));
        throw new RangeError('no');
      }),
    ).toThrow(RangeError);
    expect(invalidations.insert(asked('I2', ['/*'])).ban.sequence).toBe(2);
    expect(invalidations.insert(asked('I3', ['/a'])).ban.sequence).toBe(3);
    expect(invalidations.compact()).toBe(0);
    invalidations.complete(1, 5);
    expect(invalidations.compact()).toBe(1);
    expect(invalidations.bansAfter(0).map(({ sequence }) => sequence)).toEqual([2, 3]);
    expect(invalidations.pendingBans().map(({ sequence }) => sequence)).toEqual([2, 3]);
    expect(invalidations.insert(asked('I4', ['/b'])).ban.sequence).toBe(4);
    expect(invalidations.get('D', 'I1')?.completed).toBe(5);
  });
});

describe('what goes wrong is said with the file, the reason and what to do', () => {
  test('not a state file', () => {
    const path = join(folder(), 'state.db');
    writeFileSync(path, 'not a database at all, whatever its name says'.repeat(100));
    const error = failure(() => openState({ path }));
    expect([error.code, error.path]).toEqual(['corrupt', path]);
    expect(error.message).toContain(path);
  });

  test('no such directory', () => {
    const path = join(folder(), 'missing', 'state.db');
    expect(failure(() => openState({ path }))).toMatchObject({ code: 'unreadable', path });
  });

  test.skipIf(process.getuid?.() === 0)('a directory that may not be written', () => {
    const made = folder();
    chmodSync(made, 0o500);
    expect(failure(() => openState({ path: join(made, 'state.db') })).code).toBe('unreadable');
  });

  test('in use by another', () => {
    const path = join(folder(), 'state.db');
    const first = openState({ path });
    expect(failure(() => openState({ path })).code).toBe('in-use');
    first.close();
  });

  test('written by a newer release', () => {
    const path = join(folder(), 'state.db');
    openState({ path }).close();
    const db = new Database(path);
    db.run('PRAGMA user_version = 999');
    db.close();
    expect(failure(() => openState({ path }))).toMatchObject({ code: 'newer-schema', path });
  });

  test('a full disk refuses the change whole and keeps what was there', () => {
    const path = join(folder(), 'state.db');
    const state = openState({ path, limit: 128 * 1024 });
    const policies = state.collection<{ text: string }>('policy');
    const kept = policies.insert({ id: 'p1', name: 'small', etag: 'E1', document: { text: 'x' } }, change(1));
    const big = () => policies.update(kept, { etag: 'E2', document: { text: 'x'.repeat(200_000) } }, change(2));
    expect(failure(big)).toMatchObject({ code: 'disk-full', path });
    expect(policies.get('p1')).toEqual(kept);
    expect(policies.history('p1')).toHaveLength(1);
    expect(policies.update(kept, { etag: 'E2', document: { text: 'y' } }, change(3)).revision).toBe(2);
    state.close();
  });
});

test('kill -9 loses no acknowledged revision', async () => {
  const path = join(folder(), 'state.db');
  const writer = Bun.spawn([process.execPath, join(import.meta.dir, '../../../test/processes/write-revisions.ts'), path], {
    stdout: 'pipe',
  });
  let output = '';
  const decoder = new TextDecoder();
  for await (const chunk of writer.stdout) {
    output += decoder.decode(chunk, { stream: true });
    if (output.split('\n').length > 20) writer.kill('SIGKILL');
  }
  await writer.exited;
  const acknowledged = Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1));
  expect(acknowledged).toBeGreaterThanOrEqual(20);

  const state = openState({ path });
  const counters = state.collection<{ count: number }>('counter');
  const history = counters.history('c');
  expect(history.length).toBeGreaterThanOrEqual(acknowledged);
  expect(history.map(({ revision, document }) => [revision, document?.count])).toEqual(
    history.map((_, index) => [index + 1, index + 1]),
  );
  expect(counters.get('c')?.revision).toBe(history.length);
  expect(state.snapshotVersion()).toBe(history.length);
  state.close();
});
