/**
 * The configuration that requests are answered by: a snapshot is compiled whole, what it names is made ready, then it takes the place of
 * the one before between two requests. How snapshots come here: docs/architecture.md.
 */
import type { FloodGuard } from '../core/viewer-request/flood/flood-guard.ts';
import { compile, type CompiledSnapshot } from '../model/compile.ts';
import { keyValueStoresOf } from '../model/edge-function.ts';
import type { Instant } from '../model/units.ts';
import type { EdgePorts, EdgeSubscriber } from './ports.ts';
import type { TrustedKeys } from './trusted-keys.ts';
import type { WafStep } from './waf/waf-step.ts';

export interface SnapshotInForce {
  /** Version 0, without any distribution, before the first. */
  readonly snapshot: CompiledSnapshot;
  /** Undefined before the first. */
  readonly appliedAt: Instant | undefined;
  readonly take: EdgeSubscriber['snapshot'];
}

export interface SnapshotPorts extends Pick<
  EdgePorts,
  'clock' | 'functions' | 'lambdas' | 'keyValues' | 'cacheSemantics' | 'guard' | 'floods'
> {}

interface Followers {
  readonly waf: Pick<WafStep, 'prepare'>;
  readonly floodGuard: Pick<FloodGuard, 'retain'>;
  readonly trustedKeys: Pick<TrustedKeys, 'hold'>;
}

export function createSnapshotInForce(ports: SnapshotPorts, { waf, floodGuard, trustedKeys }: Followers): SnapshotInForce {
  let snapshot: CompiledSnapshot = compile({ version: 0, distributions: [] });
  let appliedAt: Instant | undefined;

  /** Functions, and the key value stores that they read; at once where everything is here. */
  function makeReady({ functions: named, lambdas: versions }: CompiledSnapshot): void | Promise<void> {
    const loading = ports.functions.load(named);
    const finding = ports.lambdas.load(versions);
    const arriving = ports.keyValues.arrived(keyValueStoresOf(named));
    const all = [loading, finding, arriving].filter((one) => one instanceof Promise);
    return all.length === 0 ? undefined : Promise.all(all).then(() => undefined);
  }

  function apply(compiled: CompiledSnapshot, adoptWebAcls: () => void): void {
    if (compiled.version <= snapshot.version) return;
    adoptWebAcls();
    trustedKeys.hold(compiled);
    snapshot = compiled;
    appliedAt = ports.clock.now();
    ports.functions.retain(compiled.functions);
    ports.keyValues.name(keyValueStoresOf(compiled.functions));
    floodGuard.retain((id) => compiled.byId.get(id)?.floods !== 'off');
    ports.lambdas.retain(compiled.lambdas);
  }

  return {
    get snapshot() {
      return snapshot;
    },
    get appliedAt() {
      return appliedAt;
    },
    take(message) {
      // Compiled first: a request sees the whole of one snapshot, and an older one never replaces a newer.
      const adoptWebAcls = waf.prepare(message);
      const compiled = compile(message, { semantics: ports.cacheSemantics, guard: ports.guard, floods: ports.floods });
      const ready = compiled.functions.length + compiled.lambdas.length === 0 ? undefined : makeReady(compiled);
      return ready instanceof Promise ? ready.then(() => apply(compiled, adoptWebAcls)) : apply(compiled, adoptWebAcls);
    },
  };
}
