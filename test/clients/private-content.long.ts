/**
 * Private content as an operator sets it up with the AWS CLI, openssl and boto3's CloudFrontSigner: keys, a key group, a distribution; signed
 * URLs fetched with curl; a key replaced while viewers come; and nothing deleted that is in use.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloudFrontOf, deployed, siteConfig } from '../process/site.ts';
import { findProgram, run, succeed } from './commands.ts';
import { LAUNCHER, removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

const aws = await findProgram('/usr/bin/aws');
const hasBoto = (await run(['/usr/bin/python3', '-c', 'import boto3'], {}).catch(() => ({ code: 1 }))).code === 0;
const isHere = aws !== undefined && hasBoto;
if (!isHere)
  console.warn('private-content.long.ts skipped: the AWS CLI or boto3 is not installed (apt-get install awscli python3-boto3)');

interface Answer {
  readonly ETag: string;
  readonly PublicKey: { readonly Id: string };
  readonly PublicKeyConfig: { readonly EncodedKey: string };
  readonly KeyGroup: { readonly Id: string };
  readonly Distribution: { readonly Id: string; readonly DomainName: string; readonly ActiveTrustedKeyGroups: object };
}

let warmfront: RunningWarmfront;
let origin: Bun.Server<undefined>;

beforeAll(async () => {
  if (!isHere) return;
  warmfront = await startWarmfront();
  origin = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => new Response(`for ${new URL(request.url).search}`) });
});

afterAll(async () => {
  if (warmfront === undefined) return;
  await origin.stop(true);
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
});

async function cli(...words: readonly string[]): Promise<Answer> {
  const output = await succeed([aws ?? '', '--endpoint-url', warmfront.apiUrl, 'cloudfront', ...words], warmfront.environment);
  return output.trim() === '' ? ({} as Answer) : (JSON.parse(output) as Answer);
}

const refused = async (...words: readonly string[]): Promise<string> =>
  (await run([aws ?? '', '--endpoint-url', warmfront.apiUrl, 'cloudfront', ...words], warmfront.environment)).stderr;

/** The body and the status that curl gets. */
async function fetched(url: string): Promise<[body: string, status: string]> {
  const output = await succeed(['curl', '-sS', '--max-time', '20', '-w', '\n%{http_code}', url], warmfront.environment);
  const end = output.lastIndexOf('\n');
  return [output.slice(0, end), output.slice(end + 1)];
}

interface Request {
  readonly url: string;
  /** Epoch seconds. */
  readonly before: number;
  readonly after?: number;
  readonly ip?: string;
  readonly resource?: string;
}

async function boto3Signs(key: Key, requests: readonly Request[]): Promise<string[]> {
  const asked = join(warmfront.data, 'asked.json');
  writeFileSync(asked, JSON.stringify({ key: key.file, keyPairId: key.id, requests }));
  const script = join(import.meta.dir, 'boto3_signer.py');
  return JSON.parse(await succeed(['sh', '-c', `/usr/bin/python3 "${script}" < "${asked}"`], warmfront.environment)) as string[];
}

interface Key {
  readonly id: string;
  readonly etag: string;
  readonly file: string;
}

/** A key pair of openssl's, its public half created through the API. */
async function createKey(name: string): Promise<Key> {
  const file = join(warmfront.data, `${name}.pem`);
  await succeed(['openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', file], {});
  const EncodedKey = await succeed(['openssl', 'pkey', '-in', file, '-pubout'], {});
  const config = { CallerReference: name, Name: name, EncodedKey };
  const { PublicKey, ETag } = await cli('create-public-key', '--public-key-config', JSON.stringify(config));
  expect((await cli('get-public-key-config', '--id', PublicKey.Id)).PublicKeyConfig.EncodedKey).toBe(EncodedKey);
  return { id: PublicKey.Id, etag: ETag, file };
}

