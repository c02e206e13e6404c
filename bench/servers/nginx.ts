/**
 * nginx from Debian as a caching proxy: one worker, a buffered access log, clear text, TLS and HTTP/2.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, startPinned, type Running } from '../processes.ts';
import type { BenchServer, ServerSetup } from './server.ts';

export async function startNginx(setup: ServerSetup): Promise<BenchServer> {
  const folder = join(setup.folder, 'nginx');
  mkdirSync(folder, { recursive: true });
  const configuration = join(folder, 'nginx.conf');
  writeFileSync(configuration, nginxConfiguration(folder, setup));
  const running: Running = await startPinned('nginx', setup.core, ['nginx', '-p', folder, '-c', configuration], () =>
    answers(`http://127.0.0.1:${setup.httpPort}/`),
  );
  return {
    name: 'nginx',
    running,
    host: 'bench.localhost',
    urls: {
      h1: `http://127.0.0.1:${setup.httpPort}`,
      tls: `https://127.0.0.1:${setup.tlsPort}`,
      h2: `https://127.0.0.1:${setup.tlsPort}`,
    },
  };
}

function nginxConfiguration(folder: string, setup: ServerSetup): string {
  return `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 4096; }
http {
  access_log ${folder}/access.log combined buffer=64k flush=1s;
  proxy_cache_path ${folder}/cache keys_zone=bench:16m max_size=512m;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:${setup.httpPort};
    listen 127.0.0.1:${setup.tlsPort} ssl http2;
    ssl_certificate ${setup.certificate};
    ssl_certificate_key ${setup.key};
    location / {
      proxy_pass http://127.0.0.1:${setup.originPort};
      proxy_cache bench;
      proxy_cache_valid 200 1h;
      add_header X-Cache $upstream_cache_status;
    }
  }
}
`;
}
