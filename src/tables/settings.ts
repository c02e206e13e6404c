/**
 * Every setting of `warmfront up`, once: the flag, the WARMFRONT_* variable, the key in warmfront.config.json, the help and the
 * reference page all come from these rows. How a kind reads its text: setting-kinds.ts; which source wins: src/cli/read-settings.ts.
 */
import { FLOOD_MODES } from './flood.ts';
import { GUARD_MODES } from './guard-rules.ts';
import {
  choice,
  count,
  fieldName,
  file,
  networks,
  optional,
  originOverrides,
  places,
  port,
  size,
  text,
  toggle,
  type Setting,
} from './setting-kinds.ts';

const NAME = /^[^\s\0]+$/;

/** Ours: what the control plane is built on, and what has been announced, cannot change under those who use it. */
function lasting<Row extends Setting<unknown>>(row: Row): Row & { readonly needsRestart: true } {
  return { ...row, needsRestart: true };
}

export const SETTINGS = {
  data: lasting(text('./.warmfront', 'DIR', 'where state, keys, logs and buckets are kept', 'a directory', /^[^\0]+$/, true)),
  httpPort: lasting(port(8080, 'viewers, clear text: HTTP/1.1')),
  httpsPort: lasting(port(8443, 'viewers, TLS: HTTP/1.1, HTTP/2 and HTTP/3')),
  apiPort: lasting(port(4566, 'the AWS APIs and /_warmfront/')),
  dnsPort: lasting(port(5380, 'DNS over UDP and TCP: where distributions and the API of key value stores are found')),
  host: lasting(text('127.0.0.1', 'ADDR', 'the address all listeners bind to', 'an address or a host name', NAME)),
  workers: count('number of cores', 'processes that serve viewers'),
  pops: lasting(places(['FRA'], 'FRA,NRT,IAD', 'edge locations to run, by airport code; only the first is served yet')),
  shield: lasting({ ...places([], 'IAD', 'the edge location of Origin Shield'), notYet: true }),
  memory: size('256MB', 'bound of the cache in memory; with a disk, a quarter of it is for the index of what lies there'),
  disk: size('4GB', 'bound of the cache on disk, in DIR/cache; 0 for none'),
  maxConnections: count(
    'four fifths of the files a process may open',
    "viewers' connections at a time, for each worker",
    1_000_000,
  ),
  connectionsPerAddress: count(
    'no limit',
    "connections at a time from one viewer's address, for each worker; of IPv6, from one /64",
    1_000_000,
  ),
  requestsPerAddress: count('no limit', "requests a second from one viewer's address, for each worker; above it, 503", 1_000_000),
  cacheSemantics: choice(['cloudfront', 'rfc9111'], 'whose caching rules apply by default'),
  guard: choice(
    GUARD_MODES,
    'what becomes of responses that leak or poison, by default: not shared where that is certain, never, told, or not looked for',
  ),
  floods: choice(
    FLOOD_MODES,
    'what becomes of floods of requests, by default: nothing, they are told, or who makes them is held back',
  ),
  domainSuffix: lasting(
    text(
      'cloudfront.localhost',
      'NAME',
      'suffix of the domain names that distributions get',
      'a domain name in lower case',
      /^[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?$/,
    ),
  ),
  originOverride: originOverrides('send requests for an origin elsewhere, for tests; repeatable'),
  originCa: file('certificates of CAs that origins over https may use, beside the public ones (PEM)'),
  allowOriginAddress: networks('where origins may be, whatever is refused otherwise'),
  privateOrigins: toggle(true, 'origins may be at private addresses (10.0.0.0/8, fc00::/7 and the like)'),
  acmeDirectory: lasting(
    optional(
      'URL',
      'the ACME authority that issues requested certificates, instead of the local CA; needs --http-port 80, as the world sees it',
      'the https URL of an ACME directory, such as https://acme-v02.api.letsencrypt.org/directory',
      /^https:\/\/[^\s\0]+$/,
    ),
  ),
  acmeEmail: lasting(optional('ADDRESS', 'whom the ACME authority may write to', 'a mail address', /^[^\s@\0]+@[^\s@\0]+$/)),
  acmeEab: lasting(file('external account binding for the ACME authority: the key id and the HMAC key, on one line')),
  acmeCa: lasting(file('certificates of CAs that the ACME directory itself may use, beside the public ones (PEM)')),
  geoDatabase: file('where viewers are (MaxMind DB, such as GeoLite2-City), instead of the bundled database of countries'),
  edgeAddresses: lasting(
    networks('whence the edges ask origins, as /_warmfront/ip-ranges.json says; the addresses of this machine unless given'),
  ),
  metricsFrom: lasting(networks('who may read /_warmfront/metrics, beside this machine')),
  recordFunctions: count(
    '1000; with --production 0',
    'how many of the last runs of edge functions each worker keeps in memory, with headers and cookies, for "warmfront functions"',
    100_000,
    0,
  ),
  trustViewerIpHeader: fieldName('take the viewer’s address from this header of the request: for tests on this machine only'),
  lambdaNetwork: choice(
    ['none', 'host'],
    'what Lambda@Edge functions reach: nothing, or whatever this machine does, the control plane among it',
  ),
  lambdaProcesses: count('eight for each core', 'processes of Lambda@Edge functions at a time, of all workers together', 10_000),
  logFormat: choice(['text', 'json'], 'how the server writes its own log, on standard error'),
  logLevel: choice(['info', 'warning', 'error'], 'the least that is worth a line in it'),
  tuneKernel: lasting(toggle(true, 'as root on Linux, set what a reload needs to lose no connection (net.ipv4.tcp_migrate_req)')),
  production: toggle(false, 'serve strangers: origins may not be on this machine, and there is no demo'),
  demo: lasting(toggle(false, 'serve a bundled sample origin through a demo distribution')),
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

export type SettingName = keyof typeof SETTINGS;

/** What `up` is started with: every setting has a value. `data` is absolute. `workers` undefined: one for each core. */
export type Settings = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> };

type ValueOf<Row> = Row extends Setting<infer Value> ? Value : never;

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** `httpPort` -> `http-port`: the flag without its dashes, and the key in warmfront.config.json. */
export function flagName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `httpPort` -> `WARMFRONT_HTTP_PORT`. */
export function environmentName(name: string): string {
  return `WARMFRONT_${flagName(name).replaceAll('-', '_').toUpperCase()}`;
}
