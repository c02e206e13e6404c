/**
 * Who may call: one key pair for people, created at first start, and one for CloudFront itself, whose session tokens name the
 * distribution or the origin access identity it acts for. A token is self-contained and sealed with an internal secret.
 * `<data>/credentials.json` (0600) is the only copy. Signatures are verified in src/sigv4; what a principal may do, by each service.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyLookup } from '../../sigv4/verify.ts';
import type { Principal } from './wire/types.ts';

export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What CloudFront signs an origin request with. */
export interface SessionKeyPair extends KeyPair {
  readonly sessionToken: string;
}

/** On whose behalf CloudFront asks an origin: a distribution with an OAC, or a legacy OAI. */
export type OriginIdentity =
  | { readonly kind: 'distribution'; readonly arn: string }
  | { readonly kind: 'origin-access-identity'; readonly id: string };

export interface Credentials {
  readonly accountId: string;
  /** For people and tools. */
  readonly user: KeyPair;
  readonly lookup: KeyLookup<Principal>;
  readonly originCredentials: (identity: OriginIdentity) => SessionKeyPair;
}

interface CredentialsFile {
  readonly accountId: string;
  readonly user: KeyPair;
  readonly service: KeyPair;
  /** Hex; seals session tokens. */
  readonly tokenSecret: string;
}

export const DEFAULT_ACCOUNT_ID = '000000000000';
const FILE = 'credentials.json';

/** The credentials of a data directory, made on first use. Throws when the file is there but not readable as such. */
export async function createCredentials(dataDir: string, accountId = DEFAULT_ACCOUNT_ID): Promise<Credentials> {
  const path = join(dataDir, FILE);
  const text = (await readIfThere(path)) ?? (await writeOnce(dataDir, path, newFile(accountId)));
  return fromFile(parseFile(text, path));
}

function fromFile(file: CredentialsFile): Credentials {
  const { accountId, user, service } = file;
  const tokenSecret = Buffer.from(file.tokenSecret, 'hex');
  const account: Principal = { kind: 'account', accountId, accessKeyId: user.accessKeyId, arn: `arn:aws:iam::${accountId}:root` };
  return {
    accountId,
    user,
    lookup(accessKeyId, sessionToken) {
      if (accessKeyId === user.accessKeyId) {
        // The key pair is permanent: a token beside it was issued by somebody else.
        return sessionToken === undefined ? { secretAccessKey: user.secretAccessKey, principal: account } : 'invalid-token';
      }
      if (accessKeyId !== service.accessKeyId) return 'unknown-key';
      const identity = sessionToken === undefined ? undefined : openToken(sessionToken, tokenSecret);
      if (identity === undefined) return 'invalid-token';
      return { secretAccessKey: service.secretAccessKey, principal: principalOf(identity) };
    },
    originCredentials: (identity) => ({ ...service, sessionToken: sealToken(identity, tokenSecret) }),
  };
}

function principalOf(identity: OriginIdentity): Principal {
  if (identity.kind === 'origin-access-identity') return identity;
  // arn:aws:cloudfront::<account>:distribution/<id>
  const sourceAccount = identity.arn.split(':')[4] ?? '';
  return { kind: 'service', service: 'cloudfront.amazonaws.com', sourceArn: identity.arn, sourceAccount };
}

/** `<base64url of the identity>.<base64url of its HMAC-SHA256>` */
function sealToken(identity: OriginIdentity, secret: Uint8Array): string {
  const body = Buffer.from(JSON.stringify(identity)).toString('base64url');
  return `${body}.${seal(body, secret).toString('base64url')}`;
}

function openToken(token: string, secret: Uint8Array): OriginIdentity | undefined {
  const [body = '', mac = ''] = token.split('.');
  const given = Buffer.from(mac, 'base64url');
  const wanted = seal(body, secret);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as OriginIdentity;
}

function seal(body: string, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`origin-identity.${body}`).digest();
}

function newFile(accountId: string): CredentialsFile {
  return { accountId, user: newKeyPair('AKIA'), service: newKeyPair('ASIA'), tokenSecret: randomBytes(32).toString('hex') };
}

const KEY_ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** AWS: 20 characters of key id (AKIA permanent, ASIA with a session token), 40 of secret. */
function newKeyPair(prefix: 'AKIA' | 'ASIA'): KeyPair {
  const letters = Array.from(randomBytes(16), (byte) => KEY_ID_ALPHABET[byte % KEY_ID_ALPHABET.length]);
  // Without + and /, the secret needs no quoting in shells and INI files.
  const secretAccessKey = randomBytes(40).toString('base64').replaceAll(/[+/=]/g, '').slice(0, 40);
  return { accessKeyId: prefix + letters.join(''), secretAccessKey };
}

/** Whole or not at all: written aside, then linked into place. Another process may have been first; its file counts. */
async function writeOnce(dataDir: string, path: string, file: CredentialsFile): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(aside, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(file, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(aside, path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(aside, { force: true });
  }
  return readFile(path, 'utf8');
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseFile(text: string, path: string): CredentialsFile {
  let file: Partial<CredentialsFile> | null;
  try {
    file = JSON.parse(text) as Partial<CredentialsFile> | null;
  } catch {
    throw new Error(`${path} is not JSON; restore it, or remove it to have new credentials made`);
  }
  const isWhole =
    typeof file?.accountId === 'string' &&
    isKeyPair(file.user) &&
    isKeyPair(file.service) &&
    /^[0-9a-f]{64}$/.test(file.tokenSecret ?? '');
  if (!isWhole) throw new Error(`${path} lacks a part; restore it, or remove it to have new credentials made`);
  return file as CredentialsFile;
}

function isKeyPair(pair: Partial<KeyPair> | undefined): boolean {
  return typeof pair?.accessKeyId === 'string' && typeof pair.secretAccessKey === 'string';
}
