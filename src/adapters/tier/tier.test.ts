/** One cache asks another over a real socket: what arrives is what was said, and whatever goes wrong is told or passed over. */
import { afterEach, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OriginFailure } from '../../edge/ports.ts';
import type { BodyReader } from '../../edge/store-ports.ts';
import type { TierQuestion, TierReply, TierSource } from '../../edge/tiers/next-tier.ts';
import { connectToUnixSocket, listenOnUnixSocket } from '../../sockets/unix-sockets.ts';
import { createVirtualClock } from '../clock/virtual-clock.ts';
import { createTierClient, type TierClient, type TierNode } from './tier-client.ts';
import { createTierServer } from './tier-server.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const QUESTION = { key: 'key', newestBan: 0, snapshotVersion: 1 } as TierQuestion;
const REPLY: TierReply = {
  kind: 'reply',
  status: 200,
  fields: [['x-latin', 'caf\u00e9']],
  length: undefined,
  follows: 'body',
  cache: { kind: 'hit', age: 7, remaining: 3 },
  answeredBy: 'cache',
};

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'warmfront-tier-'));
  closing.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

interface Pair {
  readonly client: TierClient;
  readonly clock: ReturnType<typeof createVirtualClock>;
  readonly owner: TierNode;
  /** Connections that the server has accepted. */
  readonly accepted: Socket[];
}

async function pair(source: Partial<TierSource>, secrets: readonly [client: string, server: string] = ['s', 's']): Promise<Pair> {
  const owner = { name: 'owner', address: join(folder(), 'owner') };
  const clock = createVirtualClock();
  const accepted: Socket[] = [];
  const report = (message: string, cause: unknown): void => {
    throw new Error(message, { cause });
  };
  const never: TierSource = { answer: () => new Promise(() => {}), forget: () => {} };
  const server = createTierServer({ secret: secrets[1], source: { ...never, ...source }, report });
  const listening = await listenOnUnixSocket(owner.address, (socket) => {
    accepted.push(socket);
    server.accept(socket);
  });
  const client = clientOf(owner, clock, secrets[0]);
  closing.push(() => (client.close(), server.close(), listening.close()));
  return { client, clock, owner, accepted };
}

function clientOf(owner: TierNode, clock: Pair['clock'], secret = 's'): TierClient {
  const choose = (_: string, nodes: readonly TierNode[], counts: (node: TierNode) => boolean) => nodes.find(counts);
  const client = createTierClient({ clock, secret, ownAddress: 'here', connect: connectToUnixSocket, choose });
  client.setRing({ owners: [owner], peers: [owner] });
  return client;
}

