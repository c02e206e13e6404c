import { describe, expect, test } from 'bun:test';
import type { EdgeAnswer } from '../../../edge/answer.ts';
import { FRAME } from '../../../http/http2/frames.ts';
import { frame, get, headers, hex, preface, request, rst, settings, windowUpdate } from '../../../../test/http2-frames.ts';
import { connect, type Handle } from '../../../../test/http2-viewer.ts';
import { heldBody } from '../../../../test/listening.ts';

const TYPE = ['content-type', 'text/plain'] as const;
const bytes = (size: number, fill = 97): EdgeAnswer => ({
  status: 200,
  fields: [],
  body: { kind: 'bytes', bytes: new Uint8Array(size).fill(fill) },
});

describe('the head and its body', () => {
  const rows: [name: string, method: string, answer: EdgeAnswer, want: string[]][] = [
    [
      'bytes, with what is stored and what is this answer’s own',
      'GET',
      {
        status: 200,
        fields: [['etag', '"x"'], TYPE],
        ownFields: [['x-cache', 'Hit']],
        body: { kind: 'bytes', bytes: Buffer.from('hi') },
      },
      ['headers 1 :status=200 content-type=text/plain content-length=2 etag="x" x-cache=Hit', 'data 1 2 end'],
    ],
    ['no bytes', 'GET', bytes(0), ['headers 1 :status=200 content-length=0 end']],
    [
      'lines of one name stay apart',
      'GET',
      {
        status: 200,
        fields: [
          ['set-cookie', 'a'],
          ['set-cookie', 'b'],
        ],
        body: { kind: 'none' },
      },
      ['headers 1 :status=200 content-length=0 set-cookie=a set-cookie=b end'],
    ],
    [
      'an empty type is no type',
      'GET',
      { status: 200, fields: [['content-type', '']], body: { kind: 'none' } },
      ['headers 1 :status=200 content-length=0 end'],
    ],
    ['HEAD says the length of GET', 'HEAD', bytes(1234), ['headers 1 :status=200 content-length=1234 end']],
    [
      'HEAD of a length that is known',
      'HEAD',
      { status: 200, fields: [], body: { kind: 'none', length: 7 } },
      ['headers 1 :status=200 content-length=7 end'],
    ],
    ['HEAD of a length that is not', 'HEAD', { status: 200, fields: [], body: { kind: 'none' } }, ['headers 1 :status=200 end']],
    [
      '304 with a length',
      'GET',
      { status: 304, fields: [], body: { kind: 'none', length: 7 } },
      ['headers 1 :status=304 content-length=7 end'],
    ],
    ['304 without', 'GET', { status: 304, fields: [], body: { kind: 'none' } }, ['headers 1 :status=304 end']],
    ['204', 'GET', { status: 204, fields: [], body: { kind: 'none', length: 0 } }, ['headers 1 :status=204 end']],
    [
      'a redirect',
      'GET',
      { status: 301, fields: [['location', '/b']], body: { kind: 'none' } },
      ['headers 1 :status=301 content-length=0 location=/b end'],
    ],
    [
      'octets above ASCII',
      'GET',
      { status: 200, fields: [], ownFields: [['x-a', '\xe9\x80']], body: { kind: 'none' } },
      ['headers 1 :status=200 content-length=0 x-a=\xe9\x80 end'],
    ],
    [
      'a head of two frames',
      'GET',
      { status: 200, fields: [['x-a', '\x01'.repeat(20_000)]], body: { kind: 'none' } },
      ['part of headers 1', `headers 1 :status=200 content-length=0 x-a=${'\x01'.repeat(20_000)}`],
    ],
  ];
  test.each(rows)('%s', async (_name, method, answer, want) => {
    const deliveries: unknown[] = [];
    const watched: EdgeAnswer = { ...answer, delivered: (delivery) => deliveries.push(delivery) };
    for (const handle of [() => watched, async () => watched]) {
      const viewer = connect(handle);
      viewer.lane.receive(headers(1, request(method, '/')));
      await Promise.resolve();
      await Promise.resolve();
      expect(viewer.got()).toEqual(want);
      expect(viewer.lane.isIdle).toBe(true);
    }
    const bodyBytes = want.at(-1)?.startsWith('data') ? 2 : 0;
    expect(deliveries).toEqual([
      { bodyBytes, complete: true },
      { bodyBytes, complete: true },
    ]);
  });

  test('an own field says what it says now, whatever it said before', () => {
    const values = ['a', 'b', 'b', 'b', 'c', 'b', 'b', ''];
    let number = 0;
    const viewer = connect(() => ({ status: 200, fields: [], ownFields: [['x-a', values[number++]!]], body: { kind: 'none' } }));
    const got = values.map((_, index) => viewer.send(get(2 * index + 1))[0]);
    expect(got).toEqual(values.map((value, index) => `headers ${2 * index + 1} :status=200 content-length=0 x-a=${value} end`));
  });

  test('what is stored is kept for one status, one length and one kind of answer only', () => {
    const fields = [['etag', '"x"']] as const;
    const answers: EdgeAnswer[] = [
      { status: 200, fields, body: { kind: 'none' } },
      { status: 404, fields, body: { kind: 'none' } },
      { status: 404, fields, body: { kind: 'bytes', bytes: Buffer.from('x') } },
      { status: 200, fields, edgeFields: [['x-cache', 'Miss']], body: { kind: 'none' } },
      { status: 200, fields, edgeFields: [['x-cache', 'Hit']], ownFields: [['age', '1']], body: { kind: 'none' } },
      { status: 200, fields, body: { kind: 'none' } },
    ];
    let number = 0;
    const viewer = connect(() => answers[number++]!);
    const got = answers.map((_, index) => viewer.send(get(2 * index + 1))[0]?.replace(/^headers \d+ /, ''));
    const [ok, missing] = [':status=200 content-length=0 etag="x" end', ':status=404 content-length=0 etag="x" end'];
    const [miss, hit] = ['Miss', 'Hit age=1'].map((more) => ok.replace(' end', ` x-cache=${more} end`));
    expect(got).toEqual([ok, missing, ':status=404 content-length=1 etag="x"', miss, hit, ok]);
  });
});

