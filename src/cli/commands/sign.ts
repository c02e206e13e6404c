/**
 * `warmfront sign`: signs a URL, or cookies, as CloudFront's signers do (facts 9). Works without a running Warmfront: whoever has the private
 * key signs. Which policy: signing/policy-to-sign.ts.
 */
import { createPrivateKey, sign as signOctets, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { toUrlSafe } from '../../model/signing/url-safe-base64.ts';
import { HASH_ALGORITHMS, SIGNATURE_PARAMETERS, type HashAlgorithm } from '../../tables/signature-parameters.ts';
import type { OptionName } from '../commands.ts';
import type { Arguments } from '../read-arguments.ts';
import { policyToSign } from '../signing/policy-to-sign.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { sentence } from '../../model/sentence.ts';

export function sign({ words, options, switches }: Arguments, terminal: Terminal): number {
  const [given, extra] = words;
  if (given === undefined) throw new UsageError('say what to sign: warmfront sign https://www.example.com/film.mp4 --key ...');
  if (extra !== undefined) throw new UsageError(`sign takes one URL; "${extra}" is one too many`);
  const option = (name: OptionName): string | undefined => options.get(name)?.at(-1);
  const file = (name: OptionName): string | undefined => {
    const path = option(name);
    return path === undefined ? undefined : resolve(terminal.workingDirectory, path);
  };
  const url = readUrl(given);
  const keyPairId = option('key-pair-id');
  if (keyPairId === undefined) throw new UsageError('say which public key verifies it: --key-pair-id K2JCJMDEHXQW5F');
  if (!/^[0-9A-Z]{4,64}$/.test(keyPairId)) throw new UsageError(`--key-pair-id: "${keyPairId}" cannot be the id of a key`);
  const key = readPrivateKey(file('key'));
  const hash = readHash(option('hash'));
  const wishes = {
    expires: option('expires'),
    starts: option('starts'),
    ip: option('ip'),
    resource: option('resource'),
    policy: file('policy'),
  };
  const policy = policyToSign(url, wishes, Date.now());
  const parameters: readonly (readonly [name: string, value: string])[] = [
    policy.expires === undefined ? ['Policy', encoded(Buffer.from(policy.text))] : ['Expires', String(policy.expires)],
    ['Signature', encoded(signOctets(hash.toLowerCase(), Buffer.from(policy.text), key))],
    ['Key-Pair-Id', keyPairId],
    // CloudFront: SHA1 is what is meant where nothing is said.
    ...(hash === 'SHA1' ? [] : [['Hash-Algorithm', hash] as const]),
  ];
  const line = switches.has('cookies')
    ? parameters.map(([name, value]) => `CloudFront-${name}=${value}`).join('; ')
    : `${url}${url.includes('?') ? '&' : '?'}${parameters.map((pair) => pair.join('=')).join('&')}`;
  terminal.print(line);
  return 0;
}

/** As a viewer will ask for it: percent-encoded, without a fragment. */
function readUrl(given: string): string {
  const url = URL.parse(given);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError(`give an absolute URL, such as https://www.example.com/film.mp4, not "${given}"`);
  }
  const taken = [...SIGNATURE_PARAMETERS.keys()].find((name) => url.searchParams.has(name));
  if (taken !== undefined) throw new UsageError(`the URL has the parameter ${taken}, which signed URLs keep for themselves`);
  url.hash = '';
  return url.href;
}

function readPrivateKey(file: string | undefined): KeyObject {
  if (file === undefined) throw new UsageError('say which private key signs: --key FILE');
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(file));
  } catch (error) {
    throw new UsageError(`cannot read a private key (PEM, without a passphrase) from ${file}: ${sentence(error)}`);
  }
  const isEcdsa = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (key.asymmetricKeyType === 'rsa' || isEcdsa) return key;
  throw new UsageError(
    `${file} must hold a private key of RSA or of ECDSA on P-256, not of ${key.asymmetricKeyType ?? 'another kind'}`,
  );
}

function readHash(given = 'SHA1'): HashAlgorithm {
  const hash = HASH_ALGORITHMS.find((known) => known === given.toUpperCase().replace('-', ''));
  if (hash === undefined) throw new UsageError(`--hash must be sha1 or sha256, not "${given}"`);
  return hash;
}

function encoded(octets: Buffer): string {
  return toUrlSafe(octets.toString('base64'));
}
