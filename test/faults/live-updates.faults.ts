/**
 * A distribution is updated again and again while viewers use it over HTTP/1.1, TLS and HTTP/2: no request fails, and each is
 * answered by exactly one revision. Aliases come meanwhile, and with them certificates: connections that are open go on.
 * docs/architecture.md: a snapshot is applied atomically.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { Agent as HttpAgent, createServer, get as httpGet, type Server } from 'node:http';
import { connect, type ClientHttp2Session } from 'node:http2';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CloudFrontClient, DistributionConfig } from '@aws-sdk/client-cloudfront';
import { removeData, startWarmfront, type RunningWarmfront } from '../clients/running-warmfront.ts';
import {
  CACHING_DISABLED,
  cloudFrontOf,
  createSite,
  deployed,
  requestCertificate,
  updateSite,
  viewerCertificate,
  type Site,
} from '../process/site.ts';

const LASTING = 5000;

let warmfront: RunningWarmfront;
let origin: Server;
let client: CloudFrontClient;
let site: Site;
let certificateArn: string;

beforeAll(async () => {
  // Two settings of one revision meet here: its OriginPath in the target, its custom header beside it.
  origin = createServer((request, response) => {
    response.setHeader('cache-control', 'no-store');
    response.end(`${request.url?.split('/')[1]} ${String(request.headers['x-revision'])}`);
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  warmfront = await startWarmfront();
  client = cloudFrontOf(warmfront);
  certificateArn = await requestCertificate(warmfront, ['*.example.org']);
  site = await createSite(client, {
    originPort: (origin.address() as AddressInfo).port,
    behavior: { CachePolicyId: CACHING_DISABLED },
  });
  await updateSite(client, site.id, (config) => atRevision(config, 0, []));
  await deployed(client, site.id);
});

afterAll(async () => {
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  origin.close();
});

function atRevision(config: DistributionConfig, revision: number, aliases: readonly string[]): DistributionConfig {
  const [first] = config.Origins?.Items ?? [];
  const named = { HeaderName: 'X-Revision', HeaderValue: `r${revision}` };
  const changed = { ...first!, OriginPath: `/r${revision}`, CustomHeaders: { Quantity: 1, Items: [named] } };
  return {
    ...config,
    Origins: { Quantity: 1, Items: [changed] },
    Aliases: { Quantity: aliases.length, Items: [...aliases] },
    ViewerCertificate: aliases.length === 0 ? { CloudFrontDefaultCertificate: true } : viewerCertificate(certificateArn),
  };
}

type Ask = (path: string) => Promise<string>;

function overHttp1(secure: boolean): Ask {
  const Agent = secure ? HttpsAgent : HttpAgent;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const port = secure ? warmfront.httpsPort : warmfront.httpPort;
  return (path) =>
    new Promise((resolve) => {
      const get = secure ? httpsGet : httpGet;
      const headers = { host: site.domainName };
      const options = { host: '127.0.0.1', port, path, agent, headers, servername: site.domainName, rejectUnauthorized: false };
      get(options, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => resolve(`${response.statusCode} ${text}`));
        response.on('error', (error) => resolve(`broke off: ${String(error)}`));
      }).on('error', (error) => resolve(`failed: ${String(error)}`));
    });
}

/** A session that has been told to go away takes no new requests; its successor does, as in every browser. */
function overHttp2(): Ask {
  let session: ClientHttp2Session | undefined;
  const open = (): ClientHttp2Session => {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    const fresh = connect(`https://127.0.0.1:${warmfront.httpsPort}`, { rejectUnauthorized: false, servername: site.domainName });
    fresh.on('error', () => {});
    fresh.on('goaway', () => session === fresh && (session = undefined));
    return (session = fresh);
  };
  const ask: Ask = (path) =>
    new Promise((resolve) => {
      const stream = open().request({ ':path': path, ':authority': site.domainName });
      let text = '';
      let status: unknown;
      stream.on('response', (headers) => (status = headers[':status']));
      stream.on('data', (chunk) => (text += String(chunk)));
      stream.on('end', () => resolve(`${String(status)} ${text}`));
      stream.on('error', (error: NodeJS.ErrnoException) => {
        // The GOAWAY came between two requests, and this one was never sent.
        if (error.code === 'ERR_HTTP2_GOAWAY_SESSION') session = undefined;
        resolve(error.code === 'ERR_HTTP2_GOAWAY_SESSION' ? ask(path) : `failed: ${String(error)}`);
      });
    });
  return ask;
}

interface Watched {
  requests: number;
  readonly wrong: Record<string, number>;
}

async function watch(ask: Ask, until: () => boolean): Promise<Watched> {
  const watched: Watched = { requests: 0, wrong: {} };
  while (!until()) {
    const got = await ask('/page');
    watched.requests += 1;
    const [, path, header] = /^200 (r\d+) (r\d+)$/.exec(got) ?? [];
    if (path === undefined || path !== header) watched.wrong[got] = (watched.wrong[got] ?? 0) + 1;
  }
  return watched;
}

async function viewersDuring(work: () => Promise<void>): Promise<Record<string, Watched>> {
  let over = false;
  const until = (): boolean => over;
  const several = async (ask: () => Ask): Promise<Watched> => {
    const all = await Promise.all(Array.from({ length: 4 }, () => watch(ask(), until)));
    const wrong: Record<string, number> = {};
    for (const one of all) for (const [text, count] of Object.entries(one.wrong)) wrong[text] = (wrong[text] ?? 0) + count;
    return { requests: all.reduce((sum, one) => sum + one.requests, 0), wrong };
  };
  const watching = Promise.all([several(() => overHttp1(false)), several(() => overHttp1(true)), several(overHttp2)]);
  await work().finally(() => (over = true));
  const [clear, tls, http2] = await watching;
  return { clear, tls, http2 };
}

function expectAllServed(watched: Record<string, Watched>): void {
  for (const [protocol, { requests, wrong }] of Object.entries(watched)) {
    expect({ protocol, wrong }).toEqual({ protocol, wrong: {} });
    expect(requests).toBeGreaterThan(10);
  }
}

test('settings change under load', async () => {
  let revision = 0;
  const watched = await viewersDuring(async () => {
    for (const end = Date.now() + LASTING; Date.now() < end;) {
      revision += 1;
      await updateSite(client, site.id, (config) => atRevision(config, revision, []));
    }
  });
  expectAllServed(watched);
  expect(revision).toBeGreaterThan(3);
}, 30_000);

test('aliases and their certificates come and go under load', async () => {
  let count = 0;
  const watched = await viewersDuring(async () => {
    for (const end = Date.now() + LASTING; Date.now() < end;) {
      const alias = `a${count}.example.org`;
      await updateSite(client, site.id, (config) => atRevision(config, 1000 + count, [alias]));
      await deployed(client, site.id);
      const asked = await fetch(`https://127.0.0.1:${warmfront.httpsPort}/page`, {
        headers: { host: alias },
        tls: { ca: await Bun.file(`${warmfront.data}/ca.pem`).text(), serverName: alias },
      });
      expect(await asked.text()).toBe(`r${1000 + count} r${1000 + count}`);
      count += 1;
    }
  });
  expectAllServed(watched);
  expect(count).toBeGreaterThan(1);
}, 30_000);
