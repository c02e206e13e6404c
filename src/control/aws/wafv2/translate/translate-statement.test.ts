import { expect, test } from 'bun:test';
import type { RateBasedStatementCustomKey } from '@aws-sdk/client-wafv2';
import type { RateKey } from '../../../../model/web-acl-statement.ts';
import { translateStatement } from './translate-statement.ts';

const TextTransformations = [{ Priority: 0, Type: 'NONE' as const }];
const named = (Name: string) => ({ Name, TextTransformations });

/** AWS WAF: names of headers and of arguments have no case. */
const KEYS: readonly (readonly [given: RateBasedStatementCustomKey, want: RateKey])[] = [
  [{ Header: named('X-Api-Key') }, { kind: 'header', name: 'x-api-key', transformations: [] }],
  [{ QueryArgument: named('userId') }, { kind: 'queryArgument', name: 'userid', transformations: [] }],
  [{ Cookie: named('Session') }, { kind: 'cookie', name: 'Session', transformations: [] }],
];

test.each(KEYS)('a rate by %j', (key, want) => {
  const statement = translateStatement({ RateBasedStatement: { Limit: 10, AggregateKeyType: 'CUSTOM_KEYS', CustomKeys: [key] } });
  expect(statement).toMatchObject({ kind: 'rateBased', aggregate: { by: 'CUSTOM_KEYS', keys: [want] } });
});
