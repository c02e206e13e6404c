import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { Resolver } from 'node:dns/promises';
import { decode, encode } from 'dns-packet';
import { afterEach, beforeEach, expect, test } from 'bun:test';
import type { NameAnswer } from '../../core/steering/answer-name.ts';
import { serveDns, type DnsServer } from './serve-dns.ts';

let server: DnsServer;
let resolver: Resolver;
beforeEach(async () => {
  server = await serveDns({
    hostname: '127.0.0.1',
    port: 0,
    answer: (name): NameAnswer => {
      if (name === 'both.example') return { kind: 'addresses', v4: ['192.0.2.1', '192.0.2.2'], v6: ['2001:db8::1'] };
      if (name === 'four.example') return { kind: 'addresses', v4: ['192.0.2.1'], v6: [] };
      return { kind: name.endsWith('.example') ? 'no-such-name' : 'refused' };
    },
    report: (message, cause) => {
      throw new Error(message, { cause });
    },
  });
  resolver = new Resolver({ tries: 1 });
  resolver.setServers([`127.0.0.1:${server.port}`]);
});
afterEach(() => server.stop());

const fails = (looked: Promise<unknown>): Promise<unknown> =>
  looked.then(
    () => 'found',
    (error: unknown) => (error as { code?: string }).code,
  );

test('addresses of both families, and names that have none', async () => {
  expect(await resolver.resolve4('both.example')).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(await resolver.resolve6('both.example')).toEqual(['2001:db8::1']);
  expect(await fails(resolver.resolve4('none.example'))).toBe('ENOTFOUND');
  expect(await fails(resolver.resolve4('www.elsewhere'))).toBe('EREFUSED');
});

/** What comes over TCP for octets that are sent in pieces; until `length` have come, or the end. */
function overTcp(pieces: readonly Buffer[], length: number): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  let held = Buffer.alloc(0);
  const socket = connect(server.port, '127.0.0.1', () => {
    for (const piece of pieces) socket.write(piece);
  });
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    if (held.byteLength >= length) socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => resolve(held));
  return promise;
}

const question = encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 'four.example' }] });
const framed = Buffer.concat([Buffer.from([0, question.byteLength]), question]);

test('over TCP, in pieces and one after the other', async () => {
  const one = await overTcp([framed], 20);
  const length = one.byteLength;
  expect(one.readUInt16BE(0)).toBe(length - 2);
  expect([one.readUInt16BE(2), [...one.subarray(-4)]]).toEqual([7, [192, 0, 2, 1]]);
  const two = await overTcp([framed.subarray(0, 5), Buffer.concat([framed.subarray(5), framed])], 2 * length);
  expect(Buffer.compare(two, Buffer.concat([one, one]))).toBe(0);
});

test('a name without such an address is there all the same', async () => {
  const asked = encode({ type: 'query', id: 9, questions: [{ type: 'AAAA', name: 'four.example' }] });
  const said = await overTcp([Buffer.concat([Buffer.from([0, asked.byteLength]), asked])], 2 + asked.byteLength);
  const { flags = 0, answers, questions } = decode(said.subarray(2));
  expect({ rcode: flags % 16, answers, questions }).toEqual({
    rcode: 0,
    answers: [],
    questions: [{ type: 'AAAA', name: 'four.example', class: 'IN' }],
  });
});

test('a port that is free for one transport alone is passed over, and told where it was asked for', async () => {
  // Many ports that are free for TCP are taken for UDP.
  const taken = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const socket = createSocket('udp4');
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
      return socket;
    }),
  );
  const options = { hostname: '127.0.0.1', answer: (): NameAnswer => ({ kind: 'refused' }), report: () => undefined };
  const busy = taken[0]!.address().port;
  expect(await fails(serveDns({ ...options, port: busy }))).toBe('EADDRINUSE');
  const servers = await Promise.all(Array.from({ length: 50 }, () => serveDns({ ...options, port: 0 })));
  expect(new Set(servers.map(({ port }) => port)).size).toBe(50);
  await Promise.all(servers.map((one) => one.stop()));
  for (const socket of taken) socket.close();
});

test('what is no question is not answered, and harms nobody', async () => {
  const udp = createSocket('udp4');
  const garbage = [
    Buffer.alloc(0),
    Buffer.from('x'),
    Buffer.alloc(12),
    Buffer.alloc(600, 255),
    encode({ type: 'response', id: 1 }),
  ];
  for (const octets of garbage) udp.send(octets, server.port, '127.0.0.1');
  expect((await overTcp([Buffer.from([255, 255, 1])], 1)).byteLength).toBe(0);
  expect((await overTcp([Buffer.from([0, 3, 1, 2, 3])], 1)).byteLength).toBe(0);
  expect(await resolver.resolve4('four.example')).toEqual(['192.0.2.1']);
  udp.close();
});
