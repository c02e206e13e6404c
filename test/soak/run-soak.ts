/**
 * `npm run test:soak -- --minutes 15`: the real program under everything at once. Viewers over HTTP/1.1, TLS, HTTP/2 and HTTP/3, some of
 * whom leave early; garbage and stalled connections; meanwhile reloads, killed workers, new certificates, changed configurations
 * and invalidations. Ends by itself; fails on a 5xx (the origin sends none), a wrong octet, growing memory or descriptors left behind.
 */
import { parseArgs } from 'node:util';
import { startOrigin } from './origin.ts';
import { startDisturbances } from './disturbances.ts';
import { startViewers, type Tally } from './viewers.ts';
import { childrenOf, watchProcesses } from './watch-processes.ts';
import { removeData, startWarmfront } from '../clients/running-warmfront.ts';
import { cloudFrontOf, createSite, requestCertificate } from '../process/site.ts';
import { serverPid } from '../process/process-facts.ts';

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    viewers: { type: 'string', default: '24' },
    workers: { type: 'string', default: '2' },
  },
});
const duration = Number(flags.minutes) * 60_000;
/** What a run may add to the memory of the program between its second and its last third, in all. */
const GROWTH = 1.3;
/** Descriptors that a quiet program may have more than at the start: kept connections to the origin. */
const DESCRIPTORS_KEPT = 64;

const origin = startOrigin();
const warmfront = await startWarmfront({ flags: ['--memory', '64MB', '--disk', '256MB', '--workers', flags.workers] });
const faults: string[] = [];
try {
  const client = cloudFrontOf(warmfront);
  const alias = 'soak.example.test';
  const certificateArn = await requestCertificate(warmfront, [alias]);
  const site = await createSite(client, {
    originPort: origin.port,
    aliases: [alias],
    certificateArn,
    httpVersion: 'http2and3',
  });
  const target = { ...warmfront, host: site.domainName, alias };
  const root = serverPid(warmfront);
  const family = childrenOf(root).length;
  const processes = watchProcesses(root);
  const quiet = processes.descriptors();
  const openBefore = processes.openOn();

  const viewers = startViewers(target, Number(flags.viewers));
  const disturbances = startDisturbances({ warmfront, client, site, certificateArn, target });
  await Bun.sleep(duration);
  await disturbances.stop();
  const tally = await viewers.stop();
  // Workers that were on their way out end within their drain; kept connections to the origin are let go; what then remains, remains.
  for (const until = Date.now() + 45_000; childrenOf(root).length > family && Date.now() < until;) await Bun.sleep(100);
  // The clients' own: the API keeps idle connections longer than this run waits.
  client.destroy();
  await Bun.sleep(8000);
  const openAfter = processes.openOn();
  faults.push(...judge(tally, processes.stop(), processes.descriptors() - quiet));
  report(tally, disturbances.counts(), processes.summary());
  console.log(`open before: ${openBefore}\nopen after: ${openAfter}`);
} finally {
  const code = await warmfront.stop();
  if (code !== 0) faults.push(`the program ended with ${code}`);
  const mistakes = warmfront
    .output()
    .split(/^(?=warmfront: )/m)
    .filter((message) => message.startsWith('warmfront: error: '));
  if (mistakes.length > 0) faults.push(`the program reported ${mistakes.length} mistakes:\n${mistakes.join('').slice(0, 8000)}`);
  removeData(warmfront);
  origin.stop();
}
for (const fault of faults) console.error(`soak: ${fault}`);
console.log(`${faults.length === 0 ? 1 : 0} passed, ${faults.length} failed`);
process.exit(faults.length === 0 ? 0 : 1);

function judge(tally: Tally, memory: readonly number[], left: number): readonly string[] {
  const found: string[] = [];
  const failed = Object.entries(tally.statuses).filter(([status]) => Number(status) >= 500);
  if (failed.length > 0) found.push(`statuses that no origin sent: ${JSON.stringify(Object.fromEntries(failed))}`);
  if (tally.wrong.length > 0) found.push(`${tally.wrong.length} wrong answers, such as: ${tally.wrong.slice(0, 3).join('; ')}`);
  if (tally.answered < 100) found.push(`only ${tally.answered} requests were answered: nothing has been tried`);
  const third = Math.floor(memory.length / 3);
  const [before, after] = [median(memory.slice(third, 2 * third)), median(memory.slice(-third))];
  if (third > 0 && after > before * GROWTH) found.push(`memory grew from ${mib(before)} to ${mib(after)} MiB`);
  if (left > DESCRIPTORS_KEPT) found.push(`${left} descriptors more than before the load`);
  return found;
}

function report(tally: Tally, done: Readonly<Record<string, number>>, processes: string): void {
  console.log(`answered ${tally.answered}: ${JSON.stringify(tally.statuses)}`);
  console.log(`left early ${tally.left}, connections lost ${tally.lost} (killed workers): ${JSON.stringify(tally.byProtocol)}`);
  console.log(`meanwhile: ${JSON.stringify(done)}`);
  console.log(processes);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function mib(octets: number): number {
  return Math.round(octets / 1024 / 1024);
}