describe.skipIf(!isHere)('private content', () => {
  const now = Math.floor(Date.now() / 1000);
  const [soon, past] = [now + 600, now - 600];
  let [old, fresh]: Key[] = [];
  let group: { id: string; etag: string };
  let distribution: Answer['Distribution'];
  let film: string;

  const setGroup = async (...keys: readonly Key[]): Promise<void> => {
    const config = JSON.stringify({ Name: 'signers', Items: keys.map(({ id }) => id) });
    const { ETag } = await cli('update-key-group', '--id', group.id, '--if-match', group.etag, '--key-group-config', config);
    group = { ...group, etag: ETag };
    await deployed(cloudFrontOf(warmfront), distribution.Id);
  };

  test('keys, a group, a distribution', async () => {
    old = await createKey('old');
    const created = await cli('create-key-group', '--key-group-config', JSON.stringify({ Name: 'signers', Items: [old.id] }));
    group = { id: created.KeyGroup.Id, etag: created.ETag };
    const behavior = { TrustedKeyGroups: { Enabled: true, Quantity: 1, Items: [group.id] } };
    const config = siteConfig({ originPort: origin.port ?? 0, behavior });
    ({ Distribution: distribution } = await cli('create-distribution', '--distribution-config', JSON.stringify(config)));
    expect(distribution.ActiveTrustedKeyGroups).toEqual({
      Enabled: true,
      Quantity: 1,
      Items: [{ KeyGroupId: group.id, KeyPairIds: { Quantity: 1, Items: [old.id] } }],
    });
    await deployed(cloudFrontOf(warmfront), distribution.Id);
    film = `http://${distribution.DomainName}:${warmfront.httpPort}/film.mp4`;
    expect(await fetched(film)).toEqual([expect.stringContaining('<Code>MissingKey</Code>') as string, '403']);
  }, 240_000);

  test('what boto3 signs is let in, or refused for its reason', async () => {
    const [canned = '', query = '', custom = '', expired = '', early = '', elsewhere = '', wildcard = ''] = await boto3Signs(
      old!,
      [
        { url: film, before: soon },
        { url: `${film}?part=1&b=%20x`, before: soon },
        { url: film, before: soon, after: past, ip: '127.0.0.1' },
        { url: film, before: past },
        { url: film, before: soon, after: now + 300 },
        { url: film, before: soon, ip: '192.0.2.0/24' },
        { url: film, before: soon, after: past, resource: film.replace('film.mp4', '*') },
      ],
    );
    for (const url of [canned, query, custom, wildcard]) expect((await fetched(url))[1]).toBe('200');
    expect((await fetched(canned))[0]).toBe('for ');
    for (const url of [expired, early, elsewhere, canned.replace('film', 'films'), `${canned}&more=1`]) {
      expect(await fetched(url)).toEqual([expect.stringContaining('<Code>AccessDenied</Code>') as string, '403']);
    }
    const inspected = await run([LAUNCHER, 'inspect-signature', expired, '--data', warmfront.data], {});
    expect(inspected).toMatchObject({ code: 1, stdout: expect.stringMatching(/^fails\s+date\s+expired [67]\d\d/m) as string });
  }, 240_000);

  test('a key is replaced, and nobody is refused in between', async () => {
    fresh = await createKey('fresh');
    const [byOld = ''] = await boto3Signs(old!, [{ url: film, before: soon }]);
    const [byFresh = ''] = await boto3Signs(fresh, [{ url: film, before: soon }]);
    const seen = async () => [(await fetched(byOld))[1], (await fetched(byFresh))[1]];
    expect(await seen()).toEqual(['200', '403']);
    await setGroup(old!, fresh);
    expect(await seen()).toEqual(['200', '200']);
    expect(await refused('delete-public-key', '--id', old!.id, '--if-match', old!.etag)).toContain('(PublicKeyInUse)');
    await setGroup(fresh);
    expect(await seen()).toEqual(['403', '200']);
    await cli('delete-public-key', '--id', old!.id, '--if-match', old!.etag);
    expect(await refused('delete-key-group', '--id', group.id, '--if-match', group.etag)).toContain('(ResourceInUse)');
  }, 240_000);
});
