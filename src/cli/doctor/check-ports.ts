/**
 * Can `up` have its ports? Each is asked for exclusively for a moment, TCP and UDP, unless the running Warmfront holds it. Who holds
 * one that is taken is told where /proc says.
 */
import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { ok, problem, type Finding } from './finding.ts';
import type { Patient } from './patient.ts';
import { errorCode } from '../../model/error-code.ts';

export type Transport = 'tcp' | 'udp';

interface Port {
  readonly flag: string;
  readonly transport: Transport;
  /** What the settings say; 0 is any. */
  readonly wanted: number;
  /** What the running Warmfront listens on. */
  readonly held: number | undefined;
}

export async function checkPorts({ settings, record, isRunning }: Patient): Promise<readonly Finding[]> {
  const held = isRunning ? record : undefined;
  const ports: readonly Port[] = [
    { flag: '--http-port', transport: 'tcp', wanted: settings.httpPort, held: held?.httpPort },
    { flag: '--https-port', transport: 'tcp', wanted: settings.httpsPort, held: held?.httpsPort },
    { flag: '--https-port', transport: 'udp', wanted: settings.httpsPort, held: held?.httpsPort },
    { flag: '--api-port', transport: 'tcp', wanted: settings.apiPort, held: held?.apiPort },
    { flag: '--dns-port', transport: 'udp', wanted: settings.dnsPort, held: held?.dnsPort },
    { flag: '--dns-port', transport: 'tcp', wanted: settings.dnsPort, held: held?.dnsPort },
  ];
  return Promise.all(ports.map((port) => checkPort(settings.host, port, held?.pid)));
}

async function checkPort(host: string, port: Port, pid: number | undefined): Promise<Finding> {
  const { flag, transport, wanted, held } = port;
  if (held !== undefined && (wanted === held || wanted === 0)) {
    return ok(`port ${held}/${transport}`, `held by Warmfront, process ${pid}`);
  }
  if (wanted === 0) return ok(`${flag} 0`, `any free ${transport} port`);
  const refusal = transport === 'tcp' ? tryTcp(host, wanted) : await tryUdp(host, wanted);
  const holder = refusal === 'EADDRINUSE' ? holderOf(transport, wanted) : undefined;
  return judgePort({ host, flag, transport, port: wanted, refusal, holder });
}

export interface PortFacts {
  readonly host: string;
  readonly flag: string;
  readonly transport: Transport;
  readonly port: number;
  /** The code of the refusal; undefined when it was free. */
  readonly refusal: string | undefined;
  /** `nginx (process 12)`. */
  readonly holder: string | undefined;
}

export function judgePort({ host, flag, transport, port, refusal, holder }: PortFacts): Finding {
  const subject = `port ${port}/${transport}`;
  switch (refusal) {
    case undefined:
      return ok(subject, 'free');
    case 'EADDRINUSE':
      return problem(
        subject,
        `taken${holder === undefined ? '' : ` by ${holder}`}`,
        `stop what holds it, or choose another with ${flag}`,
      );
    case 'EACCES':
      return problem(
        subject,
        'ports below 1024 are not for this user',
        'give the service the capability (AmbientCapabilities=CAP_NET_BIND_SERVICE, see docs/guides/operating.md), ' +
          `or set sysctl net.ipv4.ip_unprivileged_port_start=${port}, or choose another with ${flag}`,
      );
    // Bun says EEXIST of a host that is neither an address nor a name with one.
    case 'EADDRNOTAVAIL':
    case 'EEXIST':
      return problem(subject, `this machine has no address ${host}`, 'choose another with --host');
    default:
      return problem(subject, `cannot be had: ${refusal}`, `choose another with ${flag}`);
  }
}

function tryTcp(hostname: string, port: number): string | undefined {
  try {
    Bun.listen({ hostname, port, exclusive: true, socket: { data: () => undefined } }).stop(true);
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}

function tryUdp(address: string, port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.once('error', (error) => {
    socket.close();
    resolve(codeOf(error));
  });
  socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(undefined)));
  return promise;
}

function codeOf(error: unknown): string {
  return errorCode(error) ?? String(error);
}

/** By way of the socket's inode. Undefined without /proc, or where the process is somebody else's. */
function holderOf(transport: Transport, port: number): string | undefined {
  try {
    const inodes = ['', '6'].flatMap((family) => socketInodes(readFileSync(`/proc/net/${transport}${family}`, 'utf8'), port));
    const links = new Set(inodes.map((inode) => `socket:[${inode}]`));
    const pid = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && holdsOne(entry, links));
    return pid === undefined ? undefined : `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (process ${pid})`;
  } catch {
    return undefined;
  }
}

/** Columns of proc(5): `sl local_address rem_address st ... inode` at the tenth. */
function socketInodes(table: string, port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.filter((columns) => columns[1]?.endsWith(suffix) === true).map((columns) => columns[9] ?? '');
}

function holdsOne(pid: string, links: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => links.has(readlinkSync(`/proc/${pid}/fd/${descriptor}`)));
  } catch {
    return false;
  }
}
