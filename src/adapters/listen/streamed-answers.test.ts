import { describe, expect, test } from 'bun:test';
import { createConnection } from 'node:net';
import { HTTP3, TEXT, h3, heldBody, nextText, type Handle, useListeners } from '../../../test/listening.ts';
import type { EdgeAnswer } from '../../edge/answer.ts';

const { ca, clear, curl, secure } = useListeners();

describe('a streamed answer', () => {
  test('arrives as it is made and is counted', async () => {
    const gate = Promise.withResolvers<'more'>();
    const { answer, delivered, count } = heldBody(gate.promise);
    const listener = clear(() => answer);
    const response = await fetch(`http://127.0.0.1:${listener.port}/`);
    const reader = response.body!.getReader();
    expect(await nextText(reader)).toBe('first');
    gate.resolve('more');
    expect(await nextText(reader)).toBe('second');
    expect((await reader.read()).done).toBe(true);
    expect(await delivered).toEqual({ bodyBytes: 11, complete: true });
    expect(count.delivered).toBe(1);
  });

  test.each([
    ['fails', 'fail', undefined],
    ['is shorter than announced', 'end', 11],
    ['is longer than announced', 'more', 6],
  ] as const)('that %s resets the connection over HTTP/1.1', async (_name, then, length) => {
    const gate = Promise.withResolvers<typeof then>();
    const { answer, delivered, cancelled } = heldBody(gate.promise, length);
    const listener = clear(() => answer);
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = createConnection(listener.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    let got = '';
    socket.on('data', (chunk) => {
      got += chunk.toString();
      if (got.includes('first')) gate.resolve(then);
    });
    socket.on('error', (error) => (got += (error as NodeJS.ErrnoException).code));
    socket.on('close', () => resolve(got));
    expect(await promise).toMatch(/first(?:\r\n)?ECONNRESET$/);
    expect(await delivered).toEqual({ bodyBytes: 5, complete: false });
    await cancelled;
  });

  test('that fails resets the stream over HTTP/2', async () => {
    const { answer, delivered } = heldBody(Promise.resolve('fail'));
    const listener = await secure(() => answer);
    // 92: a stream that was not closed cleanly.
    expect((await curl('--http2', `https://127.0.0.1:${listener.port}/`)).exit).toBe(92);
    expect(await delivered).toMatchObject({ complete: false });
  });

  test('that fails is never ended over HTTP/3', async () => {
    const { answer, delivered } = heldBody(Promise.resolve('fail'));
    const listener = await secure(() => answer);
    const giveUp = new AbortController();
    const response = await h3(listener.port, '/', { signal: giveUp.signal });
    const reader = response.body!.getReader();
    expect(await nextText(reader)).toBe('first');
    const rest = reader.read().then(
      () => 'ended',
      () => 'given up',
    );
    expect(await delivered).toEqual({ bodyBytes: 5, complete: false });
    giveUp.abort();
    expect(await rest).toBe('given up');
  });

  test.each(['clear', 'http2', 'http3'] as const)('whose viewer leaves is cancelled: %s', async (over) => {
    const { answer, cancelled, delivered, count } = heldBody(Promise.withResolvers<'end'>().promise);
    const leave = new AbortController();
    const signals: AbortSignal[] = [];
    const handle: Handle = (_request, _body, leaving) => {
      signals.push(leaving());
      return answer;
    };
    const listener = over === 'clear' ? clear(handle) : await secure(handle);
    const init = { clear: {}, http2: { protocol: 'http2', tls: { ca: ca().certificate } }, http3: HTTP3 } as const;
    const scheme = over === 'clear' ? 'http' : 'https';
    const response = await fetch(`${scheme}://127.0.0.1:${listener.port}/`, { ...init[over], signal: leave.signal });
    await response.body!.getReader().read();
    leave.abort();
    await cancelled;
    expect(await delivered).toEqual({ bodyBytes: 5, complete: false });
    expect(count.delivered).toBe(1);
    expect(signals[0]!.aborted).toBe(true);
  });

  test('whose viewer left before it was there is cancelled', async () => {
    const asked = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<EdgeAnswer>();
    const { answer, cancelled, delivered } = heldBody(Promise.resolve('end'));
    const leave = new AbortController();
    const listener = clear(async (_request, _body, leaving) => {
      leaving().addEventListener('abort', () => gate.resolve(answer));
      asked.resolve();
      return gate.promise;
    });
    const left = fetch(`http://127.0.0.1:${listener.port}/`, { signal: leave.signal }).catch(
      (error: unknown) => (error as Error).name,
    );
    await asked.promise;
    leave.abort();
    expect(await left).toBe('AbortError');
    await cancelled;
    expect(await delivered).toEqual({ bodyBytes: 0, complete: false });
  });

  test('goes at the pace of its viewer', async () => {
    const OFFERED = 4096;
    let pulled = 0;
    const chunk = new Uint8Array(65_536);
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (; pulled < OFFERED; pulled++) yield chunk;
    }
    const started = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<void>();
    const listener = clear(() => ({
      status: 200,
      fields: TEXT,
      body: { kind: 'stream', length: undefined, chunks: chunks(), cancel: () => cancelled.resolve() },
    }));
    const socket = createConnection(listener.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    // Nothing more is read after the first octets: 256 MiB must not pile up before the viewer leaves.
    socket.once('data', () => {
      socket.pause();
      started.resolve();
    });
    await started.promise;
    // A second request is answered meanwhile, so the server had its chance to run ahead.
    await fetch(`http://127.0.0.1:${listener.port}/`, { method: 'HEAD' });
    socket.destroy();
    await cancelled.promise;
    expect(pulled).toBeLessThan(OFFERED / 4);
  });
});
