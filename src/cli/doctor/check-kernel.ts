/**
 * Settings of the Linux kernel that bound a busy edge. Nothing here keeps Warmfront from serving; what is too small shows under load.
 */
import { readFileSync } from 'node:fs';
import { ok, warning, type Finding } from './finding.ts';

interface Limit {
  readonly name: string;
  readonly least: number;
  readonly why: string;
}

/** Ours, and common advice: QUIC libraries ask for buffers of 2.5 MB; Linux itself has had 4096 for somaxconn since 5.4. */
export const LIMITS: readonly Limit[] = [
  { name: 'net.core.somaxconn', least: 1024, why: 'bursts of new connections are refused' },
  { name: 'net.ipv4.tcp_max_syn_backlog', least: 1024, why: 'bursts of new connections are refused' },
  { name: 'net.ipv4.tcp_migrate_req', least: 1, why: 'a reload under load may reset a few connections' },
  { name: 'net.core.rmem_max', least: 2_500_000, why: 'HTTP/3 loses packets under load' },
  { name: 'net.core.wmem_max', least: 2_500_000, why: 'HTTP/3 loses packets under load' },
];

export function checkKernel(): readonly Finding[] {
  if (process.platform !== 'linux') return [];
  const values = LIMITS.map(({ name }) => valueOf(name));
  return judgeKernel(values);
}

/** `values` in the order of LIMITS; what cannot be read is left out. */
export function judgeKernel(values: readonly (number | undefined)[]): readonly Finding[] {
  const small = LIMITS.filter(({ least }, index) => (values[index] ?? Infinity) < least);
  if (small.length === 0) return [ok('kernel settings', LIMITS.map(({ name }) => name).join(', '))];
  return small.map(({ name, least, why }) =>
    warning(
      name,
      `${values[LIMITS.findIndex((limit) => limit.name === name)]}: ${why}`,
      `for a busy server: sysctl -w ${name}=${least}`,
    ),
  );
}

function valueOf(name: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8'));
  } catch {
    return undefined;
  }
}
