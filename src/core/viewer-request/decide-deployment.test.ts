import { expect, test } from 'bun:test';
import { sampleRequest } from '../../../test/samples/distribution.ts';
import type { Fields } from '../../http/fields.ts';
import type { DeploymentTraffic } from '../../model/continuous-deployment.ts';
import { MINUTE } from '../../model/units.ts';
import { decideDeployment, withoutSession } from './decide-deployment.ts';

const NOW = Date.UTC(2026, 0, 1);
const COOKIE = 'x-amz-continuous-deployment-state';
const header: DeploymentTraffic = { kind: 'header', name: 'aws-cf-cd-stage', value: 'Next' };
const weight: DeploymentTraffic = { kind: 'weight', weight: 0.1, stickiness: undefined };
const sticky: DeploymentTraffic = { kind: 'weight', weight: 0.1, stickiness: { idleTtl: 5 * MINUTE, maximumTtl: 10 * MINUTE } };

const at = (ago: number): string => Math.floor((NOW - ago) / 1000).toString(36);
const session = (side: string, begun: number, seen: number, version = 'V1'): Fields => [
  ['cookie', `a=1; ${COOKIE}=${side}.${version}.${at(begun)}.${at(seen)}`],
];

const rows: [name: string, traffic: DeploymentTraffic, fields: Fields, chance: number, want: string][] = [
  ['the value', header, [['aws-cf-cd-stage', 'Next']], 0, 'staging header'],
  ['another case', header, [['aws-cf-cd-stage', 'next']], 0, 'primary header'],
  [
    'two lines of it',
    header,
    [
      ['aws-cf-cd-stage', 'Next'],
      ['aws-cf-cd-stage', 'Next'],
    ],
    0,
    'primary header',
  ],
  ['no such field', header, [], 0, 'primary header'],
  ['below the weight', weight, [], 0.099, 'staging weight'],
  ['at the weight', weight, [], 0.1, 'primary weight'],
  ['without stickiness no session counts', weight, session('s', 0, 0), 0.5, 'primary weight'],
  ['a new session', sticky, [], 0, 'staging weight 300'],
  ['a session of the staging distribution', sticky, session('s', MINUTE, 0), 0.5, 'staging session 300'],
  ['a session of the primary', sticky, session('p', MINUTE, 0), 0, 'primary session 300'],
  ['near its end', sticky, session('s', 9 * MINUTE, 0), 0.5, 'staging session 60'],
  ['at its end', sticky, session('s', 10 * MINUTE, 0), 0.5, 'primary weight 300'],
  ['idle', sticky, session('s', 6 * MINUTE, 5 * MINUTE), 0.5, 'primary weight 300'],
  ['of another policy', sticky, session('s', 0, 0, 'V2'), 0.5, 'primary weight 300'],
  ['from the future', sticky, session('s', 0, -MINUTE), 0.5, 'primary weight 300'],
  ['seen before it began', sticky, session('s', 0, MINUTE), 0.5, 'primary weight 300'],
  ['garbage', sticky, [['cookie', `${COOKIE}=s.V1..`]], 0.5, 'primary weight 300'],
];
test.each(rows)('%s', (_name, traffic, fields, chance, want) => {
  const { side, reason, setCookie } = decideDeployment({ traffic, version: 'V1' }, { fields }, chance, NOW);
  const maxAge = /; Max-Age=(\d+); HttpOnly$/.exec(setCookie ?? '')?.[1];
  expect([side, reason, ...(maxAge === undefined ? [] : [maxAge])].join(' ')).toBe(want);
});

const cookies: [sent: string, left: string | undefined][] = [
  [`${COOKIE}=s.V1.0.0`, undefined],
  [`a=1; ${COOKIE}=s.V1.0.0; b=2`, 'a=1; b=2'],
  [`a=1;b=2; ${COOKIE}=x`, 'a=1;b=2'],
  ['a=1; b=2', 'a=1; b=2'],
  [`not-${COOKIE}=1`, `not-${COOKIE}=1`],
];
test.each(cookies)('without its session: %s', (sent, left) => {
  const { fields } = withoutSession(
    sampleRequest({
      fields: [
        ['cookie', sent],
        ['accept', '*/*'],
      ],
    }),
  );
  expect(Object.fromEntries(fields)['cookie']).toBe(left as never);
  expect(Object.fromEntries(fields)['accept']).toBe('*/*');
});
