/**
 * The figures as a page: ratios first, since they hold on other machines; then what was measured here, with the spread of the rounds. The
 * same page is printed and, with `--write`, becomes docs/benchmarks.md.
 */
import type { Case } from './cases.ts';
import { medianOf, WARM_UP_REQUESTS, WARM_UP_SECONDS, type CaseResult, type Round } from './measures/measure-cases.ts';
import type { LatencyResult } from './measures/measure-latency.ts';
import { inMegabytes, type MemoryResult } from './measures/measure-memory.ts';
import type { WafResult } from './measures/measure-waf.ts';
import { HAS_OWN_CORES, type WorkersResult } from './measures/measure-workers.ts';
import type { BenchServer } from './servers/server.ts';

export interface Report {
  readonly servers: readonly Pick<BenchServer, 'name' | 'lacks' | 'urls'>[];
  readonly machine: readonly string[];
  readonly seconds: number;
  readonly rounds: number;
  readonly cases: readonly CaseResult[];
  readonly latency: readonly LatencyResult[];
  readonly memory: readonly MemoryResult[];
  readonly workers: readonly WorkersResult[];
  readonly waf: readonly WafResult[];
}

const REFERENCE = 'nginx';
const MEGABYTE = 1024 * 1024;

export function pageOf(report: Report): string {
  const sections = [ratios(report), absolutes(report), latencies(report), memories(report), scaling(report), webAcls(report)];
  const lines = [...head(report), ...sections.filter((section) => section.length > 0).flatMap((section) => ['', ...section])];
  return `${lines.join('\n')}\n`;
}

function head({ machine, seconds, rounds }: Report): readonly string[] {
  return [
    '<!-- Written by: npm run bench -- --write -->',
    '# Benchmarks',
    '',
    'Warmfront beside nginx, Varnish and HAProxy of Debian, in one run of `npm run bench`: each server with one worker on one core, load from another,',
    'in turns; the same origin, kept connections that repeat one request, an access log written by all. A request costs the CPU time of the server and of all its',
    `processes. Before each case every server is warmed alike, by ${thousands(WARM_UP_REQUESTS)} requests or for ${WARM_UP_SECONDS} seconds. Then there are ${rounds} rounds of`,
    `${seconds} seconds, in which all take their turn, every second time the other way round. Shares are the medians of each round's share, so that what`,
    'disturbs the machine for a while weighs little; the rest are medians. Every answer is checked, and that hits never reach the origin.',
    '',
    ...machine.map((line) => `- ${line}`),
  ];
}

function ratios({ servers, cases }: Report): readonly string[] {
  const rows = casesOf(cases).map((it) => {
    const reference = resultOf(cases, it, REFERENCE);
    return [it.title, ...servers.map(({ name }) => share(resultOf(cases, it, name), reference))];
  });
  if (rows.length === 0) return [];
  return [
    '## CPU time for each request, as a share of nginx',
    '',
    'Less is better; where nginx does not speak the protocol, or lacks what is measured, there is no ratio.',
    '',
    ...table(['', ...servers.map(({ name }) => name)], rows),
  ];
}

function absolutes({ servers, cases }: Report): readonly string[] {
  const rows = casesOf(cases).map((it) => [
    it.title,
    ...servers.map((server) => absolute(resultOf(cases, it, server.name), server)),
  ]);
  if (rows.length === 0) return [];
  const reasons = servers.flatMap(({ name, lacks }) => Object.values(lacks).map((why) => `${name}: ${why}`));
  return [
    '## CPU time and rate',
    '',
    'Microseconds for each request (± half of the spread between rounds) and requests a second; for 10 MB, CPU seconds for each GB and MB a second.',
    `The HTTP/3 client costs more than a server, so its rate is the client's. Empty: ${['the server does not speak the protocol', ...reasons].join('; ')}.`,
    '',
    ...table(['', ...servers.map(({ name }) => name)], rows),
  ];
}

