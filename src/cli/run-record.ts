/**
 * `<data>/run.json`: how the other commands find a running Warmfront, and with which ports the last one ran. Written by `up` when
 * everything listens, readable by its owner only, replaced whole. It stays after the end: `pid` tells whether it still runs.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './usage-error.ts';
import { sentence } from '../model/sentence.ts';
import { errorCode } from '../model/error-code.ts';

export interface RunRecord {
  readonly pid: number;
  readonly version: string;
  /** `http://127.0.0.1:4566`, without a trailing slash. */
  readonly apiUrl: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly apiPort: number;
  /** Absent from the records of earlier versions. */
  readonly dnsPort?: number;
}

const FILE = 'run.json';

export function writeRunRecord(data: string, record: RunRecord): void {
  const path = join(data, FILE);
  const next = `${path}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, path);
}

/** The record of the last start with this data directory, or undefined when there was none. */
export function readRunRecord(data: string): RunRecord | undefined {
  const path = join(data, FILE);
  const value = readJson(path);
  if (value === undefined) return undefined;
  if (!isRunRecord(value)) throw new UsageError(`${path} is damaged; start Warmfront again to replace it`, 1);
  return value;
}

/** Does the process that wrote the record still live? */
export function isRunning(record: RunRecord): boolean {
  try {
    return process.kill(record.pid, 0);
  } catch (error) {
    // Somebody else's process lives, though we may not signal it.
    return errorCode(error) === 'EPERM';
  }
}

/** The host of a URL that reaches a listener bound to `host` from this machine: `0.0.0.0` -> `127.0.0.1`, `::` -> `[::1]`. */
export function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** Undefined when there is no such file. */
export function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new UsageError(`cannot read ${path}: ${sentence(error)}`, 1);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is not JSON; move it away and start Warmfront again`, 1);
  }
}

function isRunRecord(value: unknown): value is RunRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, version, apiUrl, httpPort, httpsPort, apiPort } = value as Record<string, unknown>;
  const numbers = [pid, httpPort, httpsPort, apiPort];
  return typeof version === 'string' && typeof apiUrl === 'string' && numbers.every((number) => Number.isInteger(number));
}
