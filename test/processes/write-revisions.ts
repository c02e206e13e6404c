/**
 * The process that src/control/state/open-state.test.ts kills: writes one revision after the other and prints the number of each that was
 * acknowledged. It ends only by being killed.
 */
import { writeSync } from 'node:fs';
import { openState } from '../../src/control/state/open-state.ts';

const state = openState({ path: process.argv[2]! });
const counters = state.collection<{ count: number }>('counter');
let current = state.transaction(() => {
  state.nextSnapshotVersion();
  return counters.insert({ id: 'c', name: 'c', etag: 'E1', document: { count: 1 } }, { now: 1, who: 'writer' });
});
for (;;) {
  writeSync(1, `${current.revision}\n`);
  const count = current.revision + 1;
  current = state.transaction(() => {
    state.nextSnapshotVersion();
    return counters.update(current, { etag: `E${count}`, document: { count } }, { now: count, who: 'writer' });
  });
}