function absolute(result: CaseResult | undefined, server: Pick<BenchServer, 'name'>): string {
  if (result === undefined || server.name !== result.server) return '';
  const cpu = result.rounds.map((round) => round.microsecondsPerRequest);
  const rate = medianOf(result.rounds.map((round) => round.requestsPerSecond));
  const { length } = result.case.expected;
  if (length < MEGABYTE) return `${medianOf(cpu).toFixed(1)} ± ${spread(result.rounds).toFixed(1)} us, ${thousands(rate)}/s`;
  const secondsPerGigabyte = (medianOf(cpu) / 1e6) * ((1024 * MEGABYTE) / length);
  return `${secondsPerGigabyte.toFixed(2)} s/GB, ${thousands((rate * length) / MEGABYTE)} MB/s`;
}

function spread(rounds: readonly Round[]): number {
  const cpu = rounds.map((round) => round.microsecondsPerRequest);
  return (Math.max(...cpu) - Math.min(...cpu)) / 2;
}

function latencies({ latency }: Report): readonly string[] {
  if (latency.length === 0) return [];
  return [
    '## How long answers take at half load',
    '',
    'All at the same steady rate, half of what the slowest managed. Milliseconds.',
    '',
    ...table(
      ['', 'rate', 'server', 'p50', 'p99'],
      latency.map((it) => [it.title, `${thousands(it.requestsPerSecond)}/s`, it.server, it.p50.toFixed(2), it.p99.toFixed(2)]),
    ),
  ];
}

function webAcls({ waf }: Report): readonly string[] {
  if (waf.length === 0) return [];
  return [
    '## What a web ACL adds',
    '',
    'Microseconds of CPU time for the evaluation of a request that no rule refuses: a browser’s GET, and a POST of a form of 2 KB. None without a web ACL.',
    '',
    ...table(
      ['', 'GET', 'POST'],
      waf.map(({ title, get, post }) => [title, get.toFixed(1), post.toFixed(1)]),
    ),
  ];
}

function memories({ memory }: Report): readonly string[] {
  if (memory.length === 0) return [];
  return [
    '## Memory',
    '',
    'What the processes of a server hold after their start, and for 100,000 more objects of 1 KB. nginx keeps bodies in files, which the kernel',
    'has in memory: they are not counted. HAProxy takes its whole cache, 1 GB, at the start. Warmfront keeps bodies in memory and in files.',
    '',
    ...table(
      ['', 'at rest', 'per 100,000 objects'],
      memory.map(({ server, atRest, perHundredThousand }) => [server, inMegabytes(atRest), inMegabytes(perHundredThousand)]),
    ),
  ];
}

function scaling({ workers }: Report): readonly string[] {
  if (workers.length === 0) return [];
  return [
    '## From one worker to two',
    '',
    HAS_OWN_CORES
      ? '1 KB hits over HTTP/1.1; servers on two cores, load on two others.'
      : '1 KB hits over HTTP/1.1. This machine has two cores, which servers and load share: the rates are not those of a server with two cores of its own.',
    '',
    ...table(
      ['', 'workers', 'us for each request', 'requests/s'],
      workers.map((it) => [it.server, `${it.workers}`, it.microsecondsPerRequest.toFixed(1), thousands(it.requestsPerSecond)]),
    ),
  ];
}

function casesOf(results: readonly CaseResult[]): readonly Case[] {
  return [...new Set(results.map((result) => result.case))];
}

function resultOf(results: readonly CaseResult[], it: Case, server: string): CaseResult | undefined {
  return results.find((result) => result.case === it && result.server === server);
}

/** Of the shares in each round the median: what disturbs a round disturbs both. */
function share(result: CaseResult | undefined, reference: CaseResult | undefined): string {
  if (result === undefined || reference === undefined) return '';
  const shares = result.rounds.map(
    ({ microsecondsPerRequest }, round) =>
      microsecondsPerRequest / (reference.rounds[round]?.microsecondsPerRequest ?? Number.NaN),
  );
  return medianOf(shares).toFixed(2);
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), `|${heads.map((_, index) => (index === 0 ? '---|' : '--:|')).join('')}`, ...rows.map(line)];
}
