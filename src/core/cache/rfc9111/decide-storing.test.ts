import { expect, test } from 'bun:test';
import type { Field, Fields } from '../../../http/fields.ts';
import { formatHttpDate } from '../../../http/http-date.ts';
import { DAY, HOUR, seconds } from '../../../model/units.ts';
import type { StoringInput } from '../decide-storing.ts';
import { decideRfc9111Storing } from './decide-storing.ts';

const NOW = Date.UTC(2026, 10, 22);
const at = (offset: number): string => formatHttpDate(NOW + offset);
const cc = (value: string): Field => ['cache-control', value];

function decide(status: number, fields: Fields, asked: Fields = [], method = 'GET'): number | string {
  const behavior = { cachingDisabled: false } as StoringInput['behavior'];
  const distribution = {} as StoringInput['distribution'];
  const times = { requestTime: NOW, responseTime: NOW };
  const storing = decideRfc9111Storing({
    request: { method, fields: asked },
    method,
    head: { status, fields },
    behavior,
    distribution,
    ...times,
  });
  return storing.kind === 'pass' ? storing.reason : storing.freshness.lifetime / 1000;
}

const rows: [name: string, status: number, fields: Fields, want: number | string][] = [
  ['max-age', 200, [cc('max-age=60')], 60],
  ['s-maxage before max-age', 200, [cc('max-age=60, s-maxage=30')], 30],
  ['the first of two max-age', 200, [cc('max-age=60'), cc('max-age=30')], 60],
  ['max-age before Expires', 200, [cc('max-age=60'), ['expires', at(HOUR)], ['date', at(0)]], 60],
  [
    'Expires minus Date',
    200,
    [
      ['expires', at(seconds(90))],
      ['date', at(seconds(30))],
    ],
    60,
  ],
  [
    'Expires in any case',
    200,
    [
      ['expires', at(seconds(60)).toUpperCase()],
      ['date', at(0)],
    ],
    60,
  ],
  [
    'Expires of 0, with a validator',
    200,
    [
      ['expires', '0'],
      ['etag', '"a"'],
    ],
    0,
  ],
  ['Expires of 0, without one', 200, [['expires', '0']], 'no-freshness'],
  ['max-age that is none', 200, [cc('max-age=1.5'), ['etag', '"a"']], 0],
  [
    'a tenth of the age at Date',
    200,
    [
      ['last-modified', at(-seconds(1000))],
      ['date', at(0)],
    ],
    100,
  ],
  [
    'at most a day of it',
    200,
    [
      ['last-modified', at(-100 * DAY)],
      ['date', at(0)],
    ],
    86_400,
  ],
  [
    'no heuristics for 201',
    201,
    [
      ['last-modified', at(-DAY)],
      ['date', at(0)],
    ],
    'status',
  ],
  ['heuristics for 201 that is public', 201, [cc('public'), ['last-modified', at(-seconds(1000))], ['date', at(0)]], 100],
  ['an unknown status with max-age', 599, [cc('max-age=60')], 60],
  ['an unknown status to be understood', 599, [cc('max-age=60, must-understand')], 'must-understand'],
  ['no-store that must-understand overrules', 200, [cc('max-age=60, no-store, must-understand')], 60],
  ['no-store', 200, [cc('max-age=60, No-Store')], 'no-store'],
  ['private', 200, [cc('max-age=60, private')], 'private'],
  ['private for one field', 200, [cc('max-age=60, private="a"')], 60],
  ['no-cache', 200, [cc('max-age=60, no-cache')], 60],
  ['Vary: *', 200, [cc('max-age=60'), ['vary', 'a, *']], 'vary'],
  ['206', 206, [cc('max-age=60')], 'partial'],
  ['304', 304, [cc('max-age=60')], 'status'],
  ['the targeted field alone counts', 200, [cc('no-store'), ['cdn-cache-control', 'max-age=60']], 60],
  [
    'and voids Expires',
    200,
    [
      ['expires', at(HOUR)],
      ['cdn-cache-control', 'max-age=60'],
    ],
    60,
  ],
  ['unless it is no dictionary', 200, [cc('max-age=5'), ['cdn-cache-control', 'max-age =60']], 5],
];
test.each(rows)('%s', (_, status, fields, want) => expect(decide(status, fields)).toBe(want));

const requests: [name: string, method: string, asked: Fields, control: string, want: number | string][] = [
  ['HEAD', 'HEAD', [], 'max-age=60', 60],
  ['POST', 'POST', [], 'max-age=60', 'method'],
  ['OPTIONS', 'OPTIONS', [], 'max-age=60', 'method'],
  ['no-store asked for', 'GET', [cc('no-store')], 'max-age=60', 'no-store'],
  ['Authorization', 'GET', [['authorization', 'x']], 'max-age=60', 'authorization'],
  ['Authorization, public', 'GET', [['authorization', 'x']], 'max-age=60, public', 60],
  ['Authorization, must-revalidate', 'GET', [['authorization', 'x']], 'max-age=60, must-revalidate', 60],
  ['Authorization, s-maxage', 'GET', [['authorization', 'x']], 's-maxage=60', 60],
];
test.each(requests)('%s', (_, method, asked, control, want) => expect(decide(200, [cc(control)], asked, method)).toBe(want));
