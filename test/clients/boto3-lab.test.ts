/**
 * The tutorial lab through Debian's boto3, in one script; what it saw is judged here.
 */
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { run, succeed } from './commands.ts';
import { removeData, startWarmfront } from './running-warmfront.ts';

const isHere = (await run(['/usr/bin/python3', '-c', 'import boto3'], {}).catch(() => ({ code: 1 }))).code === 0;
if (!isHere) console.warn('boto3-lab.test.ts skipped: boto3 is not installed (apt-get install python3-boto3)');

test.skipIf(!isHere)(
  'the lab through boto3',
  async () => {
    const warmfront = await startWarmfront();
    try {
      const output = await succeed(['/usr/bin/python3', join(import.meta.dir, 'boto3_lab.py')], warmfront.environment);
      expect(JSON.parse(output)).toEqual({
        account: '000000000000',
        again: 'DistributionAlreadyExists',
        first: ['Miss from cloudfront', '<h1>boto3</h1>'],
        second: ['Hit from cloudfront', '<h1>boto3</h1>'],
        same_invalidation: true,
        third: ['Miss from cloudfront', '<h1>boto3</h1>'],
        missing: 'NoSuchDistribution',
        not_disabled: 'DistributionNotDisabled',
        left: 0,
      });
    } finally {
      expect(await warmfront.stop()).toBe(0);
      removeData(warmfront);
    }
  },
  60_000,
);
