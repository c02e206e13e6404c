import { expect, test } from 'bun:test';
import { SECURITY_POLICIES, type SecurityPolicyName } from './security-policies.ts';

/** Read off the matrix by its columns: how many suites up to TLS 1.2, the oldest version, and suites that tell neighbours apart. */
const ROWS: readonly (readonly [
  name: SecurityPolicyName,
  minimum: string,
  count: number,
  has: readonly string[],
  lacks: readonly string[],
])[] = [
  ['SSLv3', 'TLSv1', 21, ['RC4-MD5', 'DES-CBC3-SHA'], []],
  ['TLSv1', 'TLSv1', 20, ['DES-CBC3-SHA', 'AES128-SHA'], ['RC4-MD5']],
  ['TLSv1_2016', 'TLSv1', 19, ['AES128-SHA', 'AES256-SHA'], ['DES-CBC3-SHA']],
  ['TLSv1.1_2016', 'TLSv1.1', 19, ['ECDHE-RSA-AES128-SHA'], ['DES-CBC3-SHA']],
  ['TLSv1.2_2018', 'TLSv1.2', 13, ['AES128-GCM-SHA256', 'AES128-SHA256'], ['ECDHE-RSA-AES128-SHA', 'AES128-SHA']],
  ['TLSv1.2_2019', 'TLSv1.2', 10, ['ECDHE-RSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA384'], ['AES128-GCM-SHA256']],
  ['TLSv1.2_2021', 'TLSv1.2', 6, ['ECDHE-RSA-CHACHA20-POLY1305'], ['ECDHE-RSA-AES128-SHA256']],
  ['TLSv1.2_2025', 'TLSv1.2', 4, ['ECDHE-RSA-AES256-GCM-SHA384'], ['ECDHE-RSA-CHACHA20-POLY1305']],
  ['TLSv1.3_2025', 'TLSv1.3', 0, [], ['ECDHE-RSA-AES128-GCM-SHA256']],
];

test.each(ROWS)('%s', (name, minimum, count, has, lacks) => {
  const { minimumVersion, ciphers } = SECURITY_POLICIES[name];
  expect([minimumVersion, ciphers.length] as const).toEqual([minimum as 'TLSv1', count]);
  expect(has.filter((cipher) => !ciphers.includes(cipher))).toEqual([]);
  expect(lacks.filter((cipher) => ciphers.includes(cipher))).toEqual([]);
});

test('every policy has its row', () => {
  expect(ROWS.map(([name]) => name).toSorted()).toEqual((Object.keys(SECURITY_POLICIES) as SecurityPolicyName[]).toSorted());
});
