/**
 * The runtimes of functions for the command line: without a server, and on the clock of this machine; what was recorded runs on
 * the clock of then.
 */
import { systemClock } from '../adapters/clock/system-clock.ts';
import type { FunctionBench, TestedFunction } from '../cli/functions/function-bench.ts';
import { UsageError } from '../cli/usage-error.ts';
import { AdminRefusal } from '../control/admin/admin-refusal.ts';
import { explainRequest, readHeader } from '../control/admin/explain-request.ts';
import type { KeyValueReader } from '../edge/ports.ts';
import { eventTemplate } from '../functions/cloudfront-functions/event-template.ts';
import { EventFault } from '../functions/cloudfront-functions/read-event.ts';
import { replayFunction, testFunction, type FunctionUnderTest } from '../functions/cloudfront-functions/test-function.ts';
import { traceFunction } from '../insight/functions/trace-function.ts';
import { edgeLocationOf } from './edge-location.ts';

const edgeLocation = edgeLocationOf({ pops: [], host: '127.0.0.1' });

export const functionBench: FunctionBench = {
  async test(tested, { text, from }) {
    try {
      return await testFunction(underTest(tested), text, systemClock.now());
    } catch (error) {
      if (error instanceof EventFault) throw new UsageError(`${from}: ${error.message}`);
      throw error;
    }
  },
  template(eventType, { url, method, headers, from }) {
    try {
      return eventTemplate(eventType, explainRequest({ url, method, headers: headers.map(readHeader), from }));
    } catch (error) {
      if (error instanceof AdminRefusal) throw new UsageError(error.message);
      throw error;
    }
  },
  async replay(tested, runs) {
    const events = runs.map(({ trace, at, rawQueryString, keyValueStore: storeId }) => {
      const pairs = (trace.keyValues ?? []).flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const]));
      const keyValues = storeId === undefined ? undefined : readerOf({ storeId, pairs });
      return { event: trace.event, now: at, rawQueryString, keyValues };
    });
    return (await replayFunction(underTest(tested), events)).map(traceFunction);
  },
  // Whoever runs no Lambda function need not read what runs them.
  runLambda: async (path, event, handler) => (await import('./lambda-bench.ts')).runLambdaOnce(path, event, handler),
  replayLambda: async (path, runs) => (await import('./lambda-bench.ts')).replayLambda(path, runs),
};

function underTest({ keyValues, ...tested }: TestedFunction): FunctionUnderTest {
  return { ...tested, edgeLocation, keyValues: keyValues && readerOf(keyValues) };
}

function readerOf({ storeId, pairs }: NonNullable<TestedFunction['keyValues']>): KeyValueReader {
  const values = new Map(pairs);
  const now = systemClock.now();
  return { storeId, created: now, modified: now, count: values.size, get: (key) => values.get(key) };
}
