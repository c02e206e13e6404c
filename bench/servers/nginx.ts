/**
 * nginx from Debian as a caching proxy: a buffered access log, clear text, TLS and HTTP/2. Its cache is files, which the kernel keeps in memory.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, startPinned } from '../processes.ts';
import { BENCH_HOST, NO_FUNCTIONS, versionOf, type BenchServer, type ServerKind, type ServerSetup } from './server.ts';

export const nginx: ServerKind = {
  name: 'nginx',
  isInstalled: () => Bun.which('nginx') !== null,
  async start(setup): Promise<BenchServer> {
    const folder = join(setup.folder, 'nginx');
    mkdirSync(folder, { recursive: true });
    const configuration = join(folder, 'nginx.conf');
    writeFileSync(configuration, nginxConfiguration(folder, setup));
    const running = await startPinned('nginx', {
      cores: setup.cores,
      command: ['nginx', '-p', folder, '-c', configuration],
      isReady: () => answers(`http://127.0.0.1:${setup.httpPort}/`),
    });
    const secure = `https://127.0.0.1:${setup.tlsPort}`;
    return {
      name: 'nginx',
      version: versionOf(['nginx', '-v']),
      running,
      host: BENCH_HOST,
      urls: { h1: `http://127.0.0.1:${setup.httpPort}`, tls: secure, h2: secure },
      lacks: { function: NO_FUNCTIONS },
    };
  },
};

function nginxConfiguration(folder: string, setup: ServerSetup): string {
  return `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes ${setup.workers};
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 4096; }
http {
  access_log ${folder}/access.log combined buffer=64k flush=1s;
  proxy_cache_path ${folder}/cache keys_zone=bench:64m max_size=4g inactive=2h;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=10000 inactive=60s;
  keepalive_requests 1000000000;
  upstream origin {
    server 127.0.0.1:${setup.originPort};
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${setup.httpPort} reuseport;
    listen 127.0.0.1:${setup.tlsPort} ssl http2 reuseport;
    ssl_certificate ${setup.certificate};
    ssl_certificate_key ${setup.key};
    ssl_protocols TLSv1.2 TLSv1.3;
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_cache bench;
      proxy_cache_valid 200 1h;
      proxy_force_ranges on;
      add_header X-Cache $upstream_cache_status;
    }
  }
}
`;
}
