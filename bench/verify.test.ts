import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { CASES, ETAG, selected, type Case } from './cases.ts';
import { judgeTraffic } from './loads/load.ts';
import { bodyOf } from './origin-body.ts';
import type { BenchServer } from './servers/server.ts';
import { verify } from './verify.ts';

/** The word of the path that the server lies by, in its turn. */
let lie = '';
let server: Bun.Server<undefined>;
beforeAll(() => {
  server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer });
});
afterAll(() => server.stop(true));

function answer(request: Request): Response {
  const size = Number(/\/bytes\/(\d+)/.exec(request.url)?.[1]);
  const body = bodyOf(size);
  const headers: Record<string, string> = {
    'content-type': lie === 'type' ? 'text/plain' : 'text/html; charset=utf-8',
    etag: ETAG,
  };
  if (lie === 'octet') body[size - 1] = 0;
  if (lie === 'status') return new Response(body, { status: 203, headers });
  if (request.headers.get('if-none-match') === ETAG && lie !== 'whole') return new Response(null, { status: 304, headers });
  if (request.headers.has('range') && lie !== 'whole') {
    const shift = lie === 'shift' ? 1 : 0;
    headers['content-range'] = `bytes ${1000 + shift}-${1999 + shift}/${size}`;
    return new Response(body.subarray(1000 + (lie === 'content' ? 1 : 0), 2000 + (lie === 'content' ? 1 : 0)), {
      status: 206,
      headers,
    });
  }
  return new Response(lie === 'short' ? body.subarray(1) : body, { headers });
}

const caseOf = (name: string): Case => CASES.find((it) => it.name === name && it.protocol === 'h1')!;
const under = (): BenchServer =>
  ({ name: 'Liar', host: 'bench.localhost', urls: { h1: server.url.origin }, lacks: {} }) as unknown as BenchServer;

describe('a server that lies ends the bench', () => {
  const rows: [lie: string, name: string, says: string][] = [
    ['status', 'hit-1k', 'answers 203 instead of 200'],
    ['short', 'hit-64k', 'answers 65535 octets instead of 65536'],
    ['octet', 'hit-10m', 'another body'],
    ['type', 'miss', 'lost the content type'],
    ['whole', '304', 'answers 200 instead of 304'],
    ['whole', 'range', 'answers 200 instead of 206'],
    ['shift', 'range', 'answers Content-Range: bytes 1001-2000/65536'],
    ['content', 'range', 'another body'],
  ];
  test.each(rows)('%s, %s', async (word, name, says) => {
    lie = word;
    await expect(verify(under(), caseOf(name))).rejects.toThrow(says);
  });

  test.each(['hit-1k', 'hit-64k', '304', 'range', 'miss'])('one that does not, goes on: %s', async (name) => {
    lie = '';
    await verify(under(), caseOf(name));
  });
});

describe('the traffic of a load tells of every answer', () => {
  const order = { case: caseOf('hit-64k'), base: 'http://h', host: 'h', seconds: 1, cores: '0' };
  const rows: [name: string, received: number, isRight: boolean][] = [
    ['bodies alone', 100 * 65_536, true],
    ['with heads', 100 * 66_000, true],
    ['with what was under way', 104 * 66_000, true],
    ['one answer in fifty empty', 98 * 65_536, false],
    ['twice as much', 200 * 65_536, false],
    ['not told', Number.NaN, false],
  ];
  test.each(rows)('%s', (_, received, isRight) => {
    const judge = (): void => judgeTraffic(received, 100, 4, order);
    if (isRight) expect(judge).not.toThrow();
    else expect(judge).toThrow('100 answers of 65536 octets');
  });
});

test('what --only selects', () => {
  const names = (only: string): string[] =>
    CASES.filter((it) => selected(only.split(','), it)).map(({ name, protocol }) => `${name} ${protocol}`);
  expect(names('hit-1k')).toEqual(['hit-1k h1', 'hit-1k tls', 'hit-1k h2', 'hit-1k h3']);
  expect(names('hit-1k h2,h3')).toEqual(['hit-1k h2', 'hit-1k h3']);
  expect(names('nothing')).toEqual([]);
});
