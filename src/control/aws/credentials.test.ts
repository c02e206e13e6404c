import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCredentials } from './credentials.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'warmfront-credentials-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

test('made once, for the owner alone, and kept', async () => {
  const first = await createCredentials(dataDir);
  const again = await createCredentials(dataDir);
  expect(first.user.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(first.user.secretAccessKey).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(again.user).toEqual(first.user);
  expect(await readdir(dataDir)).toEqual(['credentials.json']);
  expect((await stat(join(dataDir, 'credentials.json'))).mode & 0o777).toBe(0o600);
});

test('two starts at once agree', async () => {
  const [one, other] = await Promise.all([createCredentials(dataDir), createCredentials(dataDir)]);
  expect(one.user).toEqual(other.user);
});

test.each([
  ['{', 'is not JSON'],
  ['null', 'lacks a part'],
  ['{"user":{"accessKeyId":"a"}}', 'lacks a part'],
])('a damaged file is refused, not replaced: %s', async (text, message) => {
  await writeFile(join(dataDir, 'credentials.json'), text);
  expect(createCredentials(dataDir)).rejects.toThrow(message);
});

describe('lookup', () => {
  const arn = 'arn:aws:cloudfront::000000000000:distribution/E2QWRUHAPOMQZL';

  test('the user, CloudFront for a distribution, CloudFront for an OAI', async () => {
    const { lookup, originCredentials, user } = await createCredentials(dataDir);
    const forDistribution = originCredentials({ kind: 'distribution', arn });
    const forOai = originCredentials({ kind: 'origin-access-identity', id: 'E1OAI' });
    expect(lookup(user.accessKeyId, undefined)).toMatchObject({
      secretAccessKey: user.secretAccessKey,
      principal: { kind: 'account', accountId: '000000000000' },
    });
    expect(lookup(forDistribution.accessKeyId, forDistribution.sessionToken)).toEqual({
      secretAccessKey: forDistribution.secretAccessKey,
      principal: { kind: 'service', service: 'cloudfront.amazonaws.com', sourceArn: arn, sourceAccount: '000000000000' },
    });
    expect(lookup(forOai.accessKeyId, forOai.sessionToken)).toMatchObject({
      principal: { kind: 'origin-access-identity', id: 'E1OAI' },
    });
  });

  test('a token that was not issued here is invalid', async () => {
    const { lookup, originCredentials, user } = await createCredentials(dataDir);
    const { accessKeyId, sessionToken } = originCredentials({ kind: 'distribution', arn });
    const [body = '', mac = ''] = sessionToken.split('.');
    const otherBody = Buffer.from(Buffer.from(body, 'base64url').toString().replace('E2QW', 'E3QW')).toString('base64url');
    const tokens = [undefined, '', 'x', body, `${body}.`, `.${mac}`, `${otherBody}.${mac}`, `${sessionToken.slice(0, -4)}AAAA`];
    expect(tokens.map((token) => lookup(accessKeyId, token))).toEqual(tokens.map(() => 'invalid-token'));
    expect(lookup(user.accessKeyId, sessionToken)).toBe('invalid-token');
    expect(lookup('AKIAOTHER', undefined)).toBe('unknown-key');
  });
});
