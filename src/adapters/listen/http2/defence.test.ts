import { describe, expect, test } from 'bun:test';
import type { EdgeAnswer } from '../../../edge/answer.ts';
import { FLAG, FRAME } from '../../../http/http2/frames.ts';
import { MINUTE, SECOND } from '../../../model/units.ts';
import {
  block,
  data,
  frame,
  get,
  hex,
  ping,
  post,
  preface,
  request,
  rst,
  settings,
  windowUpdate,
} from '../../../../test/http2-frames.ts';
import { connect, type Handle, type Http2Viewer } from '../../../../test/http2-viewer.ts';

const never: Handle = () => Promise.withResolvers<never>().promise;
const bytes =
  (size: number): Handle =>
  () => ({ status: 200, fields: [], body: { kind: 'bytes', bytes: new Uint8Array(size) } });

/** Sends what `next` makes, up to `limit` times, until the connection ends; how often, and the last words. */
function flood(
  viewer: Http2Viewer,
  next: (number: number) => Uint8Array,
  limit = 5_000,
): { times: number; said: string; words: string[] } {
  let times = 0;
  while (viewer.wire.state === 'open' && times < limit) {
    viewer.lane.receive(next(times));
    times += 1;
  }
  const words = viewer.got();
  return { times, words, said: words.at(-1) === 'ended' ? words.at(-2)!.replace(/\d+ /, '') : 'nothing' };
}

const CALM = 'goaway ENHANCE_YOUR_CALM';

describe('floods end the connection', () => {
  const BLOCK = block(request('GET', '/'));
  const rows: [name: string, handle: Handle, next: (number: number) => Uint8Array, most: number][] = [
    ['PING', never, () => ping(), 2_001],
    ['SETTINGS', never, () => settings([4, 65_535]), 2_001],
    ['PRIORITY', never, () => frame(FRAME.priority, 0, 1, hex('00000003 10')), 2_001],
    ['PRIORITY_UPDATE', never, () => frame(FRAME.priorityUpdate, 0, 0, hex('00000001')), 2_001],
    ['unknown frames', never, () => frame(99, 0, 0), 2_001],
    ['windows', never, () => windowUpdate(0, 1), 2_001],
    ['empty DATA', never, (number) => (number === 0 ? post(1) : data(1, '')), 2_001],
    ['empty DATA behind a reset', never, (number) => (number === 0 ? Buffer.concat([post(1), rst(1)]) : data(1, '')), 2_002],
    [
      'requests on a stream that we have reset',
      never,
      (number) => get(1, '/', number === 0 ? [['connection', 'close']] : []),
      2_001,
    ],
    ['requests that are reset at once', never, (number) => Buffer.concat([get(2 * number + 1), rst(2 * number + 1)]), 401],
    ['requests that cannot be read', never, (number) => frame(FRAME.headers, 5, 2 * number + 1, block([[':path', '/']])), 401],
    [
      'requests that break a rule once they are open',
      never,
      (number) => Buffer.concat([post(2 * number + 1), windowUpdate(2 * number + 1, 0)]),
      401,
    ],
    ['requests beyond what may be under way', never, (number) => get(2 * number + 1), 128 + 401],
    ['windows an octet at a time', bytes(100_000), (number) => (number === 0 ? get(1) : windowUpdate(1, 1)), 2_101],
    [
      'CONTINUATION without an end',
      never,
      (number) => (number === 0 ? frame(FRAME.headers, 0, 1, BLOCK) : frame(FRAME.continuation, 0, 1)),
      33,
    ],
    [
      'a block without an end',
      never,
      (number) => frame(number === 0 ? FRAME.headers : FRAME.continuation, 0, 1, Buffer.alloc(16_384, 0x82)),
      7,
    ],
  ];
  test.each(rows)('%s', (_name, handle, next, most) => {
    const { times, said } = flood(connect(handle, preface([4, 0])), next);
    expect(said).toBe(CALM);
    expect(times).toBeLessThanOrEqual(most);
  });
});

describe('what is no flood', () => {
  test('answers earn the windows that are given back for them', () => {
    const viewer = connect(bytes(60_000), preface([4, 100_000]));
    const { said } = flood(
      viewer,
      (number) => Buffer.concat([get(2 * number + 1), ...Array.from({ length: 15 }, () => windowUpdate(0, 4_000))]),
      300,
    );
    expect(said).toBe('nothing');
  });
  test('what may happen again each second', () => {
    const viewer = connect(never);
    flood(viewer, () => ping(), 1_900);
    viewer.pass(5 * SECOND);
    expect(flood(viewer, () => ping())).toMatchObject({ times: 1_100, said: CALM });
  });
  test('resets because of us', () => {
    const broken: Handle = () => ({
      status: 200,
      fields: [],
      body: { kind: 'tunnel', chunks: (async function* () {})(), accept: () => undefined, cancel: () => undefined },
    });
    expect(flood(connect(broken), (number) => get(2 * number + 1), 1_000).said).toBe('nothing');
  });
});