describe('windows', () => {
  test('a body larger than a frame goes in frames, as far as the window goes', () => {
    const viewer = connect(() => bytes(70_000));
    expect(viewer.send(get(1))).toEqual([
      'headers 1 :status=200 content-length=70000',
      'data 1 16384',
      'data 1 16384',
      'data 1 16384',
      'data 1 16383',
    ]);
    expect(viewer.send(windowUpdate(0, 100_000))).toEqual([]);
    expect(viewer.send(windowUpdate(1, 4_000))).toEqual(['data 1 4000']);
    expect(viewer.send(windowUpdate(1, 4_000))).toEqual(['data 1 465 end']);
    expect(viewer.bodies.get(1)).toBe('a'.repeat(70_000));
  });

  test('the connection’s window holds all streams', () => {
    const viewer = connect(() => bytes(60_000), preface([4, 1_000_000]));
    viewer.send(get(1));
    expect(viewer.send(get(3))).toEqual(['headers 3 :status=200 content-length=60000', 'data 3 5535']);
    expect(viewer.send(windowUpdate(0, 54_465)).at(-1)).toBe('data 3 5313 end');
  });

  test('no body at all does not need a window', () => {
    const viewer = connect(() => ({ status: 204, fields: [], body: { kind: 'none' } }), preface([4, 0]));
    expect(viewer.send(get(1))).toEqual(['headers 1 :status=204 end']);
  });

  test('settings move the windows of streams that are open, below nothing too', () => {
    const viewer = connect(() => bytes(30_000), preface([4, 10_000]));
    viewer.send(get(1));
    expect(viewer.send(settings([4, 0]))).toEqual(['settings ack']);
    expect(viewer.send(windowUpdate(1, 10_000))).toEqual([]);
    expect(viewer.send(settings([4, 10_001]))).toEqual(['settings ack', 'data 1 10001']);
    expect(viewer.send(windowUpdate(1, 20_000))).toEqual(['data 1 9999 end']);
  });

  test('a slow connection: nothing more is written until what waits has gone', () => {
    const viewer = connect(() => bytes(300_000), preface([4, 1_000_000]));
    viewer.wire.isStuck = true;
    viewer.wire.backlog = 200_000;
    expect(viewer.send(windowUpdate(0, 1_000_000), get(1))).toEqual(['headers 1 :status=200 content-length=300000']);
    viewer.wire.isStuck = false;
    viewer.wire.backlog = 0;
    viewer.lane.drained();
    expect(viewer.got().at(-1)).toBe('data 1 5088 end');
  });
});

