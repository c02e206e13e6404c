/**
 * AWS WAF through the tools that people have: the AWS CLI, boto3 and the JavaScript SDK, against the API in this process.
 */
import { afterAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { CreateRegexPatternSetCommand, WAFInvalidParameterException, WAFV2Client } from '@aws-sdk/client-wafv2';
import { distributionWith, startWafPlane, visibility } from '../api/waf-plane.ts';
import { findProgram, run, succeed } from './commands.ts';

const aws = await findProgram('/usr/bin/aws');
const python = '/usr/bin/python3';
const hasBoto = (await run([python, '-c', 'import boto3'], {}).catch(() => ({ code: 1 }))).code === 0;

const plane = startWafPlane({ clock: Date.now });
const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => plane.api.handle(request) });
afterAll(() => server.stop(true));
const environment = {
  PATH: process.env['PATH'] ?? '',
  AWS_ENDPOINT_URL: server.url.origin,
  AWS_ACCESS_KEY_ID: plane.user.accessKeyId,
  AWS_SECRET_ACCESS_KEY: plane.user.secretAccessKey,
  AWS_DEFAULT_REGION: 'us-east-1',
};

describe.skipIf(aws === undefined)('the AWS CLI', () => {
  const cli = (...words: readonly string[]): Promise<string> =>
    succeed([aws ?? '', '--endpoint-url', server.url.origin, '--output', 'json', ...words], environment);

  test('makes a web ACL, puts it on a distribution, and cannot delete it', async () => {
    const settings = ['--default-action', 'Block={}', '--visibility-config', JSON.stringify(visibility)];
    const made = await cli('wafv2', 'create-web-acl', '--name', 'cli', '--scope', 'CLOUDFRONT', ...settings);
    const { Id, ARN, LockToken } = (JSON.parse(made) as { Summary: Record<'Id' | 'ARN' | 'LockToken', string> }).Summary;
    const config = JSON.stringify(distributionWith(ARN));
    const created = await cli('cloudfront', 'create-distribution', '--distribution-config', config);
    expect(created).toContain(`"WebACLId": "${ARN}"`);
    const words = ['delete-web-acl', '--name', 'cli', '--scope', 'CLOUDFRONT', '--id', Id, '--lock-token', LockToken];
    const deleted = await run([aws ?? '', '--endpoint-url', server.url.origin, 'wafv2', ...words], environment);
    expect(deleted.stderr).toContain('WAFAssociatedItemException');
  }, 60_000);
});

test.skipIf(!hasBoto)(
  'boto3: the life of a web ACL and an IP set',
  async () => {
    const output = await succeed([python, join(import.meta.dir, 'boto3_waf.py')], environment);
    expect(JSON.parse(output)).toEqual({
      rules: true,
      capacity: [21, 21],
      in_use: ['WAFAssociatedItemException', null, null],
      no_country: ['WAFInvalidParameterException', 'GEO_MATCH_STATEMENT', 'ZZ'],
      stale: ['WAFOptimisticLockException', null, null],
      left: 0,
    });
  },
  60_000,
);

test('the JavaScript SDK: an error is of its class, with what it is about', async () => {
  const credentials = plane.user;
  const client = new WAFV2Client({ region: 'us-east-1', endpoint: server.url.origin, credentials, maxAttempts: 1 });
  const RegularExpressionList = [{ RegexString: 'a(?=b)' }];
  const input = { Name: 'js', Scope: 'CLOUDFRONT' as const, RegularExpressionList };
  const error = await client.send(new CreateRegexPatternSetCommand(input)).catch((thrown: unknown) => thrown);
  client.destroy();
  expect(error).toBeInstanceOf(WAFInvalidParameterException);
  expect(error).toMatchObject({ Field: 'REGEX_PATTERN_SET', Parameter: 'a(?=b)' });
  expect((error as Error).message).toContain('no lookahead');
});
