import { describe, expect, test } from 'bun:test';
import type { ViewerRequest } from '../../../core/request.ts';
import type { RequestBody } from '../../../edge/ports.ts';
import { FLAG, FRAME } from '../../../http/http2/frames.ts';
import { KIB, MIB } from '../../../model/units.ts';
import { data, frame, get, headers, post, request, rst } from '../../../../test/http2-frames.ts';
import { connect, type Handle, type Http2Viewer } from '../../../../test/http2-viewer.ts';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

interface Asked {
  readonly request: ViewerRequest;
  readonly body: RequestBody;
}

/** Every request is kept, none is answered. */
function asking(): { readonly asked: Asked[]; readonly viewer: Http2Viewer } {
  const asked: Asked[] = [];
  const viewer = connect((given, body) => {
    asked.push({ request: given, body });
    return Promise.withResolvers<never>().promise;
  });
  return { asked, viewer };
}

const reader = ({ body }: Asked) => (body.kind === 'stream' ? body.chunks[Symbol.asyncIterator]() : undefined)!;
const text = async (asked: Asked): Promise<string> => {
  let read = '';
  const chunks = reader(asked);
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) read += Buffer.from(next.value).toString();
  return read;
};

test('a request as the core gets it', () => {
  const { asked, viewer } = asking();
  viewer.send(
    get(1, '/a/../b?c?d', [
      ['cookie', 'a=1'],
      ['x-a', '1'],
      ['cookie', 'b=2'],
    ]),
  );
  expect(asked[0]!.request).toEqual({
    method: 'GET',
    scheme: 'https',
    httpVersion: '2.0',
    host: 'a.test',
    path: '/a/../b',
    query: 'c?d',
    fields: [
      ['cookie', 'a=1; b=2'],
      ['x-a', '1'],
    ],
    viewerAddress: '192.0.2.1',
    viewerPort: 4711,
    body: { kind: 'none' },
    tls: undefined,
  });
});

test('fields beyond what is kept still reach the core, which refuses them by their size', () => {
  const { asked, viewer } = asking();
  const many = Array.from({ length: 40 }, (_, index) => [`x-${index}`, '\x01'.repeat(0) + 'a'.repeat(2_000)] as const);
  viewer.lane.receive(headersInFrames(1, request('GET', '/', many)));
  const size = asked[0]!.request.fields.reduce((total, [name, value]) => total + name.length + value.length + 4, 0);
  expect(size).toBeGreaterThan(64 * KIB);
  expect(size).toBeLessThan(68 * KIB);
});

/** A block that is larger than a frame. */
function headersInFrames(stream: number, fields: Parameters<typeof headers>[1]): Buffer {
  const block = headers(stream, fields).subarray(9);
  const frames = [frame(FRAME.headers, FLAG.endStream, stream, block.subarray(0, 16_000))];
  for (let at = 16_000; at < block.length; at += 16_000) {
    frames.push(
      frame(FRAME.continuation, at + 16_000 < block.length ? 0 : FLAG.endHeaders, stream, block.subarray(at, at + 16_000)),
    );
  }
  return Buffer.concat(frames);
}

describe('what kind of body there is', () => {
  const rows: [name: string, sent: Uint8Array[], want: ViewerRequest['body'] | 'not asked', body: string][] = [
    ['GET without', [get(1)], { kind: 'none' }, ''],
    ['POST without', [headers(1, request('POST', '/'))], { kind: 'none' }, ''],
    [
      'POST of a length',
      [post(1, '/', [['content-length', '5']]), data(1, 'ab'), data(1, 'cde', true)],
      { kind: 'length', length: 5 },
      'abcde',
    ],
    ['POST of a length of nothing', [post(1, '/', [['content-length', '0']]), data(1, '', true)], { kind: 'none' }, ''],
    ['POST of no length is asked at once', [post(1)], { kind: 'chunked' }, ''],
    ['POST of no length, with trailers', [post(1), data(1, 'ab'), headers(1, [['x-sum', '1']])], { kind: 'chunked' }, 'ab'],
    [
      'padding is no body',
      [post(1), frame(FRAME.data, FLAG.padded | FLAG.endStream, 1, '\x02ab\0\0')],
      { kind: 'chunked' },
      'ab',
    ],
    [
      'GET whose body may still be empty',
      [post(1).subarray(0, 0), headers(1, request('GET', '/'), FLAG.endHeaders)],
      'not asked',
      '',
    ],
    [
      'GET whose body is empty',
      [headers(1, request('GET', '/'), FLAG.endHeaders), data(1, ''), data(1, '', true)],
      { kind: 'none' },
      '',
    ],
    [
      'GET that ends in trailers',
      [headers(1, request('GET', '/'), FLAG.endHeaders), headers(1, [['a', '1']])],
      { kind: 'none' },
      '',
    ],
    [
      'GET with a body is the core’s to refuse',
      [headers(1, request('GET', '/'), FLAG.endHeaders), data(1, 'x', true)],
      { kind: 'chunked' },
      'x',
    ],
    ['HEAD with one, too', [headers(1, request('HEAD', '/'), FLAG.endHeaders), data(1, 'x', true)], { kind: 'chunked' }, 'x'],
  ];
  test.each(rows)('%s', async (_name, sent, want, body) => {
    const { asked, viewer } = asking();
    viewer.send(...sent);
    expect(asked.map((one) => one.request.body)).toEqual(want === 'not asked' ? [] : [want]);
    if (body !== '') expect(await text(asked[0]!)).toBe(body);
  });
});