describe('turns', () => {
  /** The order of the frames of bodies, once the connection's window is open. */
  function order(...sent: readonly Uint8Array[]): string {
    const viewer = connect(({ path }) => bytes(path === '/first' ? 65_535 : 40_000), preface([4, 1_000_000]));
    viewer.send(get(99, '/first'));
    viewer.send(headers(101, request('GET', '/')), ...sent);
    return viewer
      .send(windowUpdate(0, 1_000_000))
      .filter((line) => line.startsWith('data'))
      .map((line) => line.split(' ')[1])
      .join(' ');
  }
  test('who says nothing shares', () => {
    expect(order(get(103), get(105))).toBe('101 103 105 101 103 105 101 103 105');
  });
  test('who can only use a whole answer gets it whole, the more urgent first', () => {
    const whole = (id: number, urgency: number): Uint8Array => get(id, '/', [['priority', `u=${urgency}`]]);
    expect(order(whole(103, 5), whole(105, 1), whole(107, 5))).toBe('105 105 105 101 101 101 103 103 103 107 107 107');
  });
  test('a change of mind', () => {
    const update = frame(FRAME.priorityUpdate, 0, 0, Buffer.concat([hex('00000067'), Buffer.from('u=0')]));
    expect(order(get(103), update)).toBe('103 103 103 101 101 101');
  });
});

