/**
 * Web cache poisoning and deception as the public literature has them, tried on a default set-up: none works. Each technique is tried three times: one
 * request after the other, both at once, and twice in a row. What counts is what the second viewer gets.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { connect } from 'node:net';
import { barrier, startTestEdge, type OriginExchange, type TestEdge, type ViewerResponse } from '../../src/testing/index.ts';
import { CASES } from './cases.ts';
import { SET_UPS, type SetUp } from './set-ups.ts';
import type { Ask, Case } from './technique.ts';

const CACHES = process.env['TEST_CACHES'] === '2' && { caches: 2 as const };

for (const [setUp, options] of Object.entries(SET_UPS)) {
  describe(setUp, () => {
    let edge: TestEdge;
    beforeAll(async () => {
      edge = await startTestEdge({ ...options, ...CACHES });
    });
    afterAll(() => edge.stop());

    CASES.forEach((technique, index) => {
      const { name, source, on } = technique;
      if (on !== undefined && !on.includes(setUp as SetUp)) return;
      test(`${name} (${source})`, async () => {
        const { clean, got } = await attempt(edge, technique, index);
        expect(got).toEqual({ after: clean, joint: clean, again: clean });
      });
    });
  });
}

test('without the guard, many of them work', async () => {
  const options = SET_UPS['CachingOptimized and AllViewer'];
  const edge = await startTestEdge({ ...options, ...CACHES, tags: { 'warmfront:guard': 'off' } });
  try {
    const working: string[] = [];
    for (const [index, technique] of CASES.entries()) {
      const { clean, got } = await attempt(edge, technique, index);
      if (!Bun.deepEquals(got.after, clean)) working.push(technique.name);
    }
    expect(working.length).toBeGreaterThan(60);
    expect(working).toContain('X-Forwarded-Host: evil.example');
    expect(working).toContain('/account/x.css');
  } finally {
    await edge.stop();
  }
});

/** What the second viewer gets: had the first never asked, after the first, together with the first, and once more. */
async function attempt(edge: TestEdge, technique: Case, index: number) {
  const { first, second } = technique;
  const stage = play(edge, technique, index);
  const clean = told(await stage.ask('/alone', second));

  await stage.ask('/after', first);
  await edge.settled();
  const after = told(await stage.ask('/after', second));

  const held = barrier();
  stage.hold(held);
  const leading = stage.ask('/joint', first);
  await stage.asked(leading);
  const joining = stage.ask('/joint', second);
  held.open();
  await leading;
  const joint = told(await joining);

  await edge.settled();
  await stage.ask('/joint', first);
  await edge.settled();
  const again = told(await stage.ask('/joint', second));
  return { clean, got: { after, joint, again } };
}

interface Stage {
  /** In a folder, where nothing has been asked for before. */
  ask(folder: string, ask: Ask): Promise<Answer>;
  hold(until: PromiseLike<unknown>): void;
  /** Resolves when the origin has been asked, or the request is answered without it. */
  asked(request: Promise<unknown>): Promise<void>;
}

type Answer = Pick<ViewerResponse, 'status' | 'headers' | 'body'>;

function play({ origin, viewer, httpPort, domainName }: TestEdge, { answer }: Case, index: number): Stage {
  const root = `/c${index}`;
  let held: PromiseLike<unknown> = Promise.resolve();
  const seen = (): number => origin.requests.length;
  origin.on('*', async (tx: OriginExchange) => {
    await held;
    const path = tx.target.slice(tx.target.indexOf('/', root.length + 1)).split('?')[0] ?? '/';
    answer(tx, path.startsWith('/') ? path : '/');
  });
  return {
    ask(folder, { method = 'GET', path, headers = {}, host, raw }) {
      const target = `${root}${folder}${path}`;
      if (raw === undefined) return viewer.send(method, target, { headers, ...(host !== undefined && { host }) });
      return sendRaw(httpPort, raw.replaceAll('%PATH%', target).replaceAll('%HOST%', domainName));
    },
    hold(until) {
      held = until;
    },
    async asked(request) {
      await Promise.race([origin.requested(seen() + 1), request]);
    },
  };
}

function sendRaw(port: number, text: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk as Buffer));
    socket.on('error', reject);
    socket.on('close', () => {
      const body = Buffer.concat(chunks).toString('latin1');
      resolve({ status: Number(body.slice(9, 12)), headers: {}, body });
    });
  });
}

/** What makes answers differ though they say the same. */
const OWN_FIELDS = new Set([
  'age',
  'date',
  'x-cache',
  'x-amz-cf-id',
  'x-amz-cf-pop',
  'via',
  'cache-status',
  'connection',
  'keep-alive',
]);

function told({ status, headers, body }: Answer): unknown {
  const fields = Object.entries(headers).filter(([name]) => !OWN_FIELDS.has(name));
  return { status, fields: Object.fromEntries(fields), body: body.replaceAll(/\/(?:alone|after|joint)\b/g, '') };
}
