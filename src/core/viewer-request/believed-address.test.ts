import { expect, test } from 'bun:test';
import { sampleRequest } from '../../../test/samples/distribution.ts';
import type { Fields } from '../../http/fields.ts';
import { believeAddress } from './believed-address.ts';

const ROWS: readonly (readonly [name: string, fields: Fields, want: object])[] = [
  ['nothing', [['x-other', '192.0.2.1']], { kind: 'unsaid' }],
  ['an address', [['x-ip', '192.0.2.1']], { kind: 'believed', request: { viewerAddress: '192.0.2.1', fields: [] } }],
  ['an IPv6 address', [['x-ip', '2001:db8::1']], { kind: 'believed', request: { viewerAddress: '2001:db8::1' } }],
  ['the last of a list', [['x-ip', '192.0.2.1, 192.0.2.2']], { kind: 'believed', request: { viewerAddress: '192.0.2.2' } }],
  [
    'the last of two lines',
    [
      ['x-ip', '192.0.2.1'],
      ['x-ip', '192.0.2.2'],
    ],
    { kind: 'believed', request: { viewerAddress: '192.0.2.2', fields: [] } },
  ],
  ['a name', [['x-ip', 'localhost']], { kind: 'no-address', value: 'localhost' }],
  ['an empty field', [['x-ip', '']], { kind: 'no-address', value: '' }],
];

test.each(ROWS)('%s', (_, fields, want) => expect(believeAddress(sampleRequest({ fields }), 'x-ip')).toMatchObject(want));
