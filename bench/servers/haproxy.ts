/**
 * HAProxy from Debian with its small-object cache, one thread, log to a local socket's reader: clear text, TLS and HTTP/2.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, startPinned } from '../processes.ts';
import type { BenchServer, ServerSetup } from './server.ts';

export async function startHaproxy(setup: ServerSetup): Promise<BenchServer> {
  const folder = join(setup.folder, 'haproxy');
  mkdirSync(folder, { recursive: true });
  const pem = join(folder, 'bench.pem');
  writeFileSync(pem, readFileSync(setup.certificate, 'utf8') + readFileSync(setup.key, 'utf8'), { mode: 0o600 });
  const configuration = join(folder, 'haproxy.cfg');
  writeFileSync(configuration, haproxyConfiguration(setup, pem));
  const command = `exec haproxy -db -f ${configuration} >>${folder}/access.log`;
  const running = await startPinned('haproxy', setup.core, ['sh', '-c', command], () =>
    answers(`http://127.0.0.1:${setup.httpPort}/bytes/1`),
  );
  const secure = `https://127.0.0.1:${setup.tlsPort}`;
  return {
    name: 'HAProxy',
    running,
    host: 'bench.localhost',
    urls: { h1: `http://127.0.0.1:${setup.httpPort}`, tls: secure, h2: secure },
  };
}

function haproxyConfiguration({ httpPort, tlsPort, originPort }: ServerSetup, pem: string): string {
  return `
global
  nbthread 1
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  timeout client 60s
  timeout server 60s
  timeout connect 5s
cache bench
  total-max-size 64
  max-object-size 100000
  max-age 3600
frontend viewers
  bind 127.0.0.1:${httpPort}
  bind 127.0.0.1:${tlsPort} ssl crt ${pem} alpn h2,http/1.1
  http-request cache-use bench
  http-response cache-store bench
  default_backend origin
backend origin
  server origin 127.0.0.1:${originPort}
`;
}
