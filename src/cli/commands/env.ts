/**
 * `warmfront env`: export lines that point AWS tools and curl at this Warmfront. Works while it does not run, once it was started:
 * the ports are those of the last run.
 */
import { lookup } from 'node:dns/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Duration } from '../../model/units.ts';
import type { Settings } from '../../tables/settings.ts';
import { readCredentials } from '../credentials.ts';
import { reachableHost, readRunRecord } from '../run-record.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Ours. */
const LOOKUP_PATIENCE: Duration = 500;

type Variable = readonly [name: string, value: string];

export async function printEnvironment(settings: Settings, terminal: Terminal): Promise<number> {
  const credentials = readCredentials(settings.data);
  if (credentials === undefined) {
    throw new UsageError(
      `there are no credentials in ${settings.data} yet; start it with: warmfront up --data ${settings.data}`,
      1,
    );
  }
  const { httpPort, httpsPort, apiUrl } = readRunRecord(settings.data) ?? {
    ...settings,
    apiUrl: `http://${reachableHost(settings.host)}:${settings.apiPort}`,
  };
  const certificate = join(settings.data, 'ca.pem');
  const pairs = keyValueEndpoint(apiUrl, await isKnown(`${credentials.accountId}.localhost`));
  const variables: readonly Variable[] = [
    ['AWS_ENDPOINT_URL', apiUrl],
    ...(pairs === undefined ? [] : [['AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE', pairs] as const]),
    ['AWS_ACCESS_KEY_ID', credentials.accessKeyId],
    ['AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey],
    ['AWS_DEFAULT_REGION', 'us-east-1'],
    ['AWS_CA_BUNDLE', certificate],
    ['CURL_CA_BUNDLE', certificate],
    ['WARMFRONT_HTTP_PORT', String(httpPort)],
    ['WARMFRONT_HTTPS_PORT', String(httpsPort)],
  ];
  for (const [name, value] of variables) terminal.print(`export ${name}=${quoted(value)}`);
  if (!existsSync(certificate))
    terminal.complain(`warmfront: ${certificate} does not exist yet; it is made when Warmfront starts`);
  return 0;
}

/**
 * Clients of key value stores' pairs put the account's id in front of the endpoint's host, and an address has no such name. Where the names
 * under localhost are this machine, as RFC 6761 6.3 has it, that one serves them all. Elsewhere `0` does for those in Python, and for no
 * others: `000000000000.0` is an old way to write 0.0.0.0, which connects to this machine.
 */
export function keyValueEndpoint(apiUrl: string, isNameKnown: boolean): string | undefined {
  const { hostname, port } = new URL(apiUrl);
  if (hostname !== '127.0.0.1' && hostname !== 'localhost') return undefined;
  return `http://${isNameKnown ? 'localhost' : '0'}:${port}`;
}

/** A name of this machine is known at once or not at all; a resolver that cannot be reached is not waited for. */
async function isKnown(name: string): Promise<boolean> {
  const asked = lookup(name).then(
    () => true,
    () => false,
  );
  return Promise.race([asked, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), LOOKUP_PATIENCE))]);
}

/** For a POSIX shell. */
function quoted(value: string): string {
  return /^[\w@%+=:,./[\]-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
