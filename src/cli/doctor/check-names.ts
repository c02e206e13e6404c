/**
 * Do the names of distributions lead here? Asked of the system's own resolver, as most programs ask (getaddrinfo); curl and browsers
 * answer `*.localhost` by themselves (RFC 6761 6.3). And whether IPv6 does what --host asks of it.
 */
import { readFileSync } from 'node:fs';
import { lookup } from 'node:dns/promises';
import { ok, problem, warning, type Finding } from './finding.ts';
import type { Patient } from './patient.ts';

/** No distribution has it: what answers for it, answers for all. */
const LABEL = 'dwarmfrontdoctor';

export async function checkNames({ settings }: Patient): Promise<readonly Finding[]> {
  const { domainSuffix, host } = settings;
  const name = `${LABEL}.${domainSuffix}`;
  const [addresses, localhost] = await Promise.all([addressesOf(name), addressesOf('localhost')]);
  return [judgeNames(domainSuffix, addresses), judgeAddresses(host, hasIpv6(), localhost)];
}

export function judgeNames(domainSuffix: string, addresses: readonly string[]): Finding {
  const subject = `names below ${domainSuffix}`;
  const isLocal = /(?:^|\.)localhost$/.test(domainSuffix);
  if (addresses.length > 0) {
    const loopback = addresses.every((address) => address === '::1' || address.startsWith('127.'));
    return isLocal && !loopback
      ? problem(
          subject,
          `resolve to ${addresses.join(', ')}, not to this machine`,
          'look at what your resolver does with .localhost (RFC 6761: it must not ask the network)',
        )
      : ok(subject, `resolve to ${addresses.join(', ')}`);
  }
  if (!isLocal) {
    return warning(
      subject,
      'do not resolve',
      `make a DNS record for *.${domainSuffix}, or choose another --domain-suffix for new distributions`,
    );
  }
  return warning(
    subject,
    'curl and browsers reach them; programs that ask the system do not (Python, Java, wget, Node)',
    'install libnss-myhostname or use systemd-resolved, or name each one in /etc/hosts; or ask 127.0.0.1 and send the name as Host',
  );
}

export function judgeAddresses(host: string, hasV6: boolean, localhost: readonly string[]): Finding {
  if (host.includes(':') && !hasV6) {
    return problem('IPv6', `--host ${host}, and this machine has no IPv6`, 'enable IPv6, or choose an IPv4 address with --host');
  }
  if (!hasV6) return ok('IPv6', 'this machine has none; not needed for --host ' + host);
  if (host === '127.0.0.1' && localhost[0] === '::1') {
    return warning(
      'IPv6',
      'localhost is ::1 first here, and --host is 127.0.0.1',
      'programs that try one address only fail: use 127.0.0.1 in URLs',
    );
  }
  return ok('IPv6', host === '::' || host.includes(':') ? 'listened on' : `there, and not listened on: --host is ${host}`);
}

async function addressesOf(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address);
  } catch {
    return [];
  }
}

function hasIpv6(): boolean {
  try {
    return readFileSync('/proc/net/if_inet6', 'utf8').trim() !== '';
  } catch {
    return process.platform !== 'linux';
  }
}
