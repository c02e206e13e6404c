import { expect, test } from 'bun:test';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { bytes, options, TEXT, useListeners, type Handle } from '../../../test/listening.ts';
import { countConnections } from '../metrics/connection-counters.ts';
import { listenClear } from './listen-clear.ts';
import { listenTls } from './listen-tls.ts';
import type { ConnectionWatch } from './listener.ts';
import { createViewerLimits } from './viewer-limits.ts';

const listening = useListeners();
const ok: Handle = () => ({ status: 200, fields: TEXT, body: { kind: 'bytes', bytes: bytes('ok') } });

/** What has been told, and a wait for the next of a kind. */
function watched() {
  const counters = countConnections();
  const waiting = new Map<keyof ConnectionWatch, () => void>();
  const telling = <Words extends readonly unknown[]>(kind: keyof ConnectionWatch, tell: (...words: Words) => void) => {
    return (...words: Words): void => {
      tell(...words);
      waiting.get(kind)?.();
    };
  };
  const watch: ConnectionWatch = {
    opened: telling('opened', counters.opened),
    closed: telling('closed', counters.closed),
    refused: telling('refused', counters.refused),
    handshakeFailed: telling('handshakeFailed', counters.handshakeFailed),
  };
  const next = (kind: keyof ConnectionWatch): Promise<void> => new Promise((resolve) => waiting.set(kind, resolve));
  const read = (): Record<string, number> => {
    const samples = Object.entries(counters.read()).flatMap(([name, all]) =>
      all.map(({ labels, value }) => [[name.replace('warmfront_', ''), ...labels].join(' '), Number(value)] as const),
    );
    return Object.fromEntries(samples.filter(([, value]) => value > 0));
  };
  return { watch, next, read };
}

test('clear text: open while it is there, refused where there is no room', async () => {
  const { watch, next, read } = watched();
  const limits = createViewerLimits({
    maxConnections: 1,
    connectionsPerAddress: undefined,
    requestsPerAddress: undefined,
    now: Date.now,
  });
  const listener = listenClear(options(ok, { watch, limits }));
  listening.stopAfter(listener);
  const opened = next('opened');
  const viewer = connect(listener.port, '127.0.0.1');
  await opened;
  const refused = next('refused');
  const another = connect(listener.port, '127.0.0.1');
  await refused;
  expect(read()).toEqual({ 'connections http http/1.1': 1, 'connections_total http http/1.1': 1, connections_refused_total: 1 });
  const closed = next('closed');
  viewer.destroy();
  another.destroy();
  await closed;
  expect(read()).toEqual({ 'connections_total http http/1.1': 1, connections_refused_total: 1 });
});

test('TLS: by the protocol agreed on; a handshake that breaks off has failed', async () => {
  const { watch, next, read } = watched();
  const listener = listenTls({ ...options(ok, { watch }), certificates: listening.certificates() });
  listening.stopAfter(listener);
  const opened = next('opened');
  const viewer = connectTls({ port: listener.port, host: '127.0.0.1', ALPNProtocols: ['h2'], ca: [listening.ca().certificate] });
  await opened;
  const failed = next('handshakeFailed');
  connect(listener.port, '127.0.0.1').end('no TLS');
  await failed;
  expect(read()).toEqual({
    'connections https h2': 1,
    'connections_total https h2': 1,
    'tls_handshakes_total made': 1,
    'tls_handshakes_total failed': 1,
  });
  const closed = next('closed');
  viewer.destroy();
  await closed;
  expect(read()['connections https h2']).toBeUndefined();
});
