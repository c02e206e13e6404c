/**
 * The viewers of a soak: each asks for one object after the other over one protocol, checks every octet, and now and then leaves in the
 * middle. A lost connection is counted, not judged: workers are killed while they ask.
 */
import { octetsOf, SIZES, sizeOf } from './origin.ts';

export interface SoakTarget {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly host: string;
}

export interface Tally {
  answered: number;
  left: number;
  lost: number;
  readonly statuses: Record<string, number>;
  readonly byProtocol: Record<string, number>;
  /** What was answered otherwise than it had to be. */
  readonly wrong: string[];
}

const PROTOCOLS = ['h1', 'tls', 'h2', 'h3'] as const;
type Protocol = (typeof PROTOCOLS)[number];

const SHORT = 'cut short';

export function startViewers(target: SoakTarget, count: number): { stop(): Promise<Tally> } {
  const tally: Tally = { answered: 0, left: 0, lost: 0, statuses: {}, byProtocol: {}, wrong: [] };
  let isOver = false;
  const viewers = Array.from({ length: count }, async (_, index) => {
    const protocol = PROTOCOLS[index % PROTOCOLS.length]!;
    for (let turn = 0; !isOver; turn += 1) await ask(target, protocol, (index * 7_919 + turn * 104_729) % 4_096, tally);
  });
  return {
    async stop() {
      isOver = true;
      await Promise.all(viewers);
      return tally;
    },
  };
}

/** One request, chosen by `draw`. */
async function ask(target: SoakTarget, protocol: Protocol, draw: number, tally: Tally): Promise<void> {
  const size = draw % SIZES.length;
  const path = `/o/${size}/${(draw >> 3) % 40}`;
  const leaves = draw % 17 === 0;
  const isPart = draw % 5 === 0 && SIZES[size]! > 1000;
  const isHead = draw % 23 === 0;
  const leave = new AbortController();
  try {
    const range = isPart ? { range: 'bytes=100-899' } : {};
    const response = await fetch(urlOf(target, protocol, path), {
      method: isHead ? 'HEAD' : 'GET',
      headers: { host: target.host, ...range },
      signal: leave.signal,
      ...transportOf(protocol),
    });
    tally.statuses[response.status] = (tally.statuses[response.status] ?? 0) + 1;
    if (leaves) {
      leave.abort();
      tally.left += 1;
      return;
    }
    const wrong = checked(path, isHead, response.status, await response.bytes());
    // Bun's HTTP/3 client takes a body for whole when its connection has gone: octets that are right so far say no more than that.
    if (wrong !== undefined && protocol === 'h3' && wrong.endsWith(SHORT)) tally.lost += 1;
    else if (wrong !== undefined)
      tally.wrong.push(`${protocol} ${path}: ${wrong} (${JSON.stringify(Object.fromEntries(response.headers))})`);
    tally.answered += 1;
    tally.byProtocol[protocol] = (tally.byProtocol[protocol] ?? 0) + 1;
  } catch {
    // A worker was killed, or the connection was being closed: told in the report, where too many would be seen.
    tally.lost += 1;
    await Bun.sleep(5);
  }
}

/** What is wrong with the answer, if anything is. */
function checked(path: string, isHead: boolean, status: number, octets: Uint8Array): string | undefined {
  if (status >= 500) return undefined;
  if (status !== 200 && status !== 206) return `status ${status}`;
  const size = sizeOf(path);
  const want = isHead ? new Uint8Array() : status === 206 ? octetsOf(path, 100, Math.min(900, size)) : octetsOf(path, 0, size);
  if (Buffer.compare(octets, want) === 0) return undefined;
  const isShort = octets.length < want.length && Buffer.compare(octets, want.subarray(0, octets.length)) === 0;
  return isShort
    ? `${octets.length} of ${want.length} octets: ${SHORT}`
    : `${octets.length} octets, not the ${want.length} of the origin`;
}

function urlOf({ httpPort, httpsPort }: SoakTarget, protocol: Protocol, path: string): string {
  return protocol === 'h1' ? `http://127.0.0.1:${httpPort}${path}` : `https://127.0.0.1:${httpsPort}${path}`;
}

function transportOf(protocol: Protocol): BunFetchRequestInit {
  const tls = { tls: { rejectUnauthorized: false } };
  if (protocol === 'h2') return { ...tls, protocol: 'http2' };
  if (protocol === 'h3') return { ...tls, protocol: 'http3' };
  return protocol === 'tls' ? tls : {};
}
