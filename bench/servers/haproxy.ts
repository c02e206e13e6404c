/**
 * HAProxy from Debian with its small-object cache, log to a file: clear text, TLS and HTTP/2.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, startPinned } from '../processes.ts';
import { BENCH_HOST, NO_FUNCTIONS, versionOf, type BenchServer, type ServerKind, type ServerSetup } from './server.ts';

export const haproxy: ServerKind = {
  name: 'HAProxy',
  isInstalled: () => Bun.which('haproxy') !== null,
  async start(setup): Promise<BenchServer> {
    const folder = join(setup.folder, 'haproxy');
    mkdirSync(folder, { recursive: true });
    const pem = join(folder, 'bench.pem');
    writeFileSync(pem, readFileSync(setup.certificate, 'utf8') + readFileSync(setup.key, 'utf8'), { mode: 0o600 });
    const configuration = join(folder, 'haproxy.cfg');
    writeFileSync(configuration, haproxyConfiguration(setup, pem));
    const running = await startPinned('haproxy', {
      cores: setup.cores,
      command: ['sh', '-c', `exec haproxy -db -f ${configuration} >>${folder}/access.log`],
      isReady: () => answers(`http://127.0.0.1:${setup.httpPort}/bytes/1`),
    });
    const secure = `https://127.0.0.1:${setup.tlsPort}`;
    return {
      name: 'HAProxy',
      version: versionOf(['haproxy', '-v']),
      running,
      host: BENCH_HOST,
      urls: { h1: `http://127.0.0.1:${setup.httpPort}`, tls: secure, h2: secure },
      lacks: {
        function: NO_FUNCTIONS,
        range: 'its cache answers no ranges',
        'hit-10m': 'its cache is for small objects',
        '304': 'its 304 has a Content-Length, and wrk waits for the body',
      },
    };
  },
};

function haproxyConfiguration({ workers, httpPort, tlsPort, originPort }: ServerSetup, pem: string): string {
  return `
global
  nbthread ${workers}
  log stdout format raw local0
  ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
  mode http
  log global
  option httplog
  timeout client 60s
  timeout server 60s
  timeout connect 5s
  http-reuse always
cache bench
  total-max-size 1024
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