describe('bodies from elsewhere', () => {
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };

  test('a length that is known stays, the end comes when the body has ended', async () => {
    const then = Promise.withResolvers<'more' | 'fail' | 'end'>();
    const held = heldBody(then.promise, 11);
    const viewer = connect(() => held.answer);
    viewer.lane.receive(get(1));
    await settled();
    expect(viewer.got()).toEqual(['headers 1 :status=200 content-type=text/plain content-length=11', 'data 1 5']);
    then.resolve('more');
    await held.delivered;
    await settled();
    expect(viewer.got()).toEqual(['data 1 6', 'data 1 0 end']);
    expect(await held.delivered).toEqual({ bodyBytes: 11, complete: true });
  });

  const broken: [name: string, then: 'more' | 'fail' | 'end', length: number | undefined][] = [
    ['breaks off', 'fail', undefined],
    ['is shorter than announced', 'end', 11],
    ['is longer than announced', 'more', 7],
  ];
  test.each(broken)('a body that %s is reset, never ended', async (_name, then, length) => {
    const held = heldBody(Promise.resolve(then), length);
    const viewer = connect(() => held.answer);
    viewer.lane.receive(get(1));
    expect((await held.delivered).complete).toBe(false);
    await settled();
    expect(viewer.got().at(-1)).toBe('rst 1 INTERNAL_ERROR');
    expect(viewer.lane.isIdle).toBe(true);
  });

  const leavings: [name: string, leave: (viewer: ReturnType<typeof connect>) => void][] = [
    ['resets the stream', (viewer) => viewer.lane.receive(rst(1))],
    ['ends the connection', (viewer) => viewer.lane.ended()],
    ['has gone', (viewer) => viewer.lane.closed()],
  ];
  test.each(leavings)('a viewer who %s: no more is read, and the edge is told', async (_name, leave) => {
    const held = heldBody(Promise.withResolvers<never>().promise);
    let signal: AbortSignal | undefined;
    const viewer = connect((_request, _body, leaving) => {
      signal = leaving();
      return held.answer;
    });
    viewer.lane.receive(get(1));
    await settled();
    leave(viewer);
    await held.cancelled;
    expect(await held.delivered).toEqual({ bodyBytes: 5, complete: false });
    expect([signal?.aborted, held.count.delivered, viewer.lane.isIdle]).toEqual([true, 1, true]);
  });

  test('a viewer who leaves while the answer is awaited: it is dismissed when it comes', async () => {
    const answer = Promise.withResolvers<EdgeAnswer>();
    const held = heldBody(Promise.resolve('end'));
    let signal: AbortSignal | undefined;
    const viewer = connect((_request, _body, leaving) => {
      signal = leaving();
      return answer.promise;
    });
    viewer.send(get(1));
    expect(viewer.send(rst(1))).toEqual([]);
    expect(signal?.aborted).toBe(true);
    answer.resolve(held.answer);
    await held.cancelled;
    expect(await held.delivered).toEqual({ bodyBytes: 0, complete: false });
    expect(viewer.got()).toEqual([]);
  });

  test('a viewer who has everything has not left', () => {
    let leave: (() => AbortSignal) | undefined;
    const viewer = connect((_request, _body, leaving) => {
      leave = leaving;
      return bytes(5);
    });
    viewer.send(get(1));
    viewer.lane.closed();
    expect(leave?.().aborted).toBe(false);
  });

  test('half an answer from memory, then a reset', () => {
    const deliveries: unknown[] = [];
    const viewer = connect(() => ({ ...bytes(100_000), delivered: (delivery) => deliveries.push(delivery) }));
    viewer.send(get(1), rst(1));
    expect(deliveries).toEqual([{ bodyBytes: 65_535, complete: false }]);
  });
});

test('interim responses come ahead of the answer, and never behind', async () => {
  const answer = Promise.withResolvers<EdgeAnswer>();
  let interim: Parameters<Handle>[3];
  const viewer = connect((_request, _body, _leaving, given) => {
    interim = given;
    return answer.promise;
  });
  viewer.send(get(1));
  interim?.(103, [['link', '</a.css>']]);
  expect(viewer.got()).toEqual(['headers 1 :status=103 link=</a.css>']);
  answer.resolve(bytes(5));
  await answer.promise;
  interim?.(103, []);
  expect(viewer.got()).toEqual(['headers 1 :status=200 content-length=5', 'data 1 5 end']);
});

describe('mistakes of ours', () => {
  const mistake = new Error('mistake');
  const rows: [name: string, handle: Handle][] = [
    [
      'thrown',
      () => {
        throw mistake;
      },
    ],
    ['rejected', () => Promise.reject(mistake)],
  ];
  test.each(rows)('%s: reported, and the viewer gets an empty 500', async (_name, handle) => {
    const viewer = connect(handle);
    viewer.lane.receive(get(1));
    await Promise.resolve();
    await Promise.resolve();
    expect(viewer.got()).toEqual(['headers 1 :status=500 content-length=0 end']);
    expect(viewer.reported).toEqual([mistake]);
  });

  test('a tunnel cannot be', () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const chunks = heldBody(Promise.resolve('end')).answer.body;
    if (chunks.kind !== 'stream') throw new Error('no stream');
    const body = { kind: 'tunnel', chunks: chunks.chunks, accept: () => undefined, cancel: resolve } as const;
    const viewer = connect(() => ({ status: 101, fields: [], body }));
    expect(viewer.send(get(1))).toEqual(['rst 1 INTERNAL_ERROR']);
    expect(viewer.reported).toHaveLength(1);
    return promise;
  });
});
