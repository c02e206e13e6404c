/**
 * Varnish from Debian, objects in memory, the log written by varnishncsa. Clear-text HTTP/1.1 only: TLS is left to others.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, startPinned } from '../processes.ts';
import { BENCH_HOST, NO_FUNCTIONS, versionOf, type BenchServer, type ServerKind } from './server.ts';

export const varnish: ServerKind = {
  name: 'Varnish',
  isInstalled: () => Bun.which('varnishd') !== null,
  async start(setup): Promise<BenchServer> {
    const folder = join(setup.folder, 'varnish');
    mkdirSync(folder, { recursive: true });
    const vcl = join(folder, 'bench.vcl');
    writeFileSync(vcl, `vcl 4.1;\nbackend default { .host = "127.0.0.1"; .port = "${setup.originPort}"; }\n`);
    // A million, as nginx is told; by default it closes nothing after so many either.
    const daemon = `varnishd -F -j none -n ${folder}/work -f ${vcl} -a 127.0.0.1:${setup.httpPort} -s malloc,1g`;
    const log = `until varnishncsa -n ${folder}/work -w ${folder}/access.log; do sleep 0.1; done`;
    const running = await startPinned('varnish', {
      cores: setup.cores,
      command: ['sh', '-c', `(${log}) & exec ${daemon}`],
      isReady: () => answers(`http://127.0.0.1:${setup.httpPort}/bytes/1`),
    });
    return {
      name: 'Varnish',
      version: versionOf(['varnishd', '-V']),
      running,
      host: BENCH_HOST,
      urls: { h1: `http://127.0.0.1:${setup.httpPort}` },
      lacks: { function: NO_FUNCTIONS },
    };
  },
};
