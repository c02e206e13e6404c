/**
 * What this process uses: CPU, memory, descriptors, and how long its event loop was held up. Descriptors are read from /proc; where
 * there is none, their figures are absent.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricsReading, Sample } from '../../tables/metrics.ts';

/** Ours: how often the event loop is looked at, in milliseconds. */
const LAG_RESOLUTION = 50;

/** Starts watching the event loop; each reading tells of the time since the one before. */
export function watchProcess(): { read(): MetricsReading } {
  const delay = monitorEventLoopDelay({ resolution: LAG_RESOLUTION });
  delay.enable();
  const startedAt = Date.now() / 1000 - process.uptime();
  return {
    read() {
      const { user, system } = process.cpuUsage();
      // Nothing observed yet reads as no lag. The histogram counts in nanoseconds.
      const lag = delay.count === 0 ? 0 : delay.max / 1e9;
      delay.reset();
      return {
        warmfront_event_loop_lag_seconds: one(lag),
        warmfront_processes: one(1),
        process_cpu_seconds_total: one((user + system) / 1e6),
        process_resident_memory_bytes: one(process.memoryUsage.rss()),
        process_open_fds: optional(openDescriptors()),
        process_max_fds: optional(descriptorLimit()),
        process_start_time_seconds: one(startedAt),
      };
    },
  };
}

function one(value: number): readonly Sample[] {
  return [{ labels: [], value }];
}

function optional(value: number | undefined): readonly Sample[] {
  return value === undefined ? [] : one(value);
}

function openDescriptors(): number | undefined {
  try {
    // The descriptor that lists the others is among them.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return undefined;
  }
}

/** How many descriptors this process may have; undefined where the system does not say. */
export function descriptorLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
