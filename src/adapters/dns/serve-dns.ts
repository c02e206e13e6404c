/**
 * A DNS server over UDP and TCP (RFC 1035 4.2), for the names that somebody else knows the answers to: one question, one answer, no
 * recursion. What is no question is not answered.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AUTHORITATIVE_ANSWER, decode, encode, type Answer, type Packet, type Question } from 'dns-packet';
import type { NameAnswer } from '../../core/steering/answer-name.ts';
import { MINUTE, seconds, SECOND, type Bytes } from '../../model/units.ts';

export interface ServeDnsOptions {
  readonly hostname: string;
  /** 0 picks a free one, the same for both. */
  readonly port: number;
  readonly answer: (name: string) => NameAnswer;
  readonly report: (message: string, error: unknown) => void;
}

export interface DnsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Ours: what is true now may change with the next deployment. */
const TTL = seconds(5) / SECOND;
/** RFC 1035 3.2.2, 4.1.1. */
const RCODES = { addresses: 0, 'no-such-name': 3, refused: 5, 'not-implemented': 4 } as const;
/** Ours: a question is never longer. */
const LONGEST: Bytes = 1024;
/** Ours: over TCP, at a time; and how long one may be silent. */
const MOST_CONNECTIONS = 64;
const PATIENCE = MINUTE / 2;
/** Ours: free port numbers that are tried where any will do. */
const MOST_TRIES = 20;

/** Rejects when the port cannot be had, with the system's error. */
export async function serveDns(options: ServeDnsOptions): Promise<DnsServer> {
  const connections = new Set<Socket>();
  const tcp = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    converse(socket, options);
  });
  tcp.maxConnections = MOST_CONNECTIONS;
  const udp = await onePort(tcp, options);
  udp.on('error', (error) => options.report('the DNS server has lost its socket', error));
  udp.on('message', (message, { address, port: from }) => {
    const response = respond(message, options);
    // Whoever cannot be reached any more asks again.
    if (response !== undefined) udp.send(response, from, address, () => undefined);
  });
  tcp.on('error', (error) => options.report('the DNS server accepts no connections any more', error));

  return {
    port: udp.address().port,
    async stop() {
      for (const socket of connections) socket.destroy();
      await Promise.all([new Promise<void>((done) => udp.close(done)), closed(tcp)]);
    },
  };
}

/** Both on one number: a free one for TCP may be taken for UDP, and then another is tried. */
async function onePort(tcp: Server, { hostname, port }: Pick<ServeDnsOptions, 'hostname' | 'port'>): Promise<UdpSocket> {
  for (let tries = port === 0 ? MOST_TRIES : 1; ; tries -= 1) {
    await opened(tcp, (done) => tcp.listen(port, hostname, done));
    const udp = createSocket({ type: hostname.includes(':') ? 'udp6' : 'udp4' });
    try {
      const { port: chosen } = tcp.address() as AddressInfo;
      await opened(udp, (done) => udp.bind(chosen, hostname, done));
      return udp;
    } catch (error) {
      udp.close();
      await closed(tcp);
      if (tries === 1) throw error;
    }
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}

async function opened(emitter: UdpSocket | Server, open: (done: () => void) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    emitter.once('error', reject);
    open(() => {
      emitter.removeListener('error', reject);
      resolve();
    });
  });
}

/** RFC 1035 4.2.2: each message behind its length. */
function converse(socket: Socket, options: ServeDnsOptions): void {
  let held = Buffer.alloc(0);
  socket.setTimeout(PATIENCE, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.byteLength >= 2) {
      const length = held.readUInt16BE(0);
      if (length > LONGEST) return void socket.destroy();
      if (held.byteLength < 2 + length) return;
      const response = respond(held.subarray(2, 2 + length), options);
      held = held.subarray(2 + length);
      if (response === undefined) return void socket.destroy();
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(response.byteLength);
      socket.write(Buffer.concat([prefix, response]));
    }
  });
}

/** Undefined for what is no question. */
function respond(message: Buffer, { answer, report }: ServeDnsOptions): Buffer | undefined {
  const query = read(message);
  const question = query?.questions?.[0];
  if (query?.type !== 'query' || question === undefined || query.questions?.length !== 1) return undefined;
  try {
    const isStandard = ((query.flags ?? 0) >> OPCODE) % 16 === 0 && (question.class ?? 'IN') === 'IN';
    const said = isStandard ? answer(question.name) : undefined;
    const rcode = RCODES[said?.kind ?? 'not-implemented'];
    return encode({
      type: 'response',
      id: query.id ?? 0,
      // RFC 1035 4.1.1: who asks for recursion hears that it was asked for; the code lies in the lowest bits.
      flags:
        (said === undefined || said.kind === 'refused' ? 0 : AUTHORITATIVE_ANSWER) |
        ((query.flags ?? 0) & RECURSION_DESIRED) |
        rcode,
      questions: [question],
      answers: said?.kind === 'addresses' ? recordsFor(question, said) : [],
    });
  } catch (error) {
    report(`a question for ${question.name} could not be answered`, error);
    return undefined;
  }
}

const RECURSION_DESIRED = 1 << 8;
/** Of whose four bits 0 is a standard query. */
const OPCODE = 11;

function read(message: Buffer): Packet | undefined {
  try {
    return decode(message);
  } catch {
    // Anybody may send anything.
    return undefined;
  }
}

function recordsFor({ name, type }: Question, { v4, v6 }: Extract<NameAnswer, { kind: 'addresses' }>): Answer[] {
  const of = (kind: 'A' | 'AAAA', all: readonly string[]): Answer[] =>
    type === kind ? all.map((data) => ({ name, type: kind, ttl: TTL, data })) : [];
  return [...of('A', v4), ...of('AAAA', v6)];
}
