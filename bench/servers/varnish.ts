/**
 * Varnish from Debian, object store in memory, log written by varnishncsa: clear-text HTTP/1.1 only.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, startPinned } from '../processes.ts';
import type { BenchServer, ServerSetup } from './server.ts';

export async function startVarnish(setup: ServerSetup): Promise<BenchServer> {
  const folder = join(setup.folder, 'varnish');
  mkdirSync(folder, { recursive: true });
  const vcl = join(folder, 'bench.vcl');
  writeFileSync(vcl, `vcl 4.1;\nbackend default { .host = "127.0.0.1"; .port = "${setup.originPort}"; }\n`);
  const daemon = `varnishd -F -j none -n ${folder}/work -f ${vcl} -a 127.0.0.1:${setup.httpPort} -s malloc,256m`;
  const log = `until varnishncsa -n ${folder}/work -w ${folder}/access.log; do sleep 0.1; done`;
  const running = await startPinned('varnish', setup.core, ['sh', '-c', `(${log}) & exec ${daemon}`], () =>
    answers(`http://127.0.0.1:${setup.httpPort}/bytes/1`),
  );
  return { name: 'Varnish', running, host: 'bench.localhost', urls: { h1: `http://127.0.0.1:${setup.httpPort}` } };
}
