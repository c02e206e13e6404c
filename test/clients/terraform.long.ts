/**
 * Terraform with hashicorp/aws 5.100.0: apply, a plan without changes, an update, destroy. Runs where Terraform and the provider's
 * mirror lie on the machine (TF_PLUGINS, or a folder tf-plugins in a usual place), and says so where it cannot.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { rsaKey } from '../samples/signing-keys.ts';
import { zipOf } from '../samples/zip.ts';
import { findProgram, run, succeed } from './commands.ts';
import { removeData, startWarmfront, type RunningWarmfront } from './running-warmfront.ts';

const terraform = await findProgram('/usr/local/bin/terraform', '/usr/bin/terraform');
const mirrors = ['/opt', '/usr/local/share', homedir()].map((folder) => join(folder, 'tf-plugins'));
const mirror = process.env['TF_PLUGINS'] ?? mirrors.find((folder) => existsSync(folder)) ?? '';
const isHere = terraform !== undefined && existsSync(join(mirror, 'registry.terraform.io/hashicorp/aws/5.100.0'));
if (!isHere) console.warn('terraform.long.ts skipped: Terraform or the mirror of hashicorp/aws 5.100.0 is not on this machine');

const FUNCTION = `exports.handler = async () => ({ status: '200', body: 'by a function' });`;

describe.skipIf(!isHere)('terraform', () => {
  let warmfront: RunningWarmfront;
  let folder: string;
  let environment: Record<string, string>;
  const tf = (...words: readonly string[]): Promise<string> =>
    succeed([terraform ?? '', ...words, '-no-color'], environment, folder);

  beforeAll(async () => {
    warmfront = await startWarmfront();
    folder = mkdtempSync(join(tmpdir(), 'warmfront-terraform-'));
    cpSync(join(import.meta.dir, 'terraform'), folder, { recursive: true });
    writeFileSync(join(folder, 'function.zip'), zipOf({ 'index.js': FUNCTION }));
    const configuration = join(folder, 'terraformrc');
    writeFileSync(configuration, `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`);
    environment = {
      ...warmfront.environment,
      TF_CLI_CONFIG_FILE: configuration,
      TF_VAR_endpoint: warmfront.apiUrl,
      // The provider puts the account's id in front of this host. Go asks DNS for that name, or leaves it to a proxy.
      TF_VAR_pairs_endpoint: `http://localhost:${new URL(warmfront.apiUrl).port}`,
      HTTP_PROXY: warmfront.apiUrl,
      TF_VAR_public_key: rsaKey().publicKey,
      CHECKPOINT_DISABLE: '1',
    };
  });

  afterAll(async () => {
    await warmfront.stop();
    removeData(warmfront);
    rmSync(folder, { recursive: true, force: true });
  });

  test('init, apply, serve', async () => {
    await tf('init');
    await tf('apply', '-auto-approve');
    const page = async (output: string, path: string): Promise<string> => {
      const domain = (await tf('output', '-raw', output)).trim();
      return succeed(['curl', '-sS', `https://${domain}:${warmfront.httpsPort}${path}`], warmfront.environment);
    };
    expect(await page('domain_name', '/')).toContain('<h1>terraform</h1>');
    expect(await page('lambda_domain_name', '/')).toBe('by a function');
    expect(await page('legacy_domain_name', '/')).toContain('<h1>website</h1>');
    expect(await page('legacy_domain_name', '/arn/page.txt')).toBe('by arn');
    expect(await page('legacy_domain_name', '/canonical/page.txt')).toBe('by canonical user');
    expect(await page('private_domain_name', '/')).toContain('<Code>MissingKey</Code>');
  }, 240_000);

  test('a second plan finds nothing to change', async () => {
    const plan = await run([terraform ?? '', 'plan', '-detailed-exitcode', '-no-color'], environment, folder);
    expect(plan.stdout).toContain('No changes');
    expect(plan.code).toBe(0);
  }, 120_000);

  test('an update in place, and again nothing to change', async () => {
    environment = { ...environment, TF_VAR_comment: 'changed & <escaped>', TF_VAR_function_timeout: '5' };
    await tf('apply', '-auto-approve');
    const plan = await run([terraform ?? '', 'plan', '-detailed-exitcode', '-no-color'], environment, folder);
    expect(plan.code).toBe(0);
    // The provider takes a minute of computing over the schema of a web ACL.
  }, 390_000);

  test('destroy leaves nothing', async () => {
    await tf('destroy', '-auto-approve');
    expect((await tf('state', 'list')).trim()).toBe('');
  }, 390_000);
});