test('requests whose answers are awaited are bounded, though their streams have gone', () => {
  let asked = 0;
  const viewer = connect(() => {
    asked += 1;
    return Promise.withResolvers<never>().promise;
  });
  const { words } = flood(viewer, (number) => Buffer.concat([get(2 * number + 1), rst(2 * number + 1)]), 300);
  expect(asked).toBe(256);
  expect(words).toContain('rst 513 REFUSED_STREAM');
});

test('no more streams than we said, and room again when one ends', () => {
  const viewer = connect(never);
  const open = Array.from({ length: 128 }, (_, index) => get(2 * index + 1));
  expect(viewer.send(...open)).toEqual([]);
  expect(viewer.send(get(257))).toEqual(['rst 257 REFUSED_STREAM']);
  expect(viewer.send(rst(1), get(259))).toEqual([]);
});

test('a small block that stands for a large list costs what is kept of it', () => {
  // One large field for the table, then its number over and over.
  let fields = 0;
  const viewer = connect((given) => {
    fields = given.fields.length;
    return { status: 200, fields: [], body: { kind: 'none' } };
  });
  const large = Buffer.concat([hex('40 01 61 7f e1 1d'), Buffer.alloc(3_936, 0x62)]);
  const bomb = Buffer.concat([block(request('GET', '/')), large, Buffer.alloc(12_000, 0xbe)]);
  expect(viewer.send(frame(FRAME.headers, 5, 1, bomb))).toEqual(['headers 1 :status=200 content-length=0 end']);
  expect(fields).toBe(17);
});

describe('who does not read', () => {
  test('requests wait while answers do, and go on when those have gone', () => {
    let asked = 0;
    const viewer = connect(() => {
      asked += 1;
      return { status: 200, fields: [], body: { kind: 'none' } };
    });
    viewer.wire.isStuck = true;
    viewer.wire.backlog = 600_000;
    expect(viewer.send(get(1), get(3), get(5))).toHaveLength(1);
    expect([asked, viewer.wire.isPaused]).toEqual([1, true]);
    viewer.wire.isStuck = false;
    viewer.wire.backlog = 0;
    viewer.lane.drained();
    expect([asked, viewer.wire.isPaused]).toEqual([3, false]);
  });

  const cases: [name: string, begun: Uint8Array, then: (viewer: Http2Viewer) => void, want: string[]][] = [
    ['opens no window for a stream: it is reset', preface([4, 0]), () => undefined, ['rst 1 ENHANCE_YOUR_CALM']],
    [
      'opens it an octet at a time',
      preface([4, 0]),
      (viewer) => {
        viewer.lane.receive(windowUpdate(1, 1));
      },
      ['rst 1 ENHANCE_YOUR_CALM'],
    ],
    ['opens no window for the connection: it is cut off', preface([4, 1_000_000]), () => undefined, ['destroyed']],
    [
      'takes nothing from the kernel',
      preface([4, 1_000_000]),
      (viewer) => {
        viewer.wire.backlog = 1;
      },
      ['destroyed'],
    ],
    [
      'is slow, but takes enough',
      preface([4, 0]),
      (viewer) => {
        viewer.lane.receive(windowUpdate(1, 2_100));
      },
      [],
    ],
  ];
  test.each(cases)('%s', (_name, begun, then, want) => {
    let delivered: unknown;
    const answer: EdgeAnswer = {
      status: 200,
      fields: [],
      body: { kind: 'bytes', bytes: new Uint8Array(100_000) },
      delivered: (one) => (delivered = one),
    };
    const viewer = connect(() => answer, begun);
    viewer.send(get(1));
    for (let time = 0; time < MINUTE; time += 10 * SECOND) {
      then(viewer);
      viewer.pass(10 * SECOND);
    }
    viewer.wire.backlog = 0;
    expect(viewer.got().filter((line) => !line.startsWith('data'))).toEqual(want);
    expect(viewer.lane.isIdle).toBe(want.length > 0);
    expect(delivered).toEqual(want.length > 0 ? expect.objectContaining({ complete: false }) : undefined);
  });
});

