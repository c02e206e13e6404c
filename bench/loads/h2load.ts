/**
 * HTTP/2 by h2load from Debian: one thread, ten streams at once on each connection. It also makes paced load, over HTTP/2 and HTTP/1.1, and
 * tells how long each answer took.
 */
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output } from '../processes.ts';
import { judgeTraffic, PATIENCE, type LoadOrder, type LoadResult } from './load.ts';

const STREAMS = 10;

export async function runH2load(order: LoadOrder): Promise<LoadResult> {
  const said = await output(commandOf(order, ['-m', String(STREAMS)]), order.seconds + PATIENCE);
  const requests = judge(order, said);
  return { requests, requestsPerSecond: requests / order.seconds };
}

export interface Latencies {
  readonly requests: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Asks at a steady rate, whatever the answers take. */
export async function runPaced(order: LoadOrder, requestsPerSecond: number): Promise<Latencies> {
  const log = join(tmpdir(), `warmfront-bench-${crypto.randomUUID()}.tsv`);
  const { connections, protocol } = order.case;
  const pace = ['--rps', (requestsPerSecond / connections).toFixed(2), '--log-file', log];
  try {
    const said = await output(
      commandOf(order, [...pace, ...(protocol === 'h2' ? ['-m', String(STREAMS)] : ['--h1'])]),
      order.seconds + PATIENCE,
    );
    const requests = judge(order, said);
    const times = readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => Number(line.split('\t')[2]) / 1000)
      .toSorted((a, b) => a - b);
    const percentile = (share: number): number =>
      times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
    return { requests, p50: percentile(0.5), p99: percentile(0.99) };
  } finally {
    rmSync(log, { force: true });
  }
}

function commandOf({ case: { connections, headers, path }, cores, seconds, host, base }: LoadOrder, more: readonly string[]) {
  const fields = [`:authority: ${host}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].flatMap(
    (line) => ['-H', line],
  );
  const time = [`-D${seconds}`, '--warm-up-time=0'];
  return ['taskset', '-c', cores, 'h2load', '-t1', `-c${connections}`, ...time, ...more, ...fields, `${base}${path}`];
}

/** How many were answered, all of them rightly. */
function judge(order: LoadOrder, said: string): number {
  const { base } = order;
  const { connections, expected } = order.case;
  const [, succeeded, failed, errored] = /requests: .* (\d+) succeeded, (\d+) failed, (\d+) errored/.exec(said) ?? [];
  const good = /status codes: (\d+) 2xx, (\d+) 3xx, 0 4xx, 0 5xx/.exec(said);
  // Statuses are counted when heads come in, answers when they are whole.
  const heads = Number(good?.[expected.status === 304 ? 2 : 1] ?? 0);
  const answered = Number(succeeded);
  // What was under way when the time was over counts as failed.
  const underWay = connections * STREAMS;
  if (!(answered > 0) || Number(failed) > underWay || Number(errored) > underWay || answered > heads) {
    throw new Error(`${base}: the load failed\n${said}`);
  }
  judgeTraffic(Number(/\((\d+)\) data/.exec(said)?.[1]), answered, underWay, order);
  return answered;
}
