/**
 * Field-level encryption as a user has it: keys, profile and configuration through the AWS SDK, forms posted over HTTPS to an HTTPS origin,
 * and what arrives there decrypted by the AWS Encryption SDK with the private key.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDecrypt } from '@aws-crypto/decrypt-node';
import { CommitmentPolicy } from '@aws-crypto/material-management-node';
import { RawRsaKeyringNode } from '@aws-crypto/raw-rsa-keyring-node';
import {
  CreateDistributionCommand,
  CreateFieldLevelEncryptionConfigCommand,
  CreateFieldLevelEncryptionProfileCommand,
  CreatePublicKeyCommand,
} from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { createTestCa } from '../contracts/certificates.ts';
import { CACHING_DISABLED, cloudFrontOf, deployed, siteConfig } from '../process/site.ts';
import { succeed } from './commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

const FORM = 'application/x-www-form-urlencoded';
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const { decrypt } = buildDecrypt(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT);
const keyring = new RawRsaKeyringNode({
  keyName: 'bank-key',
  keyNamespace: 'bank',
  rsaKey: { privateKey },
  oaepHash: 'sha256',
});

let folder: string;
let warmfront: RunningWarmfront;
let origin: Server;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'warmfront-fields-'));
  const authority = await createTestCa();
  writeFileSync(join(folder, 'authority.pem'), authority.pem);
  // Says what it got: how the body was framed, and the body.
  origin = createServer(await authority.issue(['localhost']), (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.end(`${request.headers['transfer-encoding'] ?? 'length'} ${Buffer.concat(chunks).toString()}`);
    });
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  warmfront = await startWarmfront({ flags: ['--origin-ca', join(folder, 'authority.pem')] });
  url = await createEncryptingSite((origin.address() as AddressInfo).port);
});

afterAll(async () => {
  origin.close();
  origin.closeAllConnections();
  expect(await warmfront.stop()).toBe(0);
  removeData(warmfront);
  rmSync(folder, { recursive: true, force: true });
});

async function createEncryptingSite(port: number): Promise<string> {
  const client = cloudFrontOf(warmfront);
  const CallerReference = 'fields';
  const { PublicKey } = await client.send(
    new CreatePublicKeyCommand({ PublicKeyConfig: { CallerReference, Name: 'bank-key', EncodedKey: publicKey } }),
  );
  const FieldPatterns = { Quantity: 1, Items: ['card*'] };
  const entity = { PublicKeyId: PublicKey?.Id, ProviderId: 'bank', FieldPatterns };
  const EncryptionEntities = { Quantity: 1, Items: [entity] };
  const profile = await client.send(
    new CreateFieldLevelEncryptionProfileCommand({
      FieldLevelEncryptionProfileConfig: { Name: 'cards', CallerReference, EncryptionEntities },
    }),
  );
  const one = { Format: 'URLEncoded' as const, ContentType: FORM, ProfileId: profile.FieldLevelEncryptionProfile?.Id };
  const ContentTypeProfileConfig = {
    ForwardWhenContentTypeIsUnknown: false,
    ContentTypeProfiles: { Quantity: 1, Items: [one] },
  };
  const { FieldLevelEncryption } = await client.send(
    new CreateFieldLevelEncryptionConfigCommand({ FieldLevelEncryptionConfig: { CallerReference, ContentTypeProfileConfig } }),
  );
  const DistributionConfig = siteConfig({
    originPort: 80,
    behavior: {
      CachePolicyId: CACHING_DISABLED,
      ViewerProtocolPolicy: 'https-only',
      AllowedMethods: { Quantity: 7, Items: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] },
      FieldLevelEncryptionId: FieldLevelEncryption?.Id,
    },
  });
  const [site] = DistributionConfig.Origins?.Items ?? [];
  site!.CustomOriginConfig = { HTTPPort: 80, HTTPSPort: port, OriginProtocolPolicy: 'https-only' };
  const { Distribution } = await client.send(new CreateDistributionCommand({ DistributionConfig }));
  await deployed(client, Distribution?.Id ?? '');
  return `https://${Distribution?.DomainName}:${warmfront.httpsPort}/pay`;
}

/** What curl gets for a posted body. */
function posted(body: string, type = FORM): Promise<string> {
  const options = ['-sS', '--max-time', '20', '-w', '\n%{http_code}', '-H', `Content-Type: ${type}`, '--data-binary', body];
  return succeed(['curl', ...options, url], warmfront.environment);
}

test('the origin gets the field encrypted, and whoever has the private key reads it', async () => {
  const answer = await posted('name=J+D%C3%BC&card=4111+1111&csrf=%2B');
  const [, before, encrypted, after] = /^chunked (name=J\+D%C3%BC&card=)([^&]+)(&csrf=%2B)\n200$/.exec(answer) ?? [];
  expect([before, after]).toEqual(['name=J+D%C3%BC&card=', '&csrf=%2B']);
  const ciphertext = Buffer.from(decodeURIComponent(encrypted ?? ''), 'base64');
  expect((await decrypt(keyring, ciphertext)).plaintext.toString()).toBe('4111 1111');
});

test('what cannot be encrypted never reaches the origin', async () => {
  expect(await posted('card=%4')).toMatch(/MalformedInputClientError[^]*\n400$/);
  expect(await posted('{"card":"4111"}', 'application/json')).toMatch(/RejectedByContentType[^]*\n400$/);
  expect(await posted(`card=${'4'.repeat(17_000)}`)).toMatch(/FieldLengthLimitClientError[^]*\n400$/);
});
