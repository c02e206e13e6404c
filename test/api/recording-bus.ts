/** A bus without edges that keeps the snapshots it is given, for control planes whose edges no test needs. */
import type { ControlBus } from '../../src/edge/ports.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

export function recordingBus(snapshots: Snapshot[]): ControlBus {
  return {
    attach() {},
    edges: () => [],
    publishSnapshot: async (snapshot) => void snapshots.push(snapshot),
    publishBan: async () => [],
    publishKeyValues: async () => {},
  };
}
