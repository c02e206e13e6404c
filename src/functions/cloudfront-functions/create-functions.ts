/**
 * CloudFront Functions behind the edge's port: one instance for each function, made before the snapshot that names it is acknowledged, and
 * made anew when a run has broken it. What an instance is: instance.ts.
 */
import type { FunctionEvent } from '../../core/viewer-request/function-event.ts';
import type { FunctionRun } from '../../core/viewer-request/function-run.ts';
import type { Clock, EdgeFunctions, KeyValueReaders } from '../../edge/ports.ts';
import type { EdgeFunction } from '../../model/edge-function.ts';
import type { Duration } from '../../model/units.ts';
import { createInstance, type FailureReason, type Instance } from './instance.ts';
import { FUNCTION_TIME, HIGH_UTILIZATION } from './limits.ts';
import { packEvent, TOO_LARGE, unpackAnswer } from './pack-event.ts';
import type { EdgeLocation } from './realm-source.ts';
import { createThrottles, type Throttle } from './throttle.ts';

export interface FunctionsOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly edgeLocation: EdgeLocation;
  readonly keyValues: KeyValueReaders;
}

interface Ready {
  instance: Instance | Promise<Instance>;
  readonly throttle: Throttle;
  /** The last run was slow: of the next one, the time of the processor is told apart from the time for which this thread stood still. */
  isWatched: boolean;
}

export function createFunctions({ clock, edgeLocation, keyValues }: FunctionsOptions): EdgeFunctions {
  /** The same code of the same function, whichever snapshot it came with. */
  const byEdition = new Map<string, Ready>();
  const byCode = new Map<EdgeFunction, Ready>();
  const newThrottle = createThrottles();

  function instanceOf(code: EdgeFunction): Promise<Instance> {
    const { keyValueStore } = code;
    const reader = keyValueStore === undefined ? undefined : () => keyValues.find(keyValueStore);
    return createInstance({ ...code, edgeLocation, keyValues: reader });
  }

  function isReady(code: EdgeFunction): boolean {
    const known = byEdition.get(editionOf(code));
    if (known !== undefined) byCode.set(code, known);
    return known !== undefined;
  }

  async function makeReady(codes: readonly EdgeFunction[]): Promise<void> {
    for (const code of codes) {
      const made: Ready = { instance: await instanceOf(code), throttle: newThrottle(), isWatched: false };
      byEdition.set(editionOf(code), made);
      byCode.set(code, made);
      // Requests go before the next one.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  function runReady(code: EdgeFunction, ready: Ready, instance: Instance, event: FunctionEvent): FunctionRun {
    const now = clock.now();
    if (ready.throttle.isThrottled(now)) return THROTTLED;
    const begun = ready.isWatched ? threadTime() : undefined;
    const { ending, logs, elapsed, keyValues: reads } = instance.call(packEvent(event));
    const computeUtilization = Math.min(100, Math.round((elapsed / FUNCTION_TIME) * 100));
    ready.isWatched = computeUtilization >= HIGH_UTILIZATION;
    const worked = ready.isWatched && begun !== undefined ? threadTime() - begun : undefined;
    const hasOverrun = ending.kind === 'failed' ? OVERRUNS.has(ending.reason) : ending.text === TOO_LARGE;
    if (hasOverrun || (worked !== undefined && worked >= SLOW))
      ready.throttle.overran(now, worked ?? Math.min(elapsed, MOST_UNMEASURED));
    if (ending.kind === 'returned') {
      const answerSize = ending.text.length;
      return { ending: unpackAnswer(ending.text, event.eventType), logs, computeUtilization, answerSize, keyValues: reads };
    }
    if (ending.reason === 'broken') replace(code);
    return { ending, logs, computeUtilization, answerSize: ending.message.length, keyValues: reads };
  }

  /** An instance that its function has broken is of no use any more; the next run waits for another. */
  function replace(code: EdgeFunction): void {
    const broken = byCode.get(code);
    if (broken !== undefined) broken.instance = instanceOf(code).then((made) => (broken.instance = made));
  }

  return {
    load(functions) {
      const missing = functions.filter((code) => !isReady(code));
      return missing.length === 0 ? undefined : makeReady(missing);
    },
    retain(functions) {
      const kept = new Set(functions);
      const editions = new Set(functions.map(editionOf));
      for (const code of byCode.keys()) if (!kept.has(code)) byCode.delete(code);
      for (const edition of byEdition.keys()) if (!editions.has(edition)) byEdition.delete(edition);
    },
    run(code, event) {
      const found = byCode.get(code);
      if (found === undefined) throw new Error(`the function ${code.name} has not been loaded`);
      const { instance } = found;
      if (instance instanceof Promise) return instance.then((made) => runReady(code, found, made, event));
      return runReady(code, found, instance, event);
    },
  };
}

const OVERRUNS: ReadonlySet<FailureReason> = new Set(['time', 'memory', 'broken']);
/** Ours: what the engine lets a call work; whatever came on top of that, the process may have been held up. The next run is measured. */
const MOST_UNMEASURED: Duration = 2 * FUNCTION_TIME;
const SLOW: Duration = (FUNCTION_TIME * HIGH_UTILIZATION) / 100;

/** For which this thread has worked. */
function threadTime(): Duration {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const THROTTLED: FunctionRun = { ending: { kind: 'throttled' }, logs: [], computeUtilization: 0, answerSize: 0 };

function editionOf({ arn, etag }: EdgeFunction): string {
  return `${arn} ${etag}`;
}
