/** The keys that tokens of challenges are signed with: when there is a new one, who still knows the old one, and which of them signs. */
import { expect, test } from 'bun:test';
import { createVirtualClock } from '../../src/adapters/clock/virtual-clock.ts';
import { createTokenCrypto } from '../../src/adapters/waf/token-crypto.ts';
import { createKeyRotation } from '../../src/control/aws/wafv2/token-keys.ts';
import { makeToken, readToken, signingFirst, type TokenTerms } from '../../src/core/viewer-request/waf/tokens/token.ts';
import type { TokenKey } from '../../src/model/web-acl.ts';
import { DAY, HOUR, MINUTE } from '../../src/model/units.ts';
import { TOKENS } from '../../src/tables/waf.ts';
import { NOW, startWafPlane } from './waf-plane.ts';

test('a key signs for a week, and is known for as long as what it signed may count; edges get every change', async () => {
  const at = startWafPlane();
  const clock = createVirtualClock(NOW);
  const reports: string[] = [];
  createKeyRotation({ ...at.context, clock, report: (line) => reports.push(line) }).start();
  await at.distribution((await at.webAcl('acl')).ARN);
  const known = async (): Promise<readonly string[]> => {
    await at.settled();
    return at.snapshots.at(-1)!.waf!.tokenKeys.map(({ id }) => id);
  };
  const [first] = await known();
  clock.advance(TOKENS.keyAge - HOUR);
  expect(await known()).toEqual([first!]);
  clock.advance(HOUR);
  const [, second] = await known();
  expect(second).toBeDefined();
  clock.advance(TOKENS.longestImmunity);
  expect(await known()).toEqual([first!, second!]);
  clock.advance(HOUR);
  expect(await known()).toEqual([second!]);
  clock.advance(52 * DAY);
  expect((await known()).length).toBeLessThanOrEqual(2);
  expect(reports).toEqual([]);
});

test('without a web ACL there is no key; a start finds what is due', async () => {
  const at = startWafPlane();
  const rotation = (now: number) => createKeyRotation({ ...at.context, clock: createVirtualClock(now), report: () => undefined });
  rotation(NOW + 30 * DAY).start();
  expect(at.context.registry.tokenKeys.count()).toBe(0);
  await at.webAcl('acl');
  rotation(NOW + 30 * DAY).start();
  expect(at.context.registry.tokenKeys.count()).toBe(2);
});

test('a rotation that fails is told and tried again', async () => {
  const at = startWafPlane();
  await at.webAcl('acl');
  const clock = createVirtualClock(NOW + TOKENS.keyAge);
  const reports: string[] = [];
  let fails = true;
  const changeWaf: typeof at.context.users.changeWaf = (change, run) => {
    if (fails) throw new Error('the disk is full');
    return at.context.users.changeWaf(change, run);
  };
  const users = { ...at.context.users, changeWaf };
  createKeyRotation({ ...at.context, users, clock, report: (line) => reports.push(line) }).start();
  expect(reports).toEqual(['the key of challenge tokens was not changed; it is tried again in an hour: the disk is full']);
  fails = false;
  clock.advance(HOUR);
  expect(at.context.registry.tokenKeys.count()).toBe(2);
});

const key = (id: string, createdAt: number): TokenKey => ({
  id,
  secret: Buffer.from(id.repeat(32)).toString('base64url'),
  createdAt,
});
const [older, newer] = [key('a', NOW - 8 * DAY), key('b', NOW)];

test.each<[name: string, keys: readonly TokenKey[], at: number, want: string]>([
  ['the only one, however new', [newer], NOW, 'b'],
  ['not the new one before every edge has it', [older, newer], NOW + MINUTE, 'ab'],
  ['the new one once it has settled', [older, newer], NOW + TOKENS.keySettling, 'ba'],
  ['none where there is none', [], NOW, ''],
])('what signs: %s', (_, keys, at, want) => {
  expect(
    signingFirst(keys, at)
      .map(({ id }) => id)
      .join(''),
  ).toBe(want);
});

test('a token outlives the change of keys, but not its own key', () => {
  const request = { host: 'd.test', fields: [], viewerAddress: '192.0.2.1' };
  const terms = (keys: readonly TokenKey[]): TokenTerms => ({ keys, tokenDomains: [], crypto: createTokenCrypto() });
  const token = makeToken(request, terms([older]), { challengeSolved: NOW, captchaSolved: undefined })!;
  const shown = { ...request, fields: [['cookie', `aws-waf-token=${token}`]] as const };
  expect(readToken(shown, terms([newer, older])).kind).toBe('token');
  expect(readToken(shown, terms([newer]))).toEqual({ kind: 'none', reason: 'TOKEN_INVALID' });
});