describe('the window', () => {
  const FULL = Buffer.alloc(16 * KIB);

  test('opens as the edge reads, not before', async () => {
    const { asked, viewer } = asking();
    const sent = [post(1)];
    for (let count = 0; count < 16; count++) sent.push(data(1, FULL));
    expect(viewer.send(...sent)).toEqual([]);
    const chunks = reader(asked[0]!);
    for (let count = 0; count < 7; count++) await chunks.next();
    expect(viewer.got()).toEqual([]);
    await chunks.next();
    expect(viewer.got()).toEqual(['window 1 131072']);
  });

  test('what goes beyond it is an error, of the stream', () => {
    const { viewer } = asking();
    const sent = Array.from({ length: 16 }, () => data(1, FULL));
    expect(viewer.send(post(1), ...sent, data(1, 'x'))).toEqual(['rst 1 FLOW_CONTROL_ERROR']);
  });

  test('what goes beyond the connection’s, of the connection', () => {
    const { viewer } = asking();
    const filled = [1, 3, 5, 7].flatMap((id) => [post(id), ...Array.from({ length: 16 }, () => data(id, FULL))]);
    expect(viewer.send(...filled)).toEqual([]);
    expect(viewer.send(post(9), data(9, 'x'))).toEqual(['goaway 9 FLOW_CONTROL_ERROR', 'ended']);
  });

  test('streams that end unread give the connection back what they held', () => {
    const { viewer } = asking();
    for (let id = 1; id < 40; id += 2) {
      viewer.send(post(id), ...Array.from({ length: 16 }, () => data(id, FULL)), rst(id));
    }
    expect(viewer.lane.isIdle).toBe(true);
    expect(viewer.send(post(41), data(41, 'x'))).toEqual([]);
  });

  test('requests that are answered unread, too', async () => {
    const viewer = connect(() => ({ status: 403, fields: [], body: { kind: 'none' } }));
    const later = connect(async () => ({ status: 403, fields: [], body: { kind: 'none' } }));
    for (let id = 1; id < 40; id += 2) {
      for (const one of [viewer, later])
        one.send(post(id), ...Array.from({ length: 15 }, () => data(id, FULL)), data(id, FULL, true));
      await settled();
    }
    expect([viewer.wire.state, later.wire.state]).toEqual(['open', 'open']);
  });

  test('padding is given back at once', () => {
    const { viewer } = asking();
    const padded = frame(FRAME.data, FLAG.padded, 1, Buffer.concat([Uint8Array.of(255), Buffer.alloc(256)]));
    const lines = viewer.send(post(1), ...Array.from({ length: 600 }, () => padded));
    expect(lines).toEqual(['window 1 131072']);
  });
});

test('the end of the connection in the middle of a body is an error for its reader', async () => {
  const { asked, viewer } = asking();
  viewer.send(post(1), data(1, 'ab'));
  const chunks = reader(asked[0]!);
  await chunks.next();
  viewer.lane.closed();
  expect(chunks.next()).rejects.toThrow('the viewer has left');
});

describe('100 (Continue)', () => {
  const expecting = post(1, '/', [
    ['expect', '100-continue'],
    ['content-length', '2'],
  ]);

  test('is sent when the edge wants the body', async () => {
    const { asked, viewer } = asking();
    expect(viewer.send(expecting)).toEqual([]);
    void reader(asked[0]!).next();
    await settled();
    expect(viewer.got()).toEqual(['headers 1 :status=100']);
  });

  test('is not sent once the body has come, nor when nobody waits', async () => {
    const { asked, viewer } = asking();
    viewer.send(expecting, data(1, 'a'), post(3));
    void reader(asked[0]!).next();
    void reader(asked[1]!).next();
    await settled();
    expect(viewer.got()).toEqual([]);
  });
});

describe('an answer that overtakes its request', () => {
  const refuse: Handle = () => ({ status: 403, fields: [], body: { kind: 'none' } });

  test('is whole; the rest of the request is read and dropped', () => {
    const viewer = connect(refuse);
    expect(viewer.send(post(1), data(1, 'abc'))).toEqual(['headers 1 :status=403 content-length=0 end']);
    expect(viewer.lane.isIdle).toBe(false);
    expect(viewer.send(data(1, 'def', true))).toEqual([]);
    expect(viewer.lane.isIdle).toBe(true);
  });

  test('an edge that is reading reads on', async () => {
    const reading: Promise<string>[] = [];
    const viewer = connect((asked, body) => {
      reading.push(text({ request: asked, body }));
      return { status: 403, fields: [], body: { kind: 'none' } };
    });
    viewer.send(post(1), data(1, 'abc'));
    await settled();
    viewer.send(data(1, 'def', true));
    expect(await reading[0]).toBe('abcdef');
    expect(viewer.lane.isIdle).toBe(true);
  });

  test('a rest that does not end is cut off without an error', () => {
    const viewer = connect(refuse);
    viewer.send(post(1));
    let sent = 0;
    let lines: string[] = [];
    for (; !lines.includes('rst 1 NO_ERROR') && sent < 2 * MIB; sent += 16 * KIB)
      lines = viewer.send(data(1, Buffer.alloc(16 * KIB)));
    expect(sent).toBe(MIB + 16 * KIB);
    expect(viewer.send(data(1, 'still under way'), get(3))).toEqual(['headers 3 :status=403 content-length=0 end']);
  });
});
