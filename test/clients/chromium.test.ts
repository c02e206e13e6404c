/**
 * A browser as people have it opens a page over HTTP/2 and over HTTP/3: Debian's Chromium, which says itself by which protocol the page
 * came. It is told to trust the key that is shown, as a person would who trusts the local authority.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { cloudFrontOf, createSite, deployed, updateSite } from '../process/site.ts';
import { findProgram, succeed } from './commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

const CHROMIUM = await findProgram('/usr/bin/chromium');
if (CHROMIUM === undefined) console.warn('chromium.test.ts skipped: Chromium is not installed (apt-get install chromium)');

const PAGE = `<!doctype html><title>a page</title><p id="said"></p><script src="/script.js"></script>`;
const SCRIPT = `
  const [page] = performance.getEntriesByType('navigation');
  const [script] = performance.getEntriesByType('resource');
  document.querySelector('#said').textContent = [page, script].map((entry) => entry.nextHopProtocol).join(' ');
`;

let warmfront: RunningWarmfront;
let origin: Bun.Server<undefined>;
let host: string;
let key: string;
let profiles: string;

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  const files: Readonly<Record<string, [type: string, text: string]>> = {
    '/': ['text/html', PAGE],
    '/script.js': ['text/javascript', SCRIPT],
  };
  origin = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const [type, text] = files[new URL(request.url).pathname] ?? ['text/plain', ''];
      return new Response(text, { headers: { 'content-type': type } });
    },
  });
  profiles = mkdtempSync(join(tmpdir(), 'warmfront-chromium-'));
  warmfront = await startWarmfront();
  const client = cloudFrontOf(warmfront);
  const site = await createSite(client, { originPort: origin.port ?? 0, originHost: '127.0.0.1' });
  await updateSite(client, site.id, (config) => ({ ...config, HttpVersion: 'http2and3' }));
  await deployed(client, site.id);
  host = site.domainName;
  key = await keyShownTo(host, warmfront.httpsPort);
});

afterAll(async () => {
  if (CHROMIUM === undefined) return;
  rmSync(profiles, { recursive: true, force: true });
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  await origin.stop(true);
});

/** The hash of the public key, as Chromium wants it. */
function keyShownTo(servername: string, port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false }, () => {
    const { publicKey } = new X509Certificate(socket.getPeerCertificate().raw);
    const der = publicKey.export({ type: 'spki', format: 'der' });
    socket.destroy();
    resolve(createHash('sha256').update(der).digest('base64'));
  });
  socket.on('error', reject);
  return promise;
}

/** The page as the browser has it in the end. */
function open(profile: string, flags: readonly string[]): Promise<string> {
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const common = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...quiet];
  const where = [`--host-resolver-rules=MAP ${host} 127.0.0.1`, `--ignore-certificate-errors-spki-list=${key}`];
  const own = [`--user-data-dir=${join(profiles, profile)}`, '--dump-dom', `https://${host}:${warmfront.httpsPort}/`];
  return succeed([CHROMIUM!, ...common, ...where, ...flags, ...own], { ...warmfront.environment, HOME: profiles });
}

describe.skipIf(CHROMIUM === undefined)('Chromium opens a page', () => {
  test('over HTTP/2', async () => {
    expect(await open('h2', ['--disable-quic'])).toContain('<p id="said">h2 h2</p>');
  });

  test('over HTTP/3', async () => {
    const quic = ['--enable-quic', `--origin-to-force-quic-on=${host}:${warmfront.httpsPort}`];
    expect(await open('h3', quic)).toContain('<p id="said">h3 h3</p>');
  });
});
