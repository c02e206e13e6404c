/**
 * The DNS of this machine: the names of its distributions, where its listeners are. What is said of a name: core/steering.
 */
import { serveDns, type DnsServer } from '../adapters/dns/serve-dns.ts';
import { listenFailure } from '../adapters/listen/listener.ts';
import type { ServerLog } from '../adapters/log/server-log.ts';
import type { Control } from '../control/start-control.ts';
import { answerName, type NameAnswer } from '../core/steering/answer-name.ts';
import { SETTINGS, type Settings } from '../tables/settings.ts';
import { machineAddresses } from './machine-addresses.ts';
import { errorCode } from '../model/error-code.ts';

export async function serveNames(
  { host, dnsPort, domainSuffix }: Pick<Settings, 'host' | 'dnsPort' | 'domainSuffix'>,
  { cloudFront }: Pick<Control, 'cloudFront'>,
  serverLog: ServerLog,
): Promise<DnsServer> {
  const addresses = listeningAddresses(host);
  const isServed = (name: string): boolean => name.includes('.') && cloudFront.findDistribution(name) !== undefined;
  const answer = (name: string): NameAnswer => answerName(name, { domainSuffix, isServed, addresses });
  const serve = (port: number): Promise<DnsServer> => serveDns({ hostname: host, port, answer, report: serverLog.error });
  try {
    return await serve(dnsPort);
  } catch (error) {
    const failure = listenFailure(host, dnsPort, '--dns-port', 'UDP', error);
    if (dnsPort !== SETTINGS.dnsPort.fallback || errorCode(error) !== 'EADDRINUSE') throw failure;
    // Ours: nobody has asked for this port, and few ask it: a second Warmfront on the machine needs no flag for it.
    const server = await serve(0);
    serverLog.warning(`${failure.message}; until then names are answered at port ${server.port}`);
    return server;
  }
}

/** Where viewers reach a listener bound to `host`: of all interfaces, those that others can see, or else this machine's own. */
function listeningAddresses(host: string): readonly string[] {
  if (host === 'localhost') return ['127.0.0.1'];
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const suited = machineAddresses().filter(({ family }) => host === '::' || family === 'IPv4');
  const seen = suited.filter(({ internal }) => !internal);
  return (seen.length > 0 ? seen : suited).map(({ address }) => address);
}
