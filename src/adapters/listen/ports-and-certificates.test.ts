import { describe, expect, test } from 'bun:test';
import { TEXT, bytes, h3, heldBody, options, raw, type Handle, useListeners } from '../../../test/listening.ts';
import { listenSecure } from './listen-secure.ts';
import { listenTls } from './listen-tls.ts';
import { headSizeWarning } from './listener.ts';

const { ca, certificates, clear, curl, secure, stopAfter } = useListeners();

describe('ports and certificates', () => {
  const ok: Handle = () => ({ status: 200, fields: TEXT, body: { kind: 'bytes', bytes: bytes('ok') } });

  test('a taken port is one sentence with port and flag', async () => {
    const { port } = clear(ok);
    expect(() => clear(ok, { port })).toThrow(
      `cannot listen on 127.0.0.1 TCP port ${port} (--http-port): the port is taken; stop what uses it or choose another with --http-port`,
    );
    const tls = await secure(ok);
    const again = { ...options(ok), port: tls.port, flag: '--https-port', certificates: certificates() };
    expect(() => listenTls(again)).toThrow(`TCP port ${tls.port} (--https-port): the port is taken`);
    await expect(listenSecure(again)).rejects.toThrow(`TCP port ${tls.port} (--https-port): the port is taken`);
  });

  test('a UDP port that is taken is told, and the TCP port is given back', async () => {
    const udp = await Bun.udpSocket({ hostname: '127.0.0.1', socket: {} });
    const { port } = udp;
    await expect(listenSecure({ ...options(ok), port, flag: '--https-port', certificates: certificates() })).rejects.toThrow(
      `UDP port ${port} (--https-port): the port is taken`,
    );
    udp.close();
    stopAfter(await listenSecure({ ...options(ok), port, flag: '--https-port', certificates: certificates() }));
  });

  test('an address that is not ours is told', () => {
    expect(() => clear(ok, { hostname: '203.0.113.9' })).toThrow('cannot listen on 203.0.113.9 TCP port 0 (--http-port)');
  });

  test('one certificate for each server name, valid for curl', async () => {
    const listener = await secure(ok);
    for (const name of ['localhost', 'a.one.test']) {
      const { out, exit } = await curl('--resolve', `${name}:${listener.port}:127.0.0.1`, `https://${name}:${listener.port}/`);
      expect([name, exit, out]).toEqual([name, 0, 'ok']);
    }
    // 60: the certificate does not fit the name.
    expect((await curl('--resolve', `b.two.test:${listener.port}:127.0.0.1`, `https://b.two.test:${listener.port}/`)).exit).toBe(
      60,
    );
  });

  test('new certificates are shown at once, and an answer under way is finished', async () => {
    const gate = Promise.withResolvers<'more'>();
    const held = heldBody(gate.promise);
    const listener = await secure((request) =>
      request.path === '/held' ? held.answer : ok(request, { kind: 'none' }, () => AbortSignal.any([])),
    );
    const url = `https://127.0.0.1:${listener.port}`;
    const under = await fetch(`${url}/held`, { protocol: 'http2', tls: { ca: ca().certificate } });
    await listener.setCertificates([...certificates(), ...(await ca().certificatesFor(['*.two.test']))]);
    const { out } = await curl('--resolve', `b.two.test:${listener.port}:127.0.0.1`, `https://b.two.test:${listener.port}/`);
    expect(out).toBe('ok');
    expect(await (await h3(listener.port, '/')).text()).toBe('ok');
    gate.resolve('more');
    expect(await under.text()).toBe('firstsecond');
  });

  test('stop with drain finishes what is under way; afterwards nobody answers', async () => {
    const gate = Promise.withResolvers<'more'>();
    const { answer } = heldBody(gate.promise);
    const listener = clear(() => answer);
    const under = await fetch(`http://127.0.0.1:${listener.port}/`);
    const stopped = listener.stop(true);
    gate.resolve('more');
    expect(await under.text()).toBe('firstsecond');
    await stopped;
    expect(await raw(listener.port, 'GET / HTTP/1.1\r\n\r\n')).toBe('<ECONNREFUSED>');
  });

  test('too small a limit of header fields is worth a sentence', () => {
    expect(headSizeWarning(16_384)).toContain('--max-http-header-size=65536');
    expect(headSizeWarning(65_536)).toBeUndefined();
  });
});