describe('who does not send', () => {
  const after = (time: number, ...sent: readonly Uint8Array[]): string[] => {
    const viewer = connect(never, Buffer.alloc(0));
    viewer.got();
    viewer.send(...sent);
    viewer.pass(time);
    return viewer.got();
  };
  const ENDED = [`goaway 0 ENHANCE_YOUR_CALM`, 'ended'];
  const rows: [name: string, sent: Uint8Array[], time: number, want: string[]][] = [
    ['a preface', [], 16 * SECOND, ENDED],
    ['the whole of a preface', [preface().subarray(0, 30)], 16 * SECOND, ENDED],
    ['the whole of a head', [preface(), get(1).subarray(0, 15)], 16 * SECOND, ENDED],
    ['the end of a block', [preface(), frame(FRAME.headers, 0, 1, block(request('GET', '/')))], 16 * SECOND, ENDED],
    ['anything more: an idle connection ends without an error', [preface()], 92 * SECOND, ['goaway 0 NO_ERROR', 'ended']],
    ['anything more, but an answer is awaited', [preface(), get(1)], 10 * MINUTE, []],
    ['a body that nobody reads yet', [preface(), post(1)], 10 * MINUTE, []],
    [
      'a body that may be empty',
      [preface(), frame(FRAME.headers, FLAG.endHeaders, 1, block(request('GET', '/')))],
      MINUTE,
      ['rst 1 ENHANCE_YOUR_CALM'],
    ],
  ];
  test.each(rows)('%s', (_name, sent, time, want) => expect(after(time, ...sent)).toEqual(want));

  test('PING keeps no connection open', () => {
    const viewer = connect(never);
    for (let time = 0; time < 92 * SECOND; time += 10 * SECOND) {
      viewer.lane.receive(ping());
      viewer.pass(10 * SECOND);
    }
    expect(viewer.got().slice(-2)).toEqual(['goaway 0 NO_ERROR', 'ended']);
  });

  test('a body that is read, and does not come', async () => {
    let read: Promise<unknown> | undefined;
    const viewer = connect((_request, body) => {
      if (body.kind === 'stream') read = body.chunks[Symbol.asyncIterator]().next();
      return Promise.withResolvers<never>().promise;
    });
    viewer.send(post(1));
    viewer.pass(MINUTE);
    expect(viewer.got()).toEqual(['rst 1 ENHANCE_YOUR_CALM']);
    expect(read).rejects.toThrow('the stream was reset');
  });

  test('a body that is read, and comes slowly but steadily', () => {
    const viewer = connect((_request, body) => {
      if (body.kind === 'stream') void body.chunks[Symbol.asyncIterator]().next();
      return Promise.withResolvers<never>().promise;
    });
    viewer.send(post(1));
    for (let time = 0; time < 5 * MINUTE; time += 10 * SECOND) {
      viewer.lane.receive(data(1, Buffer.alloc(1_600)));
      viewer.pass(10 * SECOND);
    }
    expect(viewer.got()).toEqual([]);
  });

  test('the rest of a body whose answer is whole', () => {
    const viewer = connect(() => ({ status: 403, fields: [], body: { kind: 'none' } }));
    viewer.send(post(1));
    viewer.pass(MINUTE);
    expect(viewer.got()).toEqual(['rst 1 NO_ERROR']);
  });
});

describe('retiring', () => {
  test('says so, takes what is under way to us, then says which was the last, and ends with it', async () => {
    const answer = Promise.withResolvers<EdgeAnswer>();
    const viewer = connect(({ path }) =>
      path === '/wait' ? answer.promise : { status: 200, fields: [], body: { kind: 'none' } },
    );
    viewer.send(get(1, '/wait'));
    viewer.lane.retire();
    expect(viewer.got()).toEqual(['goaway 2147483647 NO_ERROR', 'ping retiring']);
    expect(viewer.send(get(3))).toEqual(['headers 3 :status=200 content-length=0 end']);
    expect(viewer.send(ping('retiring', FLAG.ack))).toEqual(['goaway 3 NO_ERROR']);
    expect(viewer.send(post(5), data(5, 'x'), rst(5), windowUpdate(5, 1))).toEqual([]);
    answer.resolve({ status: 200, fields: [], body: { kind: 'none' } });
    await answer.promise;
    await Promise.resolve();
    expect(viewer.got()).toEqual(['headers 1 :status=200 content-length=0 end', 'ended']);
  });

  test('does not wait for ever to be understood, and says it once', () => {
    const viewer = connect(never);
    viewer.lane.retire();
    viewer.lane.retire();
    viewer.pass(2 * SECOND);
    expect(viewer.got()).toEqual(['goaway 2147483647 NO_ERROR', 'ping retiring', 'goaway 0 NO_ERROR', 'ended']);
  });
});