function body(chunks: AsyncIterable<Uint8Array>, cancel: () => void = () => {}): BodyReader {
  return { chunks, cancel };
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

test('an answer arrives as it was given, and its connection serves the next question', async () => {
  const asked: TierQuestion[] = [];
  const { client, accepted } = await pair({
    async answer(question) {
      asked.push(question);
      return { head: REPLY, body: body(pieces('one ', 'two')) };
    },
  });
  for (let turn = 0; turn < 3; turn += 1) {
    const answer = await client.ask(QUESTION);
    expect(answer?.head).toEqual(JSON.parse(JSON.stringify(REPLY)) as TierReply);
    expect(await read(answer!.body.chunks)).toBe('one two');
  }
  expect(asked).toEqual([QUESTION, QUESTION, QUESTION]);
  expect(accepted.length).toBe(1);
});

test('who does not know the secret is not answered, and asks the origin', async () => {
  let asked = 0;
  const { client } = await pair({ answer: async () => ((asked += 1), { head: REPLY }) }, ['wrong', 'right']);
  expect(await client.ask(QUESTION)).toBeUndefined();
  expect(asked).toBe(0);
});

test('an owner that is not there is passed over, until there is news of who is', async () => {
  const owner = { name: 'gone', address: join(folder(), 'gone') };
  const client = clientOf(owner, createVirtualClock());
  expect(client.isElsewhere('key')).toBe(true);
  expect(await client.ask(QUESTION)).toBeUndefined();
  expect(client.isElsewhere('key')).toBe(false);
  client.setRing({ owners: [owner], peers: [] });
  expect(client.isElsewhere('key')).toBe(true);
});

test('an owner that hangs is passed over after a second', async () => {
  const owner = { name: 'hung', address: join(folder(), 'hung') };
  const connected = Promise.withResolvers<void>();
  const server = createServer((socket) => socket.once('data', () => connected.resolve()));
  await new Promise<void>((resolve) => server.listen(owner.address, resolve));
  closing.push(() => server.close());
  const clock = createVirtualClock();
  const client = clientOf(owner, clock);
  const answer = client.ask(QUESTION);
  await connected.promise;
  clock.advance(1000);
  expect(await answer).toBeUndefined();
  expect(client.isElsewhere('key')).toBe(false);
});

test('an owner that takes its time is waited for', async () => {
  const held = Promise.withResolvers<void>();
  const { client, clock } = await pair({
    async answer(_question, _leaving, interim) {
      interim(103, []);
      await held.promise;
      return { head: REPLY, body: body(pieces('late')) };
    },
  });
  // Its word that it lives comes before anything else it says.
  const heard = Promise.withResolvers<number>();
  const answer = client.ask(QUESTION, { interim: (status) => heard.resolve(status) });
  expect(await heard.promise).toBe(103);
  clock.advance(600_000);
  held.resolve();
  expect(await read((await answer)!.body.chunks)).toBe('late');
});

for (const [how, breaks] of [
  ['its body fails', () => Promise.reject(new OriginFailure(504, 'OriginCommError', 'silent'))],
  ['it dies', ({ accepted }: Pair) => void accepted[0]?.destroy()],
] as const) {
  test(`an answer breaks off when ${how}, and is never short`, async () => {
    const begun = Promise.withResolvers<void>();
    const two: Pair = await pair({
      answer: async () => ({
        head: REPLY,
        body: body(
          (async function* () {
            yield Buffer.from('half');
            await begun.promise;
            await breaks(two);
            await new Promise(() => {});
          })(),
        ),
      }),
    });
    const answer = await two.client.ask(QUESTION);
    const chunks = answer!.body.chunks[Symbol.asyncIterator]();
    expect(Buffer.from((await chunks.next()).value as Uint8Array).toString()).toBe('half');
    begun.resolve();
    await expect(chunks.next()).rejects.toBeInstanceOf(OriginFailure);
  });
}

test('an asker that leaves is noticed, whether it waits for the head or reads the body', async () => {
  const cancelled = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  let turn = 0;
  const { client } = await pair({
    async answer(_, leaving) {
      turn += 1;
      if (turn > 1) return new Promise(() => leaving().addEventListener('abort', () => left.resolve()));
      return { head: REPLY, body: body(endless(), () => cancelled.resolve()) };
    },
  });
  const answer = await client.ask(QUESTION);
  answer!.body.cancel();
  await cancelled.promise;
  const viewer = new AbortController();
  const second = client.ask(QUESTION, { signal: viewer.signal });
  while (turn < 2) await new Promise((resolve) => setImmediate(resolve));
  viewer.abort();
  await left.promise;
  expect(await second).toBeUndefined();
});

test('a slow reader holds the owner back', async () => {
  let sent = 0;
  const { client } = await pair({
    answer: async () => ({ head: REPLY, body: body(endless((bytes) => (sent += bytes))) }),
  });
  const answer = await client.ask(QUESTION);
  const chunks = answer!.body.chunks[Symbol.asyncIterator]();
  await chunks.next();
  let before = -1;
  // Until nothing moves any more.
  while (sent !== before) {
    before = sent;
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(sent).toBeLessThan(8 * 1024 * 1024);
  answer!.body.cancel();
});

test('forgetting is over when every peer has forgotten', async () => {
  const forgotten: string[] = [];
  const { client } = await pair({ forget: (keys) => void forgotten.push(...keys) });
  await client.forget(['a', 'b']);
  expect(forgotten).toEqual(['a', 'b']);
});

async function* endless(count: (bytes: number) => void = () => {}): AsyncGenerator<Uint8Array> {
  for (;;) {
    count(64 * 1024);
    yield new Uint8Array(64 * 1024);
  }
}
